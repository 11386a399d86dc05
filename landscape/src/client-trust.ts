import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/** So many certificates are remembered as checked; then it starts over. */
const CHECKED_LIMIT = 1_000;
const MAX_DEPTH = 5;

export interface ClientTrustOptions {
  /** Those that the listener's TLS trusts, too. */
  readonly roots: readonly X509Certificate[];
  /** The landscape's clock, milliseconds since the epoch. */
  readonly now: () => number;
}

/** Judges whether the chain of a client certificate reaches one of the roots that a load balancer or router trusts. */
export class ClientTrust {
  readonly #roots: readonly X509Certificate[];
  readonly #now: () => number;
  /** Fingerprints of certificates that reach a root; a resumed session does not bring the chain again. */
  readonly #checked = new Set<string>();
  /** Fingerprints of certificates that count whoever has issued them. */
  readonly #trusted = new Set<string>();

  constructor({ roots, now }: ClientTrustOptions) {
    this.#roots = roots;
    this.#now = now;
  }

  /** Lets one self-signed certificate count, as the trust list of a custom domain does. */
  trust({ fingerprint256 }: X509Certificate): void {
    this.#trusted.add(fingerprint256);
  }

  /**
   * OpenSSL's code for what is wrong with a certificate, e.g. `CERT_HAS_EXPIRED`; undefined when it counts. OpenSSL judges by
   * the clock of the machine: where a test sets another, that one counts.
   */
  findProblem(socket: TLSSocket, certificate: X509Certificate): string | undefined {
    const now = this.#now();
    if (Date.parse(certificate.validTo) <= now) return 'CERT_HAS_EXPIRED';
    if (Date.parse(certificate.validFrom) > now) return 'CERT_NOT_YET_VALID';
    if (socket.authorized || this.#trusted.has(certificate.fingerprint256)) return undefined;
    const problem = String(socket.authorizationError);
    return problem === 'CERT_NOT_YET_VALID' && this.#reachesRoot(certificate) ? undefined : problem;
  }

  #reachesRoot(certificate: X509Certificate): boolean {
    if (this.#checked.has(certificate.fingerprint256)) return true;
    if (!this.#roots.some((root) => isIssuedBelow(certificate, root))) return false;
    if (this.#checked.size >= CHECKED_LIMIT) this.#checked.clear();
    this.#checked.add(certificate.fingerprint256);
    return true;
  }
}

/** Whether each certificate of the chain that the client sent was signed by the next, and the last by the root. */
function isIssuedBelow(leaf: X509Certificate, root: X509Certificate): boolean {
  let current = leaf;
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    if (current.checkIssued(root) && current.verify(root.publicKey)) return true;
    const issuer = current.issuerCertificate;
    if (issuer === undefined || !issuer.ca || !current.checkIssued(issuer) || !current.verify(issuer.publicKey))
      return false;
    current = issuer;
  }
  return false;
}
