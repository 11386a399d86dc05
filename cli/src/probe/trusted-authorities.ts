import { rootCertificates } from 'node:tls';
import type { CliContext } from '../context';
import { readTrustList } from '../files/read-credential-files';

/**
 * Reads the CAs that servers are trusted with: those of `--ca`, besides Node's own and NODE_EXTRA_CA_CERTS.
 * @returns undefined without `--ca`: Node then knows them by itself.
 * @throws {UsageFailure} `trust-list` for a file without a certificate.
 */
export async function readTrustedAuthorities(
  context: CliContext,
  files: readonly string[],
): Promise<readonly string[] | undefined> {
  if (files.length === 0) return undefined;
  const given = await Promise.all(files.map((file) => readAuthorities(context, file)));
  // A list of one's own replaces all that Node knows, also what NODE_EXTRA_CA_CERTS added.
  const extra = context.env['NODE_EXTRA_CA_CERTS'];
  const known = extra === undefined || extra === '' ? [] : await readAuthorities(context, extra).catch(() => []);
  return [...rootCertificates, ...known, ...given.flat()];
}

async function readAuthorities(context: CliContext, file: string): Promise<string[]> {
  return (await readTrustList(context, file)).map((certificate) => certificate.toString());
}
