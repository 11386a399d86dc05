import type { X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CliContext } from '../context';
import { Failure, UsageFailure } from '../failure';
import type { Finding } from '../findings';
import { readCredentials, type Credential } from '../pki/read-credential';
import { readBinaryInput } from './read-input';
import type { AskPassword } from './read-password';

/** Reads the credentials of a file. @throws like `readBinaryInput` and `readCredentials`. */
export async function readCredentialFile(
  context: CliContext,
  file: string,
  askPassword: AskPassword,
): Promise<readonly [Credential, ...Credential[]]> {
  return readCredentials(await readBinaryInput(context, file), { askPassword });
}

/**
 * Reads a list of trusted certificates, PEM in any state or DER.
 * @throws {UsageFailure} `trust-list` for a file without certificates, or with one that cannot be read.
 */
export async function readTrustList(context: CliContext, file: string): Promise<X509Certificate[]> {
  try {
    const credentials = await readCredentialFile(context, file, async () => undefined);
    // The chain of a service key is what its client shows, and no list of whom to trust.
    const lists = credentials.filter(({ binding }) => binding === undefined);
    const certificates = lists.flatMap((credential) => credential.certificates);
    if (certificates.length > 0) return certificates;
  } catch (error) {
    if (!isContentFailure(error)) throw error;
    throw new UsageFailure('trust-list', `${file} is no list of authorities: ${error.message}`, error.remedy);
  }
  throw new UsageFailure(
    'trust-list',
    `${file} holds no certificate that can be read as that of an authority.`,
    'Give a file with the certificates of the authorities to trust, PEM or DER; for the landscape "landscape trust --file" prints its path.',
  );
}

/**
 * Puts the parts of one credential that stand in several files together: keys alone, and certificates alone. Credentials
 * that are whole stay as they are.
 */
export function joinParts(credentials: readonly Credential[]): Credential[] {
  const isPart = ({ keys, certificates }: Credential): boolean => keys.length === 0 || certificates.length === 0;
  const parts = credentials.filter((one) => isPart(one));
  const [first] = parts;
  const hasBoth = parts.some(({ keys }) => keys.length > 0) && parts.some(({ keys }) => keys.length === 0);
  const hasAuthority = parts.some(({ certificates }) => certificates.length > 0 && certificates.every(({ ca }) => ca));
  if (first === undefined || parts.length === 1 || !(hasBoth || hasAuthority)) return [...credentials];
  const joined: Credential = {
    ...first,
    name: parts.map(({ name }) => name).join(' + '),
    certificates: parts.flatMap(({ certificates }) => certificates),
    keys: parts.flatMap(({ keys }) => keys),
    ignored: parts.flatMap(({ ignored }) => ignored),
    repairs: [...new Set(parts.flatMap(({ repairs }) => repairs))],
    orderMatters: false,
  };
  return [joined, ...credentials.filter((one) => !isPart(one))];
}

/** Notes a file with a private key that other users of this computer may read. */
export async function findOpenFile(context: CliContext, file: string, credential: Credential): Promise<Finding[]> {
  if (file === '-' || credential.keys.length === 0 || process.platform === 'win32') return [];
  const { mode } = await stat(resolve(context.cwd, file));
  if ((mode & 0o077) === 0) return [];
  return [
    {
      code: 'key-readable-by-others',
      severity: 'note',
      where: credential.name,
      message: `Others on this computer may read the private key (mode 0${(mode & 0o777).toString(8)}).`,
      remedy: `chmod 600 ${file}`,
    },
  ];
}

/** Tells whether a refusal is about a file's content, so that the next file can still be looked at. */
export function isContentFailure(error: unknown): error is Failure {
  return error instanceof Failure && !(error instanceof UsageFailure);
}
