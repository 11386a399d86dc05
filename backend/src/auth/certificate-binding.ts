import { LRUCache } from 'lru-cache';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { VerifiedClaims } from './security-context';

const SHA256_BYTES = 32;

/** How a token stands to the certificate that came with it; thumbprints are base64url as in `x5t#S256`. */
export type BindingVerdict =
  /** It is bound to this certificate. */
  | { readonly kind: 'bound' }
  /** It is bound to nothing. */
  | { readonly kind: 'unbound' }
  /** It says that it is bound, but not to which certificate: nobody can prove to be its holder. */
  | { readonly kind: 'unreadable-confirmation' }
  | { readonly kind: 'no-certificate'; readonly expected: string }
  | { readonly kind: 'other-certificate'; readonly expected: string; readonly presented: string };

/**
 * Compares the certificate of a request with the one that its token is bound to (RFC 8705 §3). Possession is what counts:
 * neither chain nor validity is looked at (§6.2), since the TLS handshake was elsewhere.
 * @param der the certificate as it came in the handshake; undefined when there was none
 */
export function verifyCertificateBinding({ cnf }: VerifiedClaims, der: Buffer | undefined): BindingVerdict {
  if (cnf === undefined) return { kind: 'unbound' };
  const hash = readConfirmation(cnf);
  if (hash === undefined) return { kind: 'unreadable-confirmation' };
  const expected = hash.toString('base64url');
  if (der === undefined) return { kind: 'no-certificate', expected };
  const presented = createHash('sha256').update(der).digest();
  return timingSafeEqual(presented, hash)
    ? { kind: 'bound' }
    : { kind: 'other-certificate', expected, presented: presented.toString('base64url') };
}

/** Most certificates that are recognised, and most characters that they take; a leaf has some 1,500. */
const MAX_KNOWN = 1000;
const MAX_KNOWN_CHARACTERS = 2_000_000;

/**
 * Recognises the text in which a certificate came before, by the thumbprint that it was found to have: comparing the texts
 * takes a tenth of decoding and hashing one.
 */
export class KnownCertificates {
  readonly #texts = new LRUCache<string, string>({
    max: MAX_KNOWN,
    maxSize: MAX_KNOWN_CHARACTERS,
    sizeCalculation: (text) => text.length,
  });

  /** Whether this text was remembered for the certificate that the token is bound to. */
  has({ cnf }: VerifiedClaims, text: string): boolean {
    const thumbprint = readThumbprint(cnf);
    return thumbprint !== undefined && this.#texts.get(thumbprint) === text;
  }

  /** To be called when `verifyCertificateBinding` has found them `bound`. */
  remember({ cnf }: VerifiedClaims, text: string): void {
    const thumbprint = readThumbprint(cnf);
    if (thumbprint !== undefined) this.#texts.set(thumbprint, text);
  }
}

/**
 * The SHA-256 that a claim `cnf` (RFC 7800 §3.1) names in its member `x5t#S256`: base64url without padding (RFC 8705
 * §3.1). Undefined when it names none, or spells it in another way.
 */
function readConfirmation(cnf: unknown): Buffer | undefined {
  const thumbprint = readThumbprint(cnf);
  if (thumbprint === undefined) return undefined;
  const hash = Buffer.from(thumbprint, 'base64url');
  return hash.length === SHA256_BYTES && hash.toString('base64url') === thumbprint ? hash : undefined;
}

function readThumbprint(cnf: unknown): string | undefined {
  if (typeof cnf !== 'object' || cnf === null) return undefined;
  const thumbprint = (cnf as Readonly<Record<string, unknown>>)['x5t#S256']; // any object may be asked for a member
  return typeof thumbprint === 'string' ? thumbprint : undefined;
}
