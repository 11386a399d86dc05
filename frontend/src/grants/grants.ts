import { resolveBelow } from '../addresses';
import type { Config } from '../config';
import { describeServices } from '../scenarios/destination-scenario';
import type { Issuer } from '../tokens/client-credentials';
import { decodeClaims } from '../tokens/claims';
import type { Credential } from '../tokens/credential';
import { parseJson } from '../upstream/answer';
import type { HttpClient } from '../upstream/http-client';
import type { LoginTokens } from '../login/login-tokens';
import type { XsuaaBinding } from '../login/xsuaa-binding';
import { MASK, type GrantDescription, type GrantId, type GrantRequest, type GrantRun } from './grant';

/** A client of XSUAA with the connections that show its certificate. */
export interface GrantClient {
  readonly credential: Credential;
  readonly issuer: Issuer;
  readonly http: HttpClient;
}

export interface GrantsOptions {
  readonly config: Pick<Config, 'destination' | 'timeouts'>;
  readonly binding: XsuaaBinding;
  readonly login: GrantClient;
  /** Its credential is that of the Destination Service's binding; undefined when there is none. */
  readonly destinationHttp: HttpClient | undefined;
}

type Parameters = readonly (readonly [string, string])[];

/** What is secret in requests and answers. */
const SECRETS = /^(client_secret|code|code_verifier|assertion|refresh_token|access_token|id_token)$/;
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Describes and runs the four grants of XSUAA with this app's own clients. */
export class Grants {
  readonly #options: GrantsOptions;

  constructor(options: GrantsOptions) {
    this.#options = options;
  }

  describe(): readonly GrantDescription[] {
    const { binding, login } = this.#options;
    const destination = this.#destinationClient() ?? login;
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
          describeRequest(login, [
            ['grant_type', 'authorization_code'],
            ['code', MASK],
            ['redirect_uri', 'https://<this app>/login/callback'],
            ['code_verifier', MASK],
          ]),
        ],
      },
      {
        id: 'client-credentials',
        title: 'Client credentials',
        subject: 'The application itself',
        purpose: 'Nobody is there, or it does not matter who: a job, a technical call from app to app.',
        steps: [describeRequest(destination, [['grant_type', 'client_credentials']])],
      },
      {
        id: 'jwt-bearer',
        title: 'JWT bearer',
        subject: 'The same user, at another application',
        purpose:
          'An app that got a user’s token has to call another one for this user: it exchanges the token, since it must not pass it on.',
        steps: [describeRequest(destination, jwtBearer(MASK))],
      },
      {
        id: 'refresh-token',
        title: 'Refresh token',
        subject: 'The user, without a new login',
        purpose:
          'The access token ends, the user is still there: this app does it before each end, and nobody notices.',
        steps: [describeRequest(login, refresh(MASK))],
      },
    ];
  }

  /**
   * Runs one; the authorization code needs a browser and is not among them. Whatever XSUAA answers is part of the result.
   * @throws {UpstreamError} when it does not answer.
   */
  async run(grant: Exclude<GrantId, 'authorization-code'>, tokens: LoginTokens): Promise<GrantRun> {
    const { login } = this.#options;
    const destination = this.#destinationClient() ?? login;
    if (grant === 'refresh-token') return send(grant, login, refresh(tokens.refreshToken ?? ''));
    const own: Parameters =
      grant === 'jwt-bearer' ? jwtBearer(tokens.accessToken) : [['grant_type', 'client_credentials']];
    return send(grant, destination, own);
  }

  #destinationClient(): GrantClient | undefined {
    const { config, destinationHttp: http } = this.#options;
    const { destination } = config;
    if (destination === undefined || http === undefined) return undefined;
    return { credential: destination.credential, issuer: describeServices(config, destination).issuer, http };
  }
}

function jwtBearer(assertion: string): Parameters {
  return [
    ['grant_type', JWT_BEARER],
    ['assertion', assertion],
    ['response_type', 'token'],
  ];
}

function refresh(token: string): Parameters {
  return [
    ['grant_type', 'refresh_token'],
    ['refresh_token', token],
  ];
}

async function send(grant: GrantId, client: GrantClient, own: Parameters): Promise<GrantRun> {
  const { credential, issuer, http } = client;
  const answer = await http.send(issuer, {
    method: 'POST',
    url: credential.tokenUrl,
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(withClient(client, own).map(([name, value]) => [name, value])).toString(),
  });
  const body = parseJson(answer.text);
  const token = isRecord(body) ? body['access_token'] : undefined;
  return {
    grant,
    request: describeRequest(client, own),
    response: {
      status: answer.status,
      body: isRecord(body) ? maskMembers(body) : {},
      ...(typeof token === 'string' && { claims: decodeClaims(token) }),
    },
  };
}

function withClient({ credential }: GrantClient, own: Parameters): Parameters {
  const [type, ...others] = own;
  const secret = credential.kind === 'secret' ? ([['client_secret', credential.secret.reveal()]] as const) : [];
  return [...(type === undefined ? [] : [type]), ['client_id', credential.clientId], ...secret, ...others];
}

function describeRequest(client: GrantClient, own: Parameters): GrantRequest {
  const { credential } = client;
  return {
    method: 'POST',
    url: credential.tokenUrl.href,
    parameters: withClient(client, own).map(([name, value]) => [name, SECRETS.test(name) ? MASK : value]),
    authentication:
      credential.kind === 'certificate'
        ? `the client certificate ${credential.certificate.card['x5t#S256']} in the TLS handshake`
        : 'client_secret in the body',
  };
}

function maskMembers(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, SECRETS.test(name) ? MASK : value]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
