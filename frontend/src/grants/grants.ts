import { resolveBelow } from '../addresses';
import type { LoginTokens } from '../login/login-tokens';
import type { XsuaaBinding } from '../login/xsuaa-binding';
import { decodeClaims } from '../tokens/claims';
import { jwtBearerGrant } from '../tokens/jwt-bearer';
import {
  createTokenForm,
  isSecretMember,
  sendTokenForm,
  type Grant,
  type IssuerClient,
} from '../tokens/token-endpoint';
import { parseJson } from '../upstream/answer';
import type { HttpClient } from '../upstream/http-client';
import { MASK, type GrantDescription, type GrantRequest, type GrantRun, type RunnableGrant } from './grant';

/** A client of XSUAA with the connections that show its certificate. */
export interface GrantClient extends IssuerClient {
  readonly http: HttpClient;
}

export interface GrantsOptions {
  readonly binding: XsuaaBinding;
  /** The client that users log in with. */
  readonly login: GrantClient;
  /** That of the Destination Service's binding; undefined when there is none. */
  readonly destination: GrantClient | undefined;
}

const CLIENT_CREDENTIALS: Grant = { type: 'client_credentials', parameters: [] };

/** Describes and runs the four grants of XSUAA with this app's own clients. */
export class Grants {
  readonly #options: GrantsOptions;

  constructor(options: GrantsOptions) {
    this.#options = options;
  }

  describe(): readonly GrantDescription[] {
    const { binding, login, destination = login } = this.#options;
    return [
      {
        id: 'authorization-code',
        title: 'Authorization code',
        subject: 'The user who logs in',
        purpose:
          'A person is at the browser: XSUAA asks for user and password, this app never sees them, and gets a code that it exchanges for tokens.',
        steps: [
          {
            method: 'GET',
            url: resolveBelow(binding.url, '/oauth/authorize').href,
            parameters: [
              ['response_type', 'code'],
              ['client_id', binding.credential.clientId],
              ['redirect_uri', 'https://<this app>/login/callback'],
              ['state', MASK],
              ['nonce', MASK],
              ['code_challenge', MASK],
              ['code_challenge_method', 'S256'],
            ],
            authentication: 'the user, in the browser',
          },
          describeRequest(login, {
            type: 'authorization_code',
            parameters: [
              ['code', MASK],
              ['redirect_uri', 'https://<this app>/login/callback'],
              ['code_verifier', MASK],
            ],
          }),
        ],
      },
      {
        id: 'client-credentials',
        title: 'Client credentials',
        subject: 'The application itself',
        purpose: 'Nobody is there, or it does not matter who: a job, a technical call from app to app.',
        steps: [describeRequest(destination, CLIENT_CREDENTIALS)],
      },
      {
        id: 'jwt-bearer',
        title: 'JWT bearer',
        subject: 'The same user, at another application',
        purpose:
          'An app that got a user’s token has to call another one for this user: it exchanges the token, since it must not pass it on.',
        steps: [describeRequest(destination, jwtBearerGrant(MASK))],
      },
      {
        id: 'refresh-token',
        title: 'Refresh token',
        subject: 'The user, without a new login',
        purpose:
          'The access token ends, the user is still there: this app does it before each end, and nobody notices.',
        steps: [describeRequest(login, refreshGrant(MASK))],
      },
    ];
  }

  /**
   * Runs one. Whatever XSUAA answers is part of the result.
   * @throws {UpstreamError} when it does not answer.
   */
  run(id: RunnableGrant, tokens: LoginTokens): Promise<GrantRun> {
    const { login, destination = login } = this.#options;
    if (id === 'refresh-token') return send(id, login, refreshGrant(tokens.refreshToken ?? ''));
    return send(id, destination, id === 'jwt-bearer' ? jwtBearerGrant(tokens.accessToken) : CLIENT_CREDENTIALS);
  }
}

function refreshGrant(token: string): Grant {
  return { type: 'refresh_token', parameters: [['refresh_token', token]] };
}

async function send(id: RunnableGrant, client: GrantClient, grant: Grant): Promise<GrantRun> {
  const answer = await sendTokenForm(client.http, client, createTokenForm(client.credential, grant));
  const body = parseJson(answer.text);
  const token = isRecord(body) ? body['access_token'] : undefined;
  return {
    grant: id,
    request: describeRequest(client, grant),
    response: {
      status: answer.status,
      body: isRecord(body) ? Object.fromEntries(Object.entries(body).map(mask)) : {},
      ...(typeof token === 'string' && { claims: decodeClaims(token) }),
    },
  };
}

function describeRequest({ credential }: GrantClient, grant: Grant): GrantRequest {
  return {
    method: 'POST',
    url: credential.tokenUrl.href,
    parameters: [...createTokenForm(credential, grant)].map(mask),
    authentication:
      credential.kind === 'certificate'
        ? `the client certificate ${credential.certificate.card['x5t#S256']} in the TLS handshake`
        : 'client_secret in the body',
  };
}

function mask<Value>([name, value]: readonly [string, Value]): readonly [string, Value | string] {
  return [name, isSecretMember(name) ? MASK : value];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
