import { createHash, X509Certificate } from 'node:crypto';
import * as v from 'valibot';

/** Standard base64 with padding, not base64url (RFC 7517 §4.7). */
const certificateText = v.pipe(v.string(), v.regex(/^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/));
const keySetSchema = v.object({
  keys: v.array(v.looseObject({ x5c: v.optional(v.array(v.string())), 'x5t#S256': v.optional(v.string()) })),
});
type RegisteredKey = v.InferOutput<typeof keySetSchema>['keys'][number];

/**
 * Finds what keeps the keys of a self-signed client from naming its certificates: each key needs `x5c`, and its members
 * must be those of the certificate's key (RFC 8705 §2.2.2, RFC 7517 §4.7).
 */
export function findKeySetProblem(keySet: unknown): string | undefined {
  const parsed = v.safeParse(keySetSchema, keySet);
  if (!parsed.success) return 'it is no JSON Web Key Set';
  if (parsed.output.keys.length === 0) return 'it holds no key';
  for (const [index, key] of parsed.output.keys.entries()) {
    const problem = findKeyProblem(key);
    if (problem !== undefined) return `keys[${index}]${problem}`;
  }
  return undefined;
}

function findKeyProblem(key: RegisteredKey): string | undefined {
  const [text] = key.x5c ?? [];
  if (text === undefined) return ' has no x5c: the certificate itself is registered (RFC 8705 §2.2.2)';
  const certificate = readCertificate(text);
  if (certificate === undefined) return '.x5c[0] is no certificate: base64 of its DER, without BEGIN and END lines';
  const members = Object.entries(certificate.publicKey.export({ format: 'jwk' }));
  const different = members.find(([name, value]) => key[name] !== value);
  if (different !== undefined) return `.${different[0]} is not that of the key in its x5c[0]`;
  const thumbprint = createHash('sha256').update(certificate.raw).digest('base64url');
  if (key['x5t#S256'] !== undefined && key['x5t#S256'] !== thumbprint)
    return '.x5t#S256 is not the thumbprint of its x5c[0]';
  return undefined;
}

function readCertificate(text: string): X509Certificate | undefined {
  if (!v.is(certificateText, text)) return undefined;
  try {
    return new X509Certificate(Buffer.from(text, 'base64'));
  } catch {
    return undefined;
  }
}
