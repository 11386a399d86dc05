import {
  hasExpired,
  readClientCertificate,
  UnusableCertificateError,
  type ClientCertificate,
} from '../tokens/client-certificate';
import { UpstreamError } from '../upstream/upstream';
import type { FoundDestination } from './find';

/**
 * Reads the keystore that the destination names for its token retrieval: a PEM file with the private key and the chain.
 * Undefined when it names none, since then its tokens are bound to no certificate.
 * @throws {UpstreamError} when it is named but missing, cannot be read, or has expired.
 */
export function readKeystore({
  destinationConfiguration,
  certificates,
}: FoundDestination): ClientCertificate | undefined {
  const location = destinationConfiguration['tokenService.KeyStoreLocation'];
  if (typeof location !== 'string' || location === '') return undefined;
  const content = certificates.find(({ name }) => name === location)?.content;
  if (content === undefined)
    throw keystoreError(
      'missing',
      `The destination names the keystore "${location}", but the service did not send it.`,
    );
  const keystore = readPem(Buffer.from(content, 'base64').toString(), location);
  // A server that asks for a certificate would just cut the connection.
  if (hasExpired(keystore.card, Date.now()))
    throw keystoreError('expired', `The keystore "${location}" has expired on ${keystore.card.notAfter}.`);
  return keystore;
}

function readPem(pem: string, location: string): ClientCertificate {
  try {
    return readClientCertificate({ certificate: blocksOf(pem, 'CERTIFICATE'), key: blocksOf(pem, 'PRIVATE KEY') });
  } catch (error) {
    if (!(error instanceof UnusableCertificateError)) throw error;
    throw keystoreError('unreadable', `The keystore "${location}" cannot be used: ${error.problems.join('; ')}.`);
  }
}

function keystoreError(kind: 'missing' | 'unreadable' | 'expired', description: string): UpstreamError {
  return new UpstreamError({
    code: `keystore-${kind}`,
    status: 502,
    description,
    remedy:
      'Make it anew as a .pem file with key, leaf and intermediates (`mtls cert extract`), and upload it (`mtls destination deploy`).',
    upstreamStatus: 200,
  });
}

/** The PEM blocks whose label ends with `label`: `RSA PRIVATE KEY` and `EC PRIVATE KEY` are private keys as well. */
function blocksOf(pem: string, label: string): string {
  const block = new RegExp(`-----BEGIN (?:[A-Z0-9]+ )*${label}-----[^-]*-----END (?:[A-Z0-9]+ )*${label}-----`, 'g');
  return (pem.match(block) ?? []).map((text) => `${text}\n`).join('');
}
