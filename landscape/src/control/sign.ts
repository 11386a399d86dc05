import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CertificateAuthority } from '../ca/certificate-authority';
import { readSigningRequest, SigningRequestError } from '../ca/signing-request';
import { errorCode } from '../error-code';
import { ControlError } from './program';

export interface SignOptions {
  /** Of the user who gave the command. */
  readonly cwd: string;
  readonly days: number;
}

/**
 * Issues a certificate as a certificate authority that the platform trusts does, for a key that stays where it is.
 * @returns PEM: leaf, intermediate, root. @throws {ControlError} when the file holds no request that can be signed.
 */
export async function signFile(
  file: string,
  { cwd, days }: SignOptions,
  ca: Pick<CertificateAuthority, 'signClient'>,
): Promise<string> {
  try {
    return await ca.signClient(await readSigningRequest(await readRequest(resolve(cwd, file))), days);
  } catch (error) {
    if (!(error instanceof SigningRequestError)) throw error;
    throw new ControlError(`${file} ${error.message}`, { cause: error });
  }
}

async function readRequest(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new SigningRequestError(`cannot be read (${errorCode(error) ?? 'unreadable'}).`, { cause: error });
  }
}
