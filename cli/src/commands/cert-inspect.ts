import type { Command } from 'commander';
import type { CliContext, ExitCode } from '../context';
import {
  findOpenFile,
  isContentFailure,
  joinParts,
  readCredentialFile,
  readTrustList,
} from '../files/read-credential-files';
import { addPasswordOptions, createPasswordSource, type PasswordOptions } from '../files/read-password';
import { exitCodeOf, sortWorstFirst, toFinding, type Finding } from '../findings';
import { inspectCredential, type CredentialReport } from '../pki/inspect-credential';
import type { Credential } from '../pki/read-credential';
import { readDays } from './call-options';
import { formatCredential } from './format-credential';
import { formatFindings } from './format-findings';
import { createStyles } from './styles';

interface InspectCommandOptions extends PasswordOptions {
  readonly trust?: string;
  readonly warnDays?: number;
  readonly json?: true;
}

/** Adds `cert inspect`: what is in files with certificates and keys, and what is wrong with it. */
export function addCertInspect(cert: Command, context: CliContext, setExitCode: (code: ExitCode) => void): Command {
  const command = cert
    .command('inspect')
    .description('say what is in certificates, keys, keystores and service keys, and what is wrong with it')
    .argument('<FILE...>', 'PEM in any state, DER, PKCS#12, service key, output of "cf env"; - reads standard input')
    .option('--trust <FILE>', 'certificates of the authorities that the other side trusts')
    .option('--warn-days <DAYS>', 'report what expires within so many days', readDays)
    .option('--json', 'print JSON');
  return addPasswordOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  mtls cert inspect key.txt
  mtls cert inspect cert.pem key.key --trust load-balancer-roots.pem --json

A certificate and its key may stand in files of their own. Nothing leaves this computer and no key is printed. Exit code
1 when something is wrong or will soon be; notes alone are exit code 0.`,
    )
    .action(async (files: readonly string[], options: InspectCommandOptions) => {
      setExitCode(await inspect(context, files, options));
    });
}

async function inspect(
  context: CliContext,
  files: readonly string[],
  options: InspectCommandOptions,
): Promise<ExitCode> {
  const trusted = options.trust === undefined ? undefined : await readTrustList(context, options.trust);
  const { credentials, findings } = await readFiles(context, files, options);
  const reports = joinParts(credentials).map((credential) =>
    inspectCredential(credential, {
      now: context.now(),
      ...(options.warnDays !== undefined && { warnDays: options.warnDays }),
      ...(trusted !== undefined && { trusted }),
    }),
  );
  const all = sortWorstFirst([...findings, ...reports.flatMap((report) => report.findings)]);
  if (options.json === true)
    context.out(JSON.stringify({ ok: exitCodeOf(all) === 0, credentials: reports, findings: all }, null, 2));
  else print(context, reports, all);
  return exitCodeOf(all);
}

/** Reads every file; what one of them is refused for is a finding among the others. */
async function readFiles(
  context: CliContext,
  files: readonly string[],
  options: InspectCommandOptions,
): Promise<{ credentials: Credential[]; findings: Finding[] }> {
  const askPassword = createPasswordSource(context, options);
  const credentials: Credential[] = [];
  const findings: Finding[] = [];
  for (const file of files) {
    try {
      const found = await readCredentialFile(context, file, askPassword);
      credentials.push(...found);
      findings.push(...(await findOpenFile(context, file, found[0])));
    } catch (error) {
      if (!isContentFailure(error)) throw error;
      findings.push(toFinding(error, file));
    }
  }
  return { credentials, findings };
}

function print(context: CliContext, reports: readonly CredentialReport[], findings: readonly Finding[]): void {
  const styles = createStyles(context.colour);
  const lines = [
    ...reports.flatMap((report) => formatCredential(report, styles)),
    ...(findings.length === 0 ? [styles.green('Nothing is wrong with it.')] : formatFindings(findings, styles)),
  ];
  for (const line of lines) context.out(line);
}
