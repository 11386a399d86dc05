import type { X509Certificate } from 'node:crypto';

export const serviceNames = [
  'xsuaa',
  'destination',
  'identity',
  'authorization-server',
  'cloud-integration',
  'router',
] as const;
export type ServiceName = (typeof serviceNames)[number];

/** What a service saw of the client's certificate in the TLS handshake. */
export interface PresentedCertificate {
  readonly subject: string;
  /** base64url(SHA-256(DER)), RFC 8705 §3.1. */
  readonly 'x5t#S256': string;
  /** Whether the chain reaches the CA that the listener trusts. */
  readonly authorized: boolean;
  /** OpenSSL's code where it does not, e.g. `CERT_HAS_EXPIRED`. */
  readonly reason?: string;
}

export type JournalEntry =
  | {
      readonly kind: 'handshake';
      readonly service: ServiceName;
      readonly port: number;
      readonly time: string;
      readonly resumed: boolean;
      readonly certificate?: PresentedCertificate;
    }
  | {
      readonly kind: 'request';
      readonly service: ServiceName;
      readonly port: number;
      readonly time: string;
      readonly method: string;
      /** Path and query; values of parameters that can be secret are replaced by `…`. */
      readonly path: string;
      readonly status: number;
      readonly durationMs: number;
      readonly certificate?: PresentedCertificate;
      /** Why the service answered as it did, for a reader: which check failed, whether a cache answered. */
      readonly note?: string;
    };

const LIMIT = 10_000;
const SAFE_QUERY = /^(\$|zid$|response_type$|grant_type$)/;

/** Keeps the calls and TLS handshakes that each stand-in has served, the newest 10,000, without any secret. */
export class Journal {
  readonly #entries: JournalEntry[] = [];

  add(entry: JournalEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > LIMIT) this.#entries.shift();
  }

  entries(service?: ServiceName): readonly JournalEntry[] {
    return this.#entries.filter((entry) => service === undefined || entry.service === service);
  }

  clear(): void {
    this.#entries.length = 0;
  }
}

/** The path as a journal may keep it: codes, assertions and the like do not belong in a log. */
export function maskPath(url: string): string {
  const [path = '/', query] = url.split('?', 2);
  if (query === undefined) return path;
  const masked = query.split('&').map((pair) => {
    const [name = ''] = pair.split('=', 1);
    return SAFE_QUERY.test(decodeName(name)) ? pair : `${name}=…`;
  });
  return `${path}?${masked.join('&')}`;
}

/** A name that cannot be decoded is none of the safe ones, and no reason to end the landscape. */
function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return '';
  }
}

export function describeSubject({ subject }: X509Certificate): string {
  // Node's types do not say that an empty name is undefined.
  return ((subject as string | undefined) ?? '').split('\n').join(', ');
}
