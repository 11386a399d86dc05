import { errors } from '@sap/xssec';
import { UpstreamError } from '../errors';

export interface KeyRequest {
  /** As the caller of this app knows it, e.g. `XSUAA`. */
  readonly issuer: string;
  readonly url: string;
  readonly timeoutMs: number;
}

/** Maps what went wrong on the way to an issuer's signing keys to a 503 that names the issuer and the host. */
export function issuerUnavailable(error: unknown, { issuer, url, timeoutMs }: KeyRequest): UpstreamError {
  return new UpstreamError(
    `${issuer} cannot be asked for its signing keys: ${url} ${explainFailure(error, timeoutMs)}. ` +
      'The token was not checked. Try again later.',
    { detail: error instanceof Error ? error.message : String(error), cause: error },
  );
}

/** The part of a sentence that follows the name of a host. */
function explainFailure(error: unknown, timeoutMs: number): string {
  if (error instanceof errors.ResponseError) return `answered ${error.responseCode}`;
  if (!(error instanceof errors.RequestError)) {
    // The library has read the status line: what failed is the body.
    return codeOf(error) === ''
      ? 'answered something that is no key set'
      : `broke its answer off, or did not end it within ${timeoutMs} ms`;
  }
  const code = codeOf(error.originalError);
  switch (code) {
    case 'ABORT_ERR':
    case 'ETIMEDOUT':
      return `did not answer within ${timeoutMs} ms`;
    case 'ECONNREFUSED':
      return 'refused the connection';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'has no address';
    default:
      return /CERT|SIGNATURE|ISSUER/.test(code)
        ? 'showed a certificate that this app does not trust'
        : 'broke the connection off';
  }
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}
