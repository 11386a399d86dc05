import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorCode } from '../error-code';
import type { Router } from '../router/router';
import { ControlError } from './program';

/**
 * Lets certificate routes accept the self-signed client certificate in a file.
 * @returns what to print. @throws {ControlError} when there is none, or one that an authority has issued.
 */
export async function trustClientFile(
  file: string,
  { cwd }: { readonly cwd: string },
  router: Pick<Router, 'trustClient'>,
): Promise<string> {
  const certificate = await readCertificate(file, cwd);
  // `checkIssued` would demand that its key may sign certificates, which that of a client need not.
  if (certificate.subject !== certificate.issuer || !certificate.verify(certificate.publicKey))
    throw new ControlError(
      `${file} is not self-signed: certificate routes accept certificates of the landscape's CA (landscape sign) without that.`,
    );
  router.trustClient(certificate);
  return `Certificate routes now accept the client certificate ${certificate.subject.split('\n').toReversed().join(',')}.\n`;
}

async function readCertificate(file: string, cwd: string): Promise<X509Certificate> {
  let content: Buffer;
  try {
    content = await readFile(resolve(cwd, file));
  } catch (error) {
    throw new ControlError(`${file} cannot be read (${errorCode(error) ?? 'unreadable'}).`, { cause: error });
  }
  try {
    return new X509Certificate(content);
  } catch (error) {
    throw new ControlError(`${file} holds no certificate in PEM.`, { cause: error });
  }
}
