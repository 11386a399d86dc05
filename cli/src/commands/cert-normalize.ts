import { basename, dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import type { CliContext, ExitCode } from '../context';
import { UsageFailure } from '../failure';
import { readBinaryInput } from '../files/read-input';
import { writeOwnFiles } from '../files/write-own-files';
import { normalizePem, type NormalizedPem } from '../pki/normalize';

interface NormalizeOptions {
  readonly out?: string;
  readonly force?: true;
  readonly json?: true;
}

/** Adds `cert normalize`: PEM as RFC 7468 wants it, from PEM in any state. */
export function addCertNormalize(cert: Command, context: CliContext, setExitCode: (code: ExitCode) => void): Command {
  return cert
    .command('normalize')
    .description('write PEM as it should be, from PEM in any state')
    .argument('<FILE>', 'PEM with damaged line breaks or dashes, or DER; - reads standard input')
    .option('--out <FILE>', 'file to write; needed where there is a private key, which is never printed')
    .option('--force', 'overwrite a file that mtls did not write')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  mtls cert normalize copied.txt > certificate.pem
  mtls cert normalize copied-key.txt --out key.pem

Mends "\\n" in place of line breaks, lines that were joined, typographic dashes or a wrong number of them, quotation
marks, and writes lines of 64 characters. The blocks keep their order: mtls cert bundle puts a chain in order.`,
    )
    .action(async (file: string, options: NormalizeOptions) => {
      setExitCode(await normalize(context, file, options));
    });
}

async function normalize(context: CliContext, file: string, options: NormalizeOptions): Promise<ExitCode> {
  const normalized = normalizePem(await readBinaryInput(context, file));
  if (options.out === undefined && normalized.holdsKey)
    throw new UsageFailure(
      'key-printed',
      `${file} holds a private key, and a key is not printed.`,
      'Give a file to write, which only you will be able to read: --out key.pem',
    );
  const written =
    options.out === undefined ? undefined : await write(context, normalized, { ...options, out: options.out });
  if (options.json === true) {
    const { pem, labels, repairs } = normalized;
    context.out(JSON.stringify({ labels, repairs, ...(written === undefined ? { pem } : { file: written }) }, null, 2));
    return 0;
  }
  if (written === undefined) context.out(normalized.pem.trimEnd());
  // Not on standard output, which may be redirected to the file that is wanted.
  const report = written === undefined ? context.err : context.out;
  if (written !== undefined) report(`Wrote ${written}: ${normalized.labels.join(', ')}.`);
  if (normalized.repairs.length > 0) report(`Mended  ${normalized.repairs.join(', ')}`);
  return 0;
}

async function write(
  context: CliContext,
  { pem, holdsKey }: NormalizedPem,
  { out, force }: NormalizeOptions & { readonly out: string },
): Promise<string> {
  const path = resolve(context.cwd, out);
  const file = { name: basename(path), content: pem, mode: holdsKey ? 0o600 : 0o644 };
  await writeOwnFiles(dirname(path), [file], { force: force === true });
  return path;
}
