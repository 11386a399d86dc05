import type { KeyObject, X509Certificate } from 'node:crypto';
import { Failure } from '../failure';
import { computeThumbprint, formatName, isSelfSigned, type CertificateRole } from './certificate';

/** Signatures that are checked in the search for issuers; a chain has three or four. */
const MAX_VERIFICATIONS = 500;

export interface CertificateChain {
  /** Leaf first, each followed by its issuer. */
  readonly certificates: readonly [X509Certificate, ...X509Certificate[]];
  /** Whether the last one is a self-signed root. */
  readonly complete: boolean;
  /** Whether the certificates came in another order, or one of them twice. */
  readonly mended: boolean;
}

/**
 * Puts certificates in the order in which TLS and the Destination Service want them: the one that belongs to `key`,
 * then always the issuer of the one before (RFC 8446 §4.4.2).
 * @throws {Failure} `key-mismatch` when none belongs to the key, `chain-gap` when an issuer in between is missing,
 * `chain-foreign` when one of them belongs to another chain.
 */
export function orderChain(certificates: readonly X509Certificate[], key: KeyObject): CertificateChain {
  const leaf = findOwner(certificates, key);
  const { chain, rest } = followIssuers(leaf, new IssuerPool(certificates));
  const complete = isSelfSigned(chain.at(-1) ?? leaf);
  refuseRemainder({ chain, complete, rest });
  const sameOrder = certificates.length === chain.length && chain.every((one, index) => one === certificates[index]);
  return { certificates: chain, complete, mended: !sameOrder };
}

/** Finds the certificate that a key belongs to. @throws {Failure} `key-mismatch`. */
export function findOwner(certificates: readonly X509Certificate[], key: KeyObject): X509Certificate {
  const owner = certificates.find((certificate) => certificate.checkPrivateKey(key));
  if (owner === undefined) throw keyMismatch(certificates);
  return owner;
}

/** Tells whether one certificate was signed by another. */
export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** Leads from a certificate to its issuers, as far as they are there; the rest belongs elsewhere. Copies count once. */
export function followIssuers(
  leaf: X509Certificate,
  pool: IssuerPool,
): { readonly chain: [X509Certificate, ...X509Certificate[]]; readonly rest: X509Certificate[] } {
  const chain: [X509Certificate, ...X509Certificate[]] = [leaf];
  const used = new Set([computeThumbprint(leaf)]);
  for (let last = leaf; !isSelfSigned(last);) {
    const issuer = pool.findIssuer(last, used);
    if (issuer === undefined) break;
    chain.push(issuer);
    used.add(computeThumbprint(issuer));
    last = issuer;
  }
  return { chain, rest: pool.certificates.filter((one) => !used.has(computeThumbprint(one))) };
}

/** Certificates, each once, among which issuers are looked for by their subject. */
export class IssuerPool {
  readonly certificates: readonly X509Certificate[];
  readonly #bySubject = new Map<string, X509Certificate[]>();
  #verifications = 0;

  constructor(certificates: readonly X509Certificate[]) {
    this.certificates = [...new Map(certificates.map((one) => [computeThumbprint(one), one])).values()];
    for (const certificate of this.certificates) {
      const key = comparable(certificate.subject);
      this.#bySubject.set(key, [...(this.#bySubject.get(key) ?? []), certificate]);
    }
  }

  /**
   * Finds the issuer of a certificate among those whose thumbprint is not in `except`.
   * @throws {Failure} `chain-unclear` where too many have one name, so that looking for it would take long.
   */
  findIssuer(certificate: X509Certificate, except: ReadonlySet<string>): X509Certificate | undefined {
    const candidates = this.#bySubject.get(comparable(certificate.issuer)) ?? [];
    return candidates.find((candidate) => {
      if (except.has(computeThumbprint(candidate)) || !certificate.checkIssued(candidate)) return false;
      this.#verifications += 1;
      if (this.#verifications > MAX_VERIFICATIONS) throw unclear(certificate);
      return certificate.verify(candidate.publicKey);
    });
  }
}

/** Names are equal without regard to case and the number of blanks (RFC 5280 §7.1). */
function comparable(name: string | undefined): string {
  return (name ?? '').toLowerCase().replaceAll(/\s+/g, ' ');
}

export function roleOf(certificate: X509Certificate, index: number): CertificateRole {
  return index === 0 ? 'leaf' : roleOfAuthority(certificate);
}

export function roleOfAuthority(certificate: X509Certificate): CertificateRole {
  return isSelfSigned(certificate) ? 'root' : 'intermediate';
}

function refuseRemainder(found: {
  chain: readonly [X509Certificate, ...X509Certificate[]];
  complete: boolean;
  rest: readonly X509Certificate[];
}): void {
  const { chain, complete, rest } = found;
  const last = chain.at(-1) ?? chain[0];
  const onlyLeaf = chain.length === 1 && !complete;
  if ((!complete && rest.length > 0) || onlyLeaf)
    throw new Failure(
      'chain-gap',
      `The chain has a gap: "${formatName(last.subject)}" was issued by "${formatName(last.issuer)}", whose certificate is missing.`,
      'Copy the whole value of "certificate"; it holds the leaf, every intermediate and, as a rule, the root.',
    );
  const foreign = rest[0];
  if (foreign !== undefined)
    throw new Failure(
      'chain-foreign',
      `"${formatName(foreign.subject)}" does not belong to the chain of "${formatName(chain[0].subject)}".`,
      'Remove it: a keystore holds one key and the chain of its certificate, nothing else.',
    );
}

function keyMismatch(certificates: readonly X509Certificate[]): Failure {
  const names = certificates.map((certificate) => `"${formatName(certificate.subject)}"`).join(', ');
  return new Failure(
    'key-mismatch',
    `The private key belongs to none of the certificates (${names}).`,
    'Take certificate and key from the same service key or binding: each one has a pair of its own.',
  );
}

function unclear({ issuer }: X509Certificate): Failure {
  return new Failure(
    'chain-unclear',
    `Too many certificates are called "${formatName(issuer)}" to tell which of them is the issuer.`,
    'Give each chain in a file of its own.',
  );
}
