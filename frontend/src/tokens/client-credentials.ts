import * as v from 'valibot';
import type { HopAuthentication } from '../hops';
import { measureHop, type HopOutcome } from '../hop-outcome';
import { concealSecret, formEncode, parseJson, secondsSchema, tokenSchema } from '../upstream/answer';
import type { HttpAnswer, HttpClient } from '../upstream/http-client';
import { describeRefusal, describeTrouble, statusWithReason } from '../upstream/refusal';
import { UpstreamError, type Upstream } from '../upstream/upstream';
import { hasExpired } from './client-certificate';
import { certificateOf, type Credential } from './credential';

/** A token service, with what to do when it refuses this client. */
export interface Issuer extends Upstream {
  /** An instruction. */
  readonly clientRemedy: string;
}

export interface TokenRequest {
  readonly issuer: Issuer;
  readonly credential: Credential;
  /** What the token is for, e.g. `token for the Destination Service`. */
  readonly purpose: string;
  readonly scopes?: readonly string[];
  /** The applications that the token is for (RFC 8707 §2), by the names that the issuer has for them. */
  readonly resources?: readonly string[];
}

export interface IssuedToken {
  readonly value: string;
  readonly lifetimeMs: number;
}

/** RFC 6749 §5.1. */
const issuedSchema = v.object({
  access_token: tokenSchema,
  token_type: v.pipe(v.string(), v.toLowerCase(), v.literal('bearer')),
  expires_in: secondsSchema,
});

/** Fetches a token with the client credentials grant (RFC 6749 §4.4). */
export function fetchToken(http: HttpClient, request: TokenRequest): Promise<HopOutcome<IssuedToken>> {
  const { scopes = [], resources = [] } = request;
  const parameters: [string, string][] = resources.map((resource) => ['resource', resource]);
  if (scopes.length > 0) parameters.unshift(['scope', scopes.join(' ')]);
  return requestToken(http, request, { type: 'client_credentials', parameters });
}

export interface Grant {
  /** `grant_type` */
  readonly type: string;
  /** What belongs to it; one name may come several times. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/**
 * Asks a token endpoint for a token (RFC 6749 §3.2). With a certificate the client authenticates in the TLS handshake and
 * names itself in the body (RFC 8705 §2).
 */
export function requestToken(
  http: HttpClient,
  { issuer, credential, purpose }: Pick<TokenRequest, 'issuer' | 'credential' | 'purpose'>,
  grant: Grant,
): Promise<HopOutcome<IssuedToken>> {
  const url = credential.tokenUrl;
  const draft = {
    from: 'frontend',
    to: issuer.party,
    method: 'POST',
    path: url.pathname,
    purpose,
    authentication: authenticationOf(credential),
  } as const;
  return measureHop(draft, async () => {
    refuseExpired(issuer, credential);
    const basic = basicCredentials(credential);
    const answer = await http.send(issuer, {
      method: 'POST',
      url,
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        ...(basic !== undefined && { authorization: `Basic ${basic}` }),
      },
      body: createBody(credential, grant).toString(),
    });
    return { status: answer.status, value: readIssuedToken(answer, issuer, credential) };
  });
}

function createBody(credential: Credential, { type, parameters }: Grant): URLSearchParams {
  const body = new URLSearchParams({ grant_type: type });
  // With Basic the header alone names the client: a second name would be a second authentication (RFC 6749 §2.3).
  if (credential.kind === 'certificate' || credential.method === 'client_secret_post')
    body.set('client_id', credential.clientId);
  if (credential.kind === 'secret' && credential.method === 'client_secret_post')
    body.set('client_secret', credential.secret.reveal());
  for (const [name, value] of parameters) body.append(name, value);
  return body;
}

/** RFC 6749 §2.3.1: each part is form-encoded before base64, so that a colon in the id separates nothing. */
function basicCredentials(credential: Credential): string | undefined {
  if (credential.kind !== 'secret' || credential.method !== 'client_secret_basic') return undefined;
  const parts = [credential.clientId, credential.secret.reveal()].map((part) => formEncode(part));
  return Buffer.from(parts.join(':')).toString('base64');
}

export function authenticationOf(credential: Credential): HopAuthentication {
  if (credential.kind === 'secret') return { kind: 'secret' };
  return { kind: 'certificate', 'x5t#S256': credential.certificate.card['x5t#S256'] };
}

function readIssuedToken(answer: HttpAnswer, issuer: Issuer, credential: Credential): IssuedToken {
  if (answer.status !== 200) throw explainTokenRefusal(answer, issuer, credential);
  const parsed = v.safeParse(issuedSchema, parseJson(answer.text));
  if (parsed.success) return { value: parsed.output.access_token, lifetimeMs: parsed.output.expires_in * 1000 };
  // The body is not quoted anywhere: it may hold a token.
  throw new UpstreamError({
    code: `${issuer.party}-answer-invalid`,
    status: 502,
    description: `The token endpoint ${credential.tokenUrl.href} answered 200 with something that is no token.`,
    remedy: `Check that ${issuer.addressFrom} is the address of a token service.`,
    upstreamStatus: answer.status,
  });
}

function conceal(answer: HttpAnswer, credential: Credential): HttpAnswer {
  if (credential.kind === 'certificate') return answer;
  const basic = basicCredentials(credential);
  const told = concealSecret(answer, credential.secret.reveal());
  return basic === undefined ? told : concealSecret(told, basic);
}

/** Describes what a token endpoint answered in place of a token. */
export function explainTokenRefusal(told: HttpAnswer, issuer: Issuer, credential: Credential): UpstreamError {
  const answer = conceal(told, credential);
  const trouble = describeTrouble(answer, issuer);
  if (trouble !== undefined) return trouble;
  const { href } = credential.tokenUrl;
  if ([400, 401, 403].includes(answer.status))
    return describeRefusal(answer, {
      code: `${issuer.party}-client-refused`,
      status: 502,
      description: `${href} refused this app's client (${statusWithReason(answer)}).`,
      remedy: issuer.clientRemedy,
    });
  return describeRefusal(answer, {
    code: `${issuer.party}-answer-invalid`,
    status: 502,
    description: `${href} gave an answer that no token endpoint gives (${statusWithReason(answer)}).`,
    remedy: `Check ${issuer.addressFrom}.`,
  });
}

/** A server would only cut the connection. */
export function refuseExpired({ party, name, clientRemedy }: Issuer, credential: Credential): void {
  const card = certificateOf(credential)?.card;
  if (card === undefined || !hasExpired(card, Date.now())) return;
  throw new UpstreamError({
    code: `${party}-certificate-expired`,
    status: 502,
    description: `The client certificate for ${name} has expired on ${card.notAfter}.`,
    remedy: clientRemedy,
  });
}
