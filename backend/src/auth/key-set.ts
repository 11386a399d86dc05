import { createPublicKey, type JsonWebKey } from 'node:crypto';
import * as v from 'valibot';

const keySetSchema = v.object({ keys: v.array(v.looseObject({ kid: v.string(), kty: v.string() })) });

export type PublicKeySet = v.InferOutput<typeof keySetSchema>;

/**
 * Reads a JWK set (RFC 7517 §5) and leaves out the keys that cannot verify anything, as §5 demands. @sap/xssec would
 * fail on every token because of one such key, and would remember an answer without keys for half an hour.
 * @throws {Error} when not one usable key is in it.
 */
export function parseKeySet(body: unknown): PublicKeySet {
  const keys = v.parse(keySetSchema, body).keys.filter(isPublicKey);
  if (keys.length === 0) throw new Error('The key set holds no usable key.');
  return { keys };
}

function isPublicKey(key: JsonWebKey): boolean {
  try {
    createPublicKey({ key, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}
