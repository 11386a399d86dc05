import * as v from 'valibot';
import type { HopAuthentication } from '../hops';
import { measureHop, type HopOutcome } from '../hop-outcome';
import { parseJson, secondsSchema, tokenSchema } from '../upstream/answer';
import type { HttpAnswer, HttpClient } from '../upstream/http-client';
import { describeRefusal, describeTrouble, statusWithReason } from '../upstream/refusal';
import { UpstreamError } from '../upstream/upstream';
import type { Credential } from './credential';
import { createTokenForm, sendTokenForm, type Grant, type Issuer, type IssuerClient } from './token-endpoint';

export interface TokenRequest extends IssuerClient {
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

/** Asks a token endpoint for a token. */
export function requestToken(
  http: HttpClient,
  { purpose, ...client }: Pick<TokenRequest, 'issuer' | 'credential' | 'purpose'>,
  grant: Grant,
): Promise<HopOutcome<IssuedToken>> {
  const { issuer, credential } = client;
  const draft = {
    from: 'frontend',
    to: issuer.party,
    method: 'POST',
    path: credential.tokenUrl.pathname,
    purpose,
    authentication: authenticationOf(credential),
  } as const;
  return measureHop(draft, async () => {
    const answer = await sendTokenForm(http, client, createTokenForm(credential, grant));
    return { status: answer.status, value: readIssuedToken(answer, issuer, credential) };
  });
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

/** Describes what a token endpoint answered in place of a token. */
export function explainTokenRefusal(answer: HttpAnswer, issuer: Issuer, credential: Credential): UpstreamError {
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
