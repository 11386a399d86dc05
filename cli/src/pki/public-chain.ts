import type { X509Certificate } from 'node:crypto';
import { Failure } from '../failure';
import { computeThumbprint, formatName, isCertificateBlock, readCertificate } from './certificate';
import { findOwner, followIssuers, IssuerPool, isIssuedBy } from './chain';
import { readPemBlocks } from './pem';
import { isPrivateKeyBlock, readPrivateKey } from './private-key';

export type PublicChain = readonly [X509Certificate, ...X509Certificate[]];

/**
 * Reads the certificate of a PEM file, first, and those of its issuers that are there. A private key in the file says which
 * certificate is meant, and is used for nothing else.
 * @throws {Failure} `certificate-missing`; `key-mismatch`; `leaf-ambiguous` and `chain-foreign` for certificates that do
 * not belong together; see also `readPemBlocks`.
 */
export function readPublicChain(pem: string, what: string): PublicChain {
  const blocks = readPemBlocks(pem, what);
  const certificateBlocks = blocks.filter((block) => isCertificateBlock(block));
  const certificates = certificateBlocks.map((block, index) =>
    readCertificate(block, `certificate ${index + 1} of ${certificateBlocks.length}`),
  );
  if (certificates.length === 0)
    throw new Failure(
      'certificate-missing',
      `There is no certificate in ${what}.`,
      'Give the file with the certificate; the private key alone is not what is published.',
    );
  const keyBlock = blocks.find((block) => isPrivateKeyBlock(block));
  const leaf = keyBlock === undefined ? findLeaf(certificates) : findOwner(certificates, readPrivateKey(keyBlock).key);
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
  const unique = [...new Map(certificates.map((one) => [computeThumbprint(one), one])).values()];
  const leaves = unique.filter((one) => !unique.some((other) => other !== one && isIssuedBy(other, one)));
  const [leaf] = leaves;
  if (leaf !== undefined && leaves.length === 1) return leaf;
  throw new Failure(
    'leaf-ambiguous',
    `These certificates are not one chain: ${leaves.map(({ subject }) => `"${formatName(subject)}"`).join(', ')}.`,
    'Give each certificate, with its issuers, in a file of its own.',
  );
}
