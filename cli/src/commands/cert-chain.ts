import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { CliContext, ExitCode } from '../context';
import { UsageFailure } from '../failure';
import { writeOwnFiles } from '../files/write-own-files';
import { exitCodeOf } from '../findings';
import { formatPem } from '../pki/pem';
import { fetchServerChain, type ServerChain } from '../probe/fetch-server-chain';
import { judgeServerChain, type JudgedServerChain } from '../probe/judge-server-chain';
import { findProxy } from '../probe/proxy';
import { readTrustedAuthorities } from '../probe/trusted-authorities';
import { collect, readSeconds } from './call-options';
import { formatCredential } from './format-credential';
import { formatFindings } from './format-findings';
import { createStyles, formatPairs, type Styles } from './styles';

interface ChainOptions {
  readonly server: URL;
  readonly ca?: readonly string[];
  readonly timeout: number;
  readonly out: string;
  readonly name?: string;
  readonly force?: true;
  readonly json?: true;
}

/** Adds `cert chain`: the certificates that a server sends. */
export function addCertChain(cert: Command, context: CliContext, setExitCode: (code: ExitCode) => void): Command {
  return cert
    .command('chain')
    .description('save and describe the certificates that a server sends, trusted or not')
    .requiredOption('--server <HOST:PORT>', 'server to ask; port 443 by default', readServer)
    .option('--ca <FILE>', 'trust servers of the CAs in this file, too (repeatable)', collect)
    .option('--timeout <SECONDS>', 'time that each step may take', readSeconds, 10)
    .option('--out <DIR>', 'folder to write into', 'certificate')
    .option('--name <NAME>', 'name of the file without ending (default: the host)')
    .option('--force', 'overwrite a file that mtls did not write')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  mtls cert chain --server backend.cert.cfapps.eu10.hana.ondemand.com
  mtls cert chain --server localhost:5443 --ca landscape-ca.pem --json

Writes NAME.pem with the certificates as they were sent. Nothing but the handshake is sent, and a server that is not
trusted is not talked to: compare the thumbprint with what its operator says before you import anything. Exit code 1
when this computer does not accept the server, or something is wrong with its certificates.`,
    )
    .action(async (options: ChainOptions) => {
      setExitCode(await saveChain(context, options));
    });
}

async function saveChain(context: CliContext, options: ChainOptions): Promise<ExitCode> {
  const url = options.server;
  const name = options.name ?? url.hostname.replaceAll(/[^A-Za-z0-9.-]/g, '_').replace(/^_+|_+$/g, '');
  if (!/^[A-Za-z0-9][\w.-]{0,99}$/.test(name))
    throw new UsageFailure(
      'file-name',
      `--name ${name} cannot be the name of a file.`,
      'Give a name without folder and ending, and the folder with --out.',
    );
  const shown = await fetchServerChain({
    url,
    timeoutMs: options.timeout * 1000,
    trusted: await readTrustedAuthorities(context, options.ca ?? []),
    proxy: findProxy(url, context.env),
    now: context.now,
  });
  const pem = shown.certificates.map(({ raw }) => formatPem({ label: 'CERTIFICATE', der: raw })).join('');
  const [file] = await writeOwnFiles(
    resolve(context.cwd, options.out),
    [{ name: `${name}.pem`, content: pem, mode: 0o644 }],
    { force: options.force === true },
  );
  const judged = judgeServerChain(shown, { name: url.host, now: context.now() });
  const path = file?.path ?? '';
  if (options.json === true) context.out(JSON.stringify(toJson(shown, { ...judged, path }), null, 2));
  else print(context, shown, { ...judged, path });
  return exitCodeOf(judged.findings);
}

function describeAcceptance(accepted: boolean | undefined, { green, red }: Styles): string {
  if (accepted === undefined) return 'not seen';
  return accepted ? green('by this computer') : red('not by this computer');
}

interface Result extends JudgedServerChain {
  readonly path: string;
}

function toJson({ clientCertificate }: ServerChain, { report, findings, accepted, path }: Result): unknown {
  return {
    ok: exitCodeOf(findings) === 0,
    server: report.name,
    accepted,
    clientCertificate,
    identities: report.identities,
    authorities: report.authorities,
    findings,
    file: path,
  };
}

const questions: Readonly<Record<ServerChain['clientCertificate'], string>> = {
  requested: 'asks for a client certificate',
  'not-requested': 'does not ask for a client certificate',
  unknown: 'not known whether it asks for a client certificate',
};

function print(
  context: CliContext,
  { clientCertificate }: ServerChain,
  { report, findings, accepted, path }: Result,
): void {
  const styles = createStyles(context.colour);
  const lines = [
    ...formatCredential(report, styles),
    ...formatPairs([
      ['server', questions[clientCertificate]],
      ['accepted', describeAcceptance(accepted, styles)],
      ['file', path],
    ]),
    ...(findings.length === 0 ? [] : ['', ...formatFindings(findings, styles)]),
  ];
  for (const line of lines) context.out(line);
}

function readServer(text: string): URL {
  const address = text.includes('://') ? text : `https://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'https:' || url.username !== '' || url.hostname === '')
    throw new InvalidArgumentError('It must be HOST, HOST:PORT or an https address.');
  return url;
}
