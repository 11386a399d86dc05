import type { BackendUpstream } from './backend-client';
import { readChallenge } from './upstream/answer';
import type { HttpAnswer } from './upstream/http-client';
import { describeRefusal, statusWithReason } from './upstream/refusal';
import type { UpstreamError } from './upstream/upstream';

/** The code of the failure after which a new token is worth a try (RFC 6750 §3.1, `invalid_token`). */
export const TOKEN_INVALID = 'backend-token-invalid';

/** The code of the failure for which no new token helps: the certificate of a bound one did not arrive. */
export const CERTIFICATE_MISSING = 'backend-certificate-missing';

/** The codes of failures that are there until somebody corrects where the call goes. */
export const WRONG_WAY: ReadonlySet<string> = new Set([
  CERTIFICATE_MISSING,
  'backend-binding-required',
  'backend-unauthorized',
  'backend-path-unknown',
  'backend-host-unknown',
  'backend-no-tls',
  'backend-no-http',
  'backend-untrusted',
]);

export interface RefusedCall {
  readonly url: URL;
  /** Thumbprint of the certificate that the token is bound to; undefined for a token that is bound to none. */
  readonly boundTo: string | undefined;
  /** Thumbprint of the certificate that the server could have asked for. */
  readonly shown: string | undefined;
}

/** The setting of the backend that lets bound tokens in on plain routes. */
export const PLAIN_ROUTE_SETTING = 'ACCEPT_BOUND_TOKENS_ON_PLAIN_ROUTES';

/** The other way out of a bound token on a plain route, by a setting of the backend. */
export const PLAIN_ROUTE_WAY_OUT =
  'let the backend accept bound tokens without their certificate, which lets in thieves, too: ' +
  `\`cf set-env backendmtls ${PLAIN_ROUTE_SETTING} true\`, \`cf restage backendmtls\`.`;

interface Refusal {
  readonly kind: string;
  readonly status: UpstreamError['status'];
  readonly says: string;
  readonly remedy: string;
}

/** The backend's own 401 would ask our caller to log in, who has nothing to do with it: it becomes a 502. */
export function explainRefusal(answer: HttpAnswer, backend: BackendUpstream, call: RefusedCall): UpstreamError {
  const { kind, status, says, remedy } =
    explainBinding(answer, backend, call) ??
    explainToken(answer, backend) ??
    explainAddress(answer, backend.addressFrom, call.url) ??
    explainTrouble(answer.status);
  return describeRefusal(answer, {
    code: `backend-${kind}`,
    status,
    description: `The backend ${says} (${statusWithReason(answer)}).`,
    remedy,
  });
}

/** Of the backend: RFC 8705 §3 makes `invalid_token` of all that is wrong with a binding, and only the description tells what. */
const NO_CERTIFICATE = /certificate.+(none came with the request|cannot arrive on this route)/;
const NOT_BOUND = /only tokens that are bound to a client certificate/;

function explainBinding(
  answer: HttpAnswer,
  { remedies }: BackendUpstream,
  { url, boundTo, shown }: RefusedCall,
): Refusal | undefined {
  const { error, description = '' } = readChallenge(answer.headers['www-authenticate']);
  if (answer.status !== 401 || error !== 'invalid_token') return undefined;
  if (boundTo === undefined && NOT_BOUND.test(description))
    return {
      kind: 'binding-required',
      status: 502,
      says: 'accepts only tokens that are bound to a certificate, and this one is not',
      remedy: remedies.bindingRequired,
    };
  // If another certificate than that of the token was shown, then a new token may fit it.
  if (!NO_CERTIFICATE.test(description) || boundTo === undefined || (shown !== undefined && shown !== boundTo))
    return undefined;
  const unprotected = url.protocol === 'http:' ? `: over plain http, as at ${url.origin}, none can be shown` : '';
  return {
    kind: 'certificate-missing',
    status: 502,
    says: `refused the token, which is bound to the certificate ${boundTo}, because no certificate reached it${unprotected}`,
    remedy: remedies.certificateMissing,
  };
}

function explainToken(
  { status, headers }: HttpAnswer,
  { addressFrom, remedies }: BackendUpstream,
): Refusal | undefined {
  if (status === 401 && readChallenge(headers['www-authenticate']).error === 'invalid_token')
    return {
      kind: 'token-invalid',
      status: 502,
      says: 'refused the token',
      remedy: remedies.tokenInvalid,
    };
  if (status === 401)
    return {
      kind: 'unauthorized',
      status: 502,
      says: 'asked for another authentication than the token',
      remedy: `Check that ${addressFrom} leads to the backend.`,
    };
  if (status === 403)
    return {
      kind: 'forbidden',
      status: 502,
      says: 'accepted the token, but it does not permit this call',
      remedy: remedies.forbidden,
    };
  return undefined;
}

/** Cloud Foundry's router marks the answers that are its own and not of an app. */
function explainAddress({ status, headers }: HttpAnswer, addressFrom: string, { href }: URL): Refusal | undefined {
  if (['unknown_route', 'no_endpoints'].includes(String(headers['x-cf-routererror'])))
    return {
      kind: 'unreachable',
      status: 502,
      says: `does not run: the router has no app to give ${href} to`,
      remedy: `Start it (\`cf start backendmtls\`), or correct ${addressFrom}.`,
    };
  if (status === 404)
    return {
      kind: 'path-unknown',
      status: 502,
      says: `has nothing at ${href}`,
      remedy: `Correct ${addressFrom}: it must be the address of the backend, without /endpoint.`,
    };
  return undefined;
}

function explainTrouble(status: number): Refusal {
  const again = 'Try again in a moment.';
  if (status === 429 || status === 503)
    return { kind: 'unavailable', status: 503, says: 'cannot serve the call at the moment', remedy: again };
  if (status === 504) return { kind: 'late', status: 504, says: 'did not get its own answer in time', remedy: again };
  const remedy = 'See the log of the backend: `cf logs backendmtls --recent`.';
  return status >= 500
    ? { kind: 'failed', status: 502, says: 'failed', remedy }
    : { kind: 'answer-unexpected', status: 502, says: 'gave an unexpected answer', remedy };
}
