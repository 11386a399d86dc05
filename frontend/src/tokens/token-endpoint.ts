import { concealSecret, formEncode } from '../upstream/answer';
import type { HttpAnswer, HttpClient } from '../upstream/http-client';
import { UpstreamError, type Upstream } from '../upstream/upstream';
import { hasExpired } from './client-certificate';
import { certificateOf, type Credential } from './credential';

/** A token service, with what to do when it refuses this client. */
export interface Issuer extends Upstream {
  /** An instruction. */
  readonly clientRemedy: string;
}

/** An OAuth client of this app, and where it is one. */
export interface IssuerClient {
  readonly issuer: Issuer;
  readonly credential: Credential;
}

export interface Grant {
  /** `grant_type` */
  readonly type: string;
  /** What belongs to it; one name may come several times. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

const SECRET_MEMBERS = new Set([
  'client_secret',
  'code',
  'code_verifier',
  'assertion',
  'refresh_token',
  'access_token',
  'id_token',
]);

/** Tells whether a parameter of a token request, or a member of its answer, is nobody else's business. */
export function isSecretMember(name: string): boolean {
  return SECRET_MEMBERS.has(name);
}

/**
 * Creates the form of a token request (RFC 6749 §3.2). With a certificate the client authenticates in the TLS handshake and
 * names itself in the body (RFC 8705 §2).
 */
export function createTokenForm(credential: Credential, { type, parameters }: Grant): URLSearchParams {
  const form = new URLSearchParams({ grant_type: type });
  // With Basic the header alone names the client: a second name would be a second authentication (RFC 6749 §2.3).
  if (credential.kind === 'certificate' || credential.method === 'client_secret_post')
    form.set('client_id', credential.clientId);
  if (credential.kind === 'secret' && credential.method === 'client_secret_post')
    form.set('client_secret', credential.secret.reveal());
  for (const [name, value] of parameters) form.append(name, value);
  return form;
}

/**
 * Sends a form to the token endpoint of a client. An answer that is no token comes without what is secret in the request: a
 * server may repeat it in an error.
 * @throws {UpstreamError} for a certificate that has expired, and when no answer comes.
 */
export async function sendTokenForm(
  http: HttpClient,
  { issuer, credential }: IssuerClient,
  form: URLSearchParams,
): Promise<HttpAnswer> {
  refuseExpired(issuer, credential);
  const basic = basicCredentials(credential);
  const answer = await http.send(issuer, {
    method: 'POST',
    url: credential.tokenUrl,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...(basic !== undefined && { authorization: `Basic ${basic}` }),
    },
    body: form.toString(),
  });
  if (answer.status === 200) return answer;
  return secretsOf(form, credential, basic).reduce((told, secret) => concealSecret(told, secret), answer);
}

function secretsOf(form: URLSearchParams, credential: Credential, basic: string | undefined): readonly string[] {
  const sent = [...form].filter(([name]) => isSecretMember(name)).map(([, value]) => value);
  const secret = credential.kind === 'secret' ? credential.secret.reveal() : '';
  return [secret, basic ?? '', ...sent].filter((value) => value !== '');
}

/** RFC 6749 §2.3.1: each part is form-encoded before base64, so that a colon in the id separates nothing. */
function basicCredentials(credential: Credential): string | undefined {
  if (credential.kind !== 'secret' || credential.method !== 'client_secret_basic') return undefined;
  const parts = [credential.clientId, credential.secret.reveal()].map((part) => formEncode(part));
  return Buffer.from(parts.join(':')).toString('base64');
}

/** A server would only cut the connection. */
function refuseExpired({ party, name, clientRemedy }: Issuer, credential: Credential): void {
  const card = certificateOf(credential)?.card;
  if (card === undefined || !hasExpired(card, Date.now())) return;
  throw new UpstreamError({
    code: `${party}-certificate-expired`,
    status: 502,
    description: `The client certificate for ${name} has expired on ${card.notAfter}.`,
    remedy: clientRemedy,
  });
}
