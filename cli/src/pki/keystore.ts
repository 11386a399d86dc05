import type { X509Certificate } from 'node:crypto';
import { Failure } from '../failure';
import {
  allowsClientAuthentication,
  describeCertificate,
  formatName,
  isCertificateBlock,
  readCertificate,
  type CertificateFacts,
} from './certificate';
import { orderChain, roleOf, type CertificateChain } from './chain';
import { formatPem, readPemBlocks, type PemBlock } from './pem';
import { isPrivateKeyBlock, readPrivateKey, type PrivateKey } from './private-key';

/** A private key with the ordered chain of its certificate. */
export interface ClientIdentity {
  readonly key: PrivateKey;
  readonly chain: CertificateChain;
}

/** What a binding or service key carries, as it stands there. */
export interface EncodedIdentity {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Reads certificate and key of a binding; line breaks and the order of the chain may be damaged.
 * @throws {Failure} naming what is wrong with which of the two; see `orderChain` and `readPemBlocks`.
 */
export function readIdentity({ certificate, key }: EncodedIdentity): ClientIdentity {
  return toIdentity(readPemBlocks(certificate, 'certificate'), readPemBlocks(key, 'private key'));
}

/** Reads a keystore file in PEM: one private key and its chain, in any order. @throws {Failure} like `readIdentity`. */
export function readKeystore(pem: string): ClientIdentity {
  const blocks = readPemBlocks(pem, 'keystore');
  const keys = blocks.filter((block) => isPrivateKeyBlock(block));
  return toIdentity(
    blocks.filter((block) => !isPrivateKeyBlock(block)),
    keys,
  );
}

/** The keystore as the Destination Service wants it: private key first, then leaf, intermediates, root. */
export function formatKeystore(identity: ClientIdentity): string {
  return identity.key.pem + formatChain(identity.chain);
}

export function formatChain({ certificates }: CertificateChain): string {
  return certificates.map(({ raw }) => formatPem({ label: 'CERTIFICATE', der: raw })).join('');
}

export function describeChain({ certificates }: CertificateChain, now: number): CertificateFacts[] {
  return certificates.map((certificate, index) => describeCertificate(certificate, roleOf(certificate, index), now));
}

/**
 * Finds out whether the identity can be used now.
 * @returns what a reader should know although it can be used.
 * @throws {Failure} `certificate-expired`, naming the certificate and what to do.
 */
export function checkUsable({ chain }: ClientIdentity, now: number): string[] {
  const [leaf] = chain.certificates;
  for (const certificate of chain.certificates) refuseExpired(certificate, { leaf, now });
  const notes: string[] = [];
  if (Date.parse(leaf.validFrom) > now)
    notes.push(
      `The certificate is valid only from ${new Date(leaf.validFrom).toISOString()}: is this computer's clock right?`,
    );
  if (chain.mended) notes.push('The chain was not in order; it is written leaf first, each followed by its issuer.');
  if (!chain.complete)
    notes.push(
      `The root "${formatName(chain.certificates.at(-1)?.issuer)}" is not part of the chain: a server that knows it needs no more, but some consumers want it in the keystore.`,
    );
  if (!allowsClientAuthentication(leaf))
    notes.push('The certificate does not allow client authentication (extended key usage): servers may refuse it.');
  return notes;
}

function refuseExpired(certificate: X509Certificate, { leaf, now }: { leaf: X509Certificate; now: number }): void {
  if (Date.parse(certificate.validTo) > now) return;
  const isLeaf = certificate === leaf;
  throw new Failure(
    'certificate-expired',
    `The ${isLeaf ? 'certificate' : 'issuing certificate'} "${formatName(certificate.subject)}" expired on ${new Date(certificate.validTo).toISOString()}.`,
    isLeaf
      ? 'Have a new one made: cf unbind-service and cf bind-service, or delete the service key and create it again; then take the new values.'
      : 'Its CA has a newer one: create the service key or binding anew, which brings the chain that is valid now.',
  );
}

/**
 * Takes one key and the certificates that came with it for an identity.
 * @throws {Failure} `key-missing` unless there is exactly one key, `certificate-missing`, and those of `orderChain`.
 */
export function identityOf({
  certificates,
  keys,
}: {
  readonly certificates: readonly X509Certificate[];
  readonly keys: readonly PrivateKey[];
}): ClientIdentity {
  const [key] = keys;
  if (key === undefined || keys.length > 1)
    throw keyMissing(
      key === undefined ? 'There is no private key.' : 'One private key is expected, there are several.',
    );
  if (certificates.length === 0)
    throw new Failure(
      'certificate-missing',
      'There is no certificate.',
      'Add the certificate and its chain below the key.',
    );
  return { key, chain: orderChain(certificates, key.key) };
}

function toIdentity(certificateBlocks: readonly PemBlock[], keyBlocks: readonly PemBlock[]): ClientIdentity {
  const foreign = keyBlocks.find((block) => !isPrivateKeyBlock(block));
  if (foreign !== undefined) throw keyMissing(`A private key is expected, found: ${foreign.label}.`);
  const keys = keyBlocks.map((block) => readPrivateKey(block));
  return identityOf({ certificates: readCertificates(certificateBlocks), keys });
}

function keyMissing(message: string): Failure {
  return new Failure(
    'key-missing',
    message,
    'Take the values of "certificate" and "key" of one service key or binding.',
  );
}

/** Reads blocks that must all be certificates. @throws {Failure} `certificate-unreadable`. */
function readCertificates(blocks: readonly PemBlock[]): X509Certificate[] {
  return blocks.map((block, index) => {
    if (!isCertificateBlock(block))
      throw new Failure(
        'certificate-unreadable',
        `Block ${index + 1} is "${block.label}" where a certificate is expected.`,
        'Take the value of "certificate" of the service key or binding.',
      );
    return readCertificate(block, `certificate ${index + 1} of ${blocks.length}`);
  });
}
