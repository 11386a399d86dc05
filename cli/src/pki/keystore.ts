import type { X509Certificate } from 'node:crypto';
import { Failure } from '../failure';
import { isCertificateBlock, readCertificate } from './certificate';
import { orderChain, type CertificateChain } from './chain';
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
