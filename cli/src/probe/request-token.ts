import * as v from 'valibot';
import { readIdentity, type ClientIdentity } from '../pki/keystore';
import type { OAuthClient } from '../service-key/client-credentials';
import { parseBody } from './body';
import { refusePlainHttp, readAddress, type CallSettings } from './call-settings';
import { decodeClaims, type Claims } from './claims';
import { HopFailure } from './hop';
import { judgeTokenAnswer } from './judge-token-answer';
import { sendRequest } from './send-request';
import type { ServerFlight } from './server-flight';

export interface TokenRequest {
  /** The complete address of the token endpoint. */
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly authentication:
    | { readonly kind: 'secret'; readonly secret: string }
    | { readonly kind: 'certificate'; readonly identity: ClientIdentity };
  readonly scope?: string | undefined;
  /** The services that the token is for (RFC 8707); IAS knows URNs. */
  readonly resources?: readonly string[] | undefined;
  /** How messages call it; default: `token endpoint`. */
  readonly party?: string;
}

export interface FetchedToken {
  readonly token: string;
  /** Decoded, not verified; undefined for an opaque token. */
  readonly claims: Claims | undefined;
  /** Seconds. */
  readonly expiresIn: number | undefined;
  readonly flight: ServerFlight | undefined;
}

/** The token endpoint answered, and gave no token. */
export class TokenRefusal extends HopFailure {}

const answerSchema = v.object({
  access_token: v.pipe(v.string(), v.minLength(1)),
  expires_in: v.optional(v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.finite())),
});

/**
 * Fetches a token by client credentials, with the secret in the body or with the certificate in the handshake
 * (RFC 6749 §4.4, RFC 8705 §2).
 * @throws {HopFailure} naming what failed on the way, or why the endpoint refuses the client.
 */
export async function requestToken(request: TokenRequest, settings: CallSettings): Promise<FetchedToken> {
  const { clientId, authentication, party = 'token endpoint' } = request;
  const url = readAddress(request.tokenUrl, 'The address of the token endpoint');
  const identity = authentication.kind === 'certificate' ? authentication.identity : undefined;
  refusePlainHttp(url, identity === undefined ? 'The client secret' : 'The token', settings);
  const answer = await sendRequest({
    ...settings,
    url,
    party,
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: buildForm(request).toString(),
    identity,
    proxy: settings.proxyFor(url),
  });
  const body = parseBody(answer.body);
  const parsed = v.safeParse(answerSchema, body);
  if (answer.status !== 200 || !parsed.success) {
    const { status, flight } = answer;
    const [cause, ...further] = judgeTokenAnswer({
      url,
      status,
      body,
      flight,
      identity,
      clientId,
      party,
      now: settings.now(),
    });
    throw new TokenRefusal(cause, further);
  }
  const { access_token: token, expires_in: expiresIn } = parsed.output;
  return { token, claims: decodeClaims(token), expiresIn, flight: answer.flight };
}

/** Reads what a client authenticates with. @throws like `readIdentity`. */
export function readAuthentication({ authentication }: OAuthClient): TokenRequest['authentication'] {
  return authentication.kind === 'secret'
    ? authentication
    : { kind: 'certificate', identity: readIdentity(authentication) };
}

function buildForm({ clientId, authentication, scope, resources = [] }: TokenRequest): URLSearchParams {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId });
  if (authentication.kind === 'secret') form.set('client_secret', authentication.secret);
  if (scope !== undefined) form.set('scope', scope);
  for (const resource of resources) form.append('resource', resource);
  return form;
}
