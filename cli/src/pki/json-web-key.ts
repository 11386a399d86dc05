import { createHash, type JsonWebKey, type X509Certificate } from 'node:crypto';
import { Failure } from '../failure';
import { computeThumbprint, formatName } from './certificate';
import { describeKey } from './private-key';

/** The public key of a certificate as a client registers it (RFC 7517, RFC 8705 §2.2.2). */
export interface CertificateJwk {
  readonly kty: string;
  /** Thumbprint of the key (RFC 7638): the same for each certificate of one key. */
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: string;
  readonly n?: string;
  readonly e?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  /** Base64 of the DER of the certificate, then those of its issuers. */
  readonly x5c: readonly string[];
  readonly 'x5t#S256': string;
}

/**
 * Members of each type of key, in the order in which its thumbprint counts them (RFC 7638 §3.2, RFC 8037 §2). No other
 * leaves this file, whatever is exported.
 */
const members = {
  RSA: ['e', 'kty', 'n'],
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
} as const;

const algorithms: Readonly<Record<string, string>> = {
  RSA: 'RS256',
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
  Ed25519: 'EdDSA',
};

/**
 * Describes the key of a chain's first certificate.
 * @throws {Failure} `key-unsupported` for a key that JSON Web Algorithms do not know.
 */
export function describeCertificateKey(chain: readonly [X509Certificate, ...X509Certificate[]]): CertificateJwk {
  const [certificate] = chain;
  const jwk = exportPublicKey(certificate);
  const kty = jwk.kty;
  const alg = algorithms[jwk.crv ?? kty ?? ''];
  if (alg === undefined || (kty !== 'RSA' && kty !== 'EC' && kty !== 'OKP')) throw unsupported(certificate);
  const key = Object.fromEntries(members[kty].map((name) => [name, jwk[name] ?? '']));
  return {
    kty,
    kid: createHash('sha256').update(JSON.stringify(key)).digest('base64url'),
    use: 'sig',
    alg,
    ...key,
    x5c: chain.map(({ raw }) => raw.toString('base64')),
    'x5t#S256': computeThumbprint(certificate),
  };
}

function exportPublicKey(certificate: X509Certificate): JsonWebKey {
  try {
    return certificate.publicKey.export({ format: 'jwk' });
  } catch (error) {
    throw unsupported(certificate, error);
  }
}

function unsupported({ subject, publicKey }: X509Certificate, cause?: unknown): Failure {
  return new Failure(
    'key-unsupported',
    `The key of "${formatName(subject)}" (${describeKey(publicKey)}) has no form as JSON Web Key.`,
    'Use a certificate with an RSA key, an EC key on P-256, P-384 or P-521, or an Ed25519 key.',
    { cause },
  );
}
