import { X509Certificate } from 'node:crypto';
import { listHeaderValues } from './raw-headers';

/** In characters. Enough for a leaf with the largest keys in use; what is longer is read no further. */
const MAX_LENGTH = 8192;
/** RFC 8941 §3.3.5 */
const BYTE_SEQUENCE = /^:(.*):$/;

/** How the platforms tell an app of the client's certificate: which header has which form. */
const formats = {
  /** Cloud Foundry's router: the leaf's DER as one line of base64. */
  'x-forwarded-client-cert': (value: string) => value,
  /** RFC 9440 §2.1: the same between colons. */
  'client-cert': (value: string) => BYTE_SEQUENCE.exec(value)?.[1],
} as const;

export type CertificateHeader = keyof typeof formats;

// The keys of an object literal are what its type says.
export const certificateHeaders = Object.keys(formats) as [CertificateHeader, ...CertificateHeader[]];

/** What a request says of its client's certificate, before anybody decides whether to believe it. */
export type PresentedCertificate =
  | { readonly kind: 'absent' }
  | { readonly kind: 'present'; readonly der: Buffer }
  | { readonly kind: 'unreadable'; readonly reason: string };

/**
 * Reads the one header in which the platform passes the client's certificate on. Every other header is ignored, since the
 * platform would let a client's own pass; every other form is unreadable.
 */
export function readClientCertificate(rawHeaders: readonly string[], header: CertificateHeader): PresentedCertificate {
  const values = listHeaderValues(rawHeaders, header);
  const [value] = values;
  if (value === undefined) return { kind: 'absent' };
  if (values.length > 1) return unreadable(`${values.length} headers of that name`);
  if (value.length > MAX_LENGTH) return unreadable(`${value.length} characters, more than ${MAX_LENGTH}`);
  const base64 = formats[header](value);
  const der = Buffer.from(base64 ?? '', 'base64');
  // The decoder skips what is no base64. Only the one spelling of these bytes counts: nobody else writes another one.
  if (der.length === 0 || der.toString('base64') !== base64) return unreadable('not one line of base64');
  return { kind: 'present', der };
}

function unreadable(reason: string): PresentedCertificate {
  return { kind: 'unreadable', reason };
}

/**
 * Parses bytes that are one X.509 certificate in DER and nothing else; undefined for any other. Takes a hundred times longer than
 * their hash.
 */
export function parseCertificate(der: Buffer): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(der);
    // The class also reads PEM, and ignores what follows the certificate.
    return certificate.raw.equals(der) ? certificate : undefined;
  } catch {
    return undefined;
  }
}
