import type { X509Certificate } from 'node:crypto';
import { Failure } from '../failure';
import { computeThumbprint, formatName } from './certificate';
import { findOwner, followIssuers, IssuerPool } from './chain';
import type { Credential } from './read-credential';

export type PublicChain = readonly [X509Certificate, ...X509Certificate[]];

/**
 * Finds the certificate of a credential, first, and those of its issuers that are there. A private key says which
 * certificate is meant, and is used for nothing else.
 * @throws {Failure} `certificate-missing`; `key-mismatch`; `leaf-ambiguous` and `chain-foreign` for certificates that do
 * not belong together.
 */
export function findPublicChain({
  certificates,
  keys,
  name,
}: Pick<Credential, 'certificates' | 'keys' | 'name'>): PublicChain {
  if (certificates.length === 0)
    throw new Failure(
      'certificate-missing',
      `There is no certificate in ${name}.`,
      'Give the file with the certificate; the private key alone is not what is published.',
    );
  const [key] = keys;
  const leaf = key === undefined ? findLeaf(certificates) : findOwner(certificates, key.key);
  const { chain, rest } = followIssuers(leaf, new IssuerPool(certificates));
  const foreign = rest[0];
  if (foreign === undefined) return chain;
  throw new Failure(
    'chain-foreign',
    `"${formatName(foreign.subject)}" does not belong to the chain of "${formatName(leaf.subject)}".`,
    'Give each certificate in a file of its own.',
  );
}

/** The one that has issued none of the others. */
function findLeaf(certificates: readonly X509Certificate[]): X509Certificate {
  const pool = new IssuerPool(certificates);
  const issuers = new Set(pool.certificates.map((one) => pool.findIssuer(one, new Set([computeThumbprint(one)]))));
  const leaves = pool.certificates.filter((one) => !issuers.has(one));
  const [leaf] = leaves;
  if (leaf !== undefined && leaves.length === 1) return leaf;
  throw new Failure(
    'leaf-ambiguous',
    `These certificates are not one chain: ${leaves.map(({ subject }) => `"${formatName(subject)}"`).join(', ')}.`,
    'Give each certificate, with its issuers, in a file of its own.',
  );
}
