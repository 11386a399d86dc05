import { isRecord } from '../service-key/json-blocks';

export type Claims = Readonly<Record<string, unknown>>;

/** Decodes the claims of a JWT without verifying anything; undefined for an opaque token. */
export function decodeClaims(token: string): Claims | undefined {
  const payload = token.split('.')[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return isRecord(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

/** The thumbprint that a token is bound to (RFC 8705 §3.1). */
export function readConfirmation(claims: Claims): string | undefined {
  const { cnf } = claims;
  const thumbprint = isRecord(cnf) ? cnf['x5t#S256'] : undefined;
  return typeof thumbprint === 'string' ? thumbprint : undefined;
}

/** Scopes of XSUAA are an array, those of others one text (RFC 9068 §2.2.3). */
export function readScopes({ scope }: Claims): readonly string[] {
  if (typeof scope === 'string') return scope.split(' ').filter((name) => name !== '');
  return Array.isArray(scope) ? scope.filter((name): name is string => typeof name === 'string') : [];
}

export function readAudience({ aud }: Claims): readonly string[] {
  if (typeof aud === 'string') return [aud];
  return Array.isArray(aud) ? aud.filter((name): name is string => typeof name === 'string') : [];
}

/** ISO 8601, of a claim in seconds since the epoch. */
export function formatTime(seconds: unknown): string | undefined {
  const isTime = typeof seconds === 'number' && Math.abs(seconds) < 8.64e12;
  return isTime ? new Date(seconds * 1000).toISOString() : undefined;
}
