import { X509Certificate } from 'node:crypto';
import type { JsonObject } from '../broker';
import type { Certificate } from './certificate';
import { chainOf } from './certificate-chain';
import { readPemBlocks } from './pem';
import { RecordedError } from './service-error';

/**
 * Shows a certificate without its private key: one element a chain, with the leaf's subject.
 * @throws {RecordedError} 400 for keystores that need a password.
 */
export function renderPublicKeys({ content, format }: Certificate): JsonObject[] {
  if (format !== 'pem')
    throw new RecordedError(400, 'The keystore is password-protected and public keys cannot be retrieved');
  const certificates = readPemBlocks(content.toString('utf8'))
    .filter(({ kind }) => kind === 'certificate')
    .map(({ text }) => new X509Certificate(text));
  return findLeaves(certificates).map((leaf) => ({
    Content: chainOf(leaf, certificates).map(String).join(''),
    SubjectDN: formatName(leaf.subject),
  }));
}

/** Leaves have issued none of the others; a self-signed one has issued itself only. */
function findLeaves(certificates: readonly X509Certificate[]): readonly X509Certificate[] {
  return certificates.filter(
    (candidate) => !certificates.some((other) => other !== candidate && other.checkIssued(candidate)),
  );
}

/** Node writes one attribute a line, most general first; RFC 4514 wants commas and the reverse order. */
function formatName(subject: string): string {
  return subject.split('\n').toReversed().join(',');
}
