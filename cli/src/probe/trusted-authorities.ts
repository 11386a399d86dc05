import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type { CliContext } from '../context';
import { UsageFailure } from '../failure';
import { readInput } from '../files/read-input';

/**
 * Reads the CAs that servers are trusted with: those of `--ca`, besides Node's own and NODE_EXTRA_CA_CERTS.
 * @returns undefined without `--ca`: Node then knows them by itself.
 * @throws {UsageFailure} `ca-file` for a file without a certificate.
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
  const { text, name } = await readInput(context, file);
  const blocks =
    text.match(/-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END (TRUSTED |X509 )?CERTIFICATE-----/g) ?? [];
  try {
    const certificates = blocks.map((block) => new X509Certificate(block).toString());
    if (certificates.length > 0) return certificates;
  } catch {
    // Reported below: what OpenSSL says of it does not help a reader.
  }
  throw new UsageFailure(
    'ca-file',
    `${name} holds no certificate that can be read.`,
    'Give a PEM file with the certificates of the CAs to trust; for the landscape "landscape trust --file" prints its path.',
  );
}
