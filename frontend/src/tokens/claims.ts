export type Claims = Readonly<Record<string, unknown>>;

/**
 * Decodes the payload of a JWT in compact form (RFC 7515 §3.1) without checking its signature: only for showing it and
 * for finding its expiry. Undefined for an opaque token.
 */
export function decodeClaims(token: string): Claims | undefined {
  const parts = token.split('.');
  const payload = parts[1];
  if (parts.length !== 3 || payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    // Checked for being an object; its members stay unknown.
    return isObject(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

/** The thumbprint of the certificate that a token is bound to (RFC 8705 §3.1); undefined without or with a malformed `cnf`. */
export function confirmedThumbprint(claims: Claims | undefined): string | undefined {
  const confirmation = claims?.['cnf'];
  const thumbprint = isObject(confirmation) ? confirmation['x5t#S256'] : undefined;
  return typeof thumbprint === 'string' ? thumbprint : undefined;
}

/** The name of the user that a token is about, as far as it tells. */
export function userName(claims: Claims | undefined): string {
  const names = [claims?.['user_name'], claims?.['email'], claims?.['sub']];
  return names.find((name) => typeof name === 'string') ?? 'a user';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
