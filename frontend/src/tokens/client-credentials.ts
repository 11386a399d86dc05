import * as v from 'valibot';
import type { HopAuthentication } from '../hops';
import { measureHop, type HopOutcome } from '../hop-outcome';
import { concealSecret, parseJson, secondsSchema, tokenSchema } from '../upstream/answer';
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

/**
 * Fetches a token with the client credentials grant (RFC 6749 §4.4). With a certificate the client authenticates in the
 * TLS handshake and names itself in the body (RFC 8705 §2); a secret goes into the body, where no character needs care.
 */
export function fetchToken(
  http: HttpClient,
  { issuer, credential, purpose, scopes = [], resources = [] }: TokenRequest,
): Promise<HopOutcome<IssuedToken>> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: credential.clientId });
  if (credential.kind === 'secret') body.set('client_secret', credential.secret.reveal());
  if (scopes.length > 0) body.set('scope', scopes.join(' '));
  for (const resource of resources) body.append('resource', resource);
  const url = credential.tokenUrl;
  const authentication = authenticationOf(credential);
  const draft = {
    from: 'frontend',
    to: issuer.party,
    method: 'POST',
    path: url.pathname,
    purpose,
    authentication,
  } as const;
  return measureHop(draft, async () => {
    refuseExpired(issuer, credential);
    const answer = await http.send(issuer, {
      method: 'POST',
      url,
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: body.toString(),
    });
    return { status: answer.status, value: readIssuedToken(answer, issuer, credential) };
  });
}

export function authenticationOf(credential: Credential): HopAuthentication {
  if (credential.kind === 'secret') return { kind: 'secret' };
  return { kind: 'certificate', 'x5t#S256': credential.certificate.card['x5t#S256'] };
}

function readIssuedToken(answer: HttpAnswer, issuer: Issuer, credential: Credential): IssuedToken {
  if (answer.status !== 200) {
    const told = credential.kind === 'secret' ? concealSecret(answer, credential.secret.reveal()) : answer;
    throw explainRefusal(told, issuer, credential);
  }
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

function explainRefusal(answer: HttpAnswer, issuer: Issuer, credential: Credential): UpstreamError {
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
