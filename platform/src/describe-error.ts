const JWT = /\beyJ[\w-]+\.[\w-]*\.?[\w-]*/g;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g;
const CAUSES_SHOWN = 4;

/** What a log keeps of an error. */
export interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly cause?: ErrorDescription;
}

/**
 * Describes an error by its type, message, code, stack and causes, and by nothing else.
 *
 * Errors of HTTP clients carry the request, whose TLS agent holds the private key, and errors of token libraries carry
 * the token: an error's other members never reach a log.
 */
export function describeError(error: unknown, depth = CAUSES_SHOWN): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error, message: maskSecrets(String(error)) };
  const { name, message, stack, cause } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    type: name,
    message: maskSecrets(message),
    ...(code !== undefined && { code }),
    ...(stack !== undefined && { stack: maskSecrets(stack) }),
    ...(cause !== undefined && depth > 0 && { cause: describeError(cause, depth - 1) }),
  };
}

/** Replaces JSON Web Tokens and PEM private keys in a text. */
export function maskSecrets(text: string): string {
  return text.replace(JWT, '[token]').replace(PRIVATE_KEY, '[private key]');
}
