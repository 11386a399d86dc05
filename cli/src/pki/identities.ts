import { createPublicKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { computeThumbprint, isSelfSigned } from './certificate';
import { followIssuers, IssuerPool } from './chain';
import type { Credential, CredentialKey } from './read-credential';

/** A certificate that its holder uses, with its chain and the key that belongs to it, as far as they are there. */
export interface Identity {
  /** Leaf first, each followed by its issuer. */
  readonly chain: readonly [X509Certificate, ...X509Certificate[]];
  readonly key?: CredentialKey;
  /** Whether the last one is a self-signed root. */
  readonly complete: boolean;
}

/** The parts of a credential, each put where it belongs. */
export interface SortedCredential {
  readonly identities: readonly Identity[];
  /** Keys that belong to no certificate that is there. */
  readonly keys: readonly CredentialKey[];
  /** Certificates of authorities that none of the chains needs. */
  readonly authorities: readonly X509Certificate[];
  /** Whether the certificates stood in the order of their chains, each once. */
  readonly ordered: boolean;
}

/**
 * Finds out which certificates and keys belong together. Whatever has a key, or is no authority, is an identity.
 * @param leaf is an identity by what the caller knows, e.g. the first certificate of a server.
 * @throws {Failure} `chain-unclear`, see `IssuerPool`.
 */
export function sortCredential(
  { certificates, keys }: Pick<Credential, 'certificates' | 'keys'>,
  leaf?: X509Certificate,
): SortedCredential {
  const pool = new IssuerPool(certificates);
  const byPublicKey = new Map(keys.map((key) => [encodePublicKey(createPublicKey(key.key)), key]));
  const ownKey = (certificate: X509Certificate): CredentialKey | undefined =>
    byPublicKey.get(encodePublicKey(certificate.publicKey));
  const leaves = pool.certificates.filter((one) => one === leaf || !one.ca || ownKey(one) !== undefined);
  const identities = leaves.map((leaf) => toIdentity(leaf, { pool, key: ownKey(leaf) }));
  const owned = new Set(identities.map(({ key }) => key));
  const inChains = new Set(identities.flatMap(({ chain }) => chain.map((one) => computeThumbprint(one))));
  const sequence = identities.flatMap(({ chain }) => chain);
  return {
    identities,
    keys: keys.filter((key) => !owned.has(key)),
    authorities: pool.certificates.filter((one) => !inChains.has(computeThumbprint(one))),
    ordered: identities.length > 1 || isPrefix(sequence, certificates),
  };
}

function toIdentity(
  leaf: X509Certificate,
  { pool, key }: { pool: IssuerPool; key: CredentialKey | undefined },
): Identity {
  const { chain } = followIssuers(leaf, pool);
  return { chain, ...(key !== undefined && { key }), complete: isSelfSigned(chain.at(-1) ?? leaf) };
}

/** Several chains in one file have no order that matters; copies of one certificate do not count as order. */
function isPrefix(sequence: readonly X509Certificate[], certificates: readonly X509Certificate[]): boolean {
  return sequence.every((certificate, index) => certificates[index] === certificate);
}

function encodePublicKey(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).toString('base64');
}
