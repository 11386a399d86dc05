import type { Command } from 'commander';
import type { CliContext, ExitCode } from '../context';
import { Failure, UsageFailure } from '../failure';
import { addPasswordOptions, createPasswordSource, type PasswordOptions } from '../files/read-password';
import { exitCodeOf, sortWorstFirst, toFinding, type Finding } from '../findings';
import { HopFailure } from '../probe/hop';
import { formatPrometheus, type WatchedSource } from '../watch/prometheus';
import { parseSource, readSource, type WatchSource, type WatchTools } from '../watch/watch-source';
import { judgeEnd, sortByEnd, watchChain, type WatchedCertificate } from '../watch/watched-certificate';
import { addCallOptions, readCallSettings, readDays, type CallOptions } from './call-options';
import { formatFindings } from './format-findings';
import { formatTable } from './format-table';
import { createStyles, type Styles } from './styles';

interface WatchCommandOptions extends CallOptions, PasswordOptions {
  readonly vcap?: true;
  /** `true` without a file. */
  readonly destinationService?: string | true;
  readonly warnDays?: number;
  readonly prometheus?: true;
  readonly json?: true;
}

interface WatchReport {
  /** Those that end first come first. */
  readonly certificates: readonly WatchedCertificate[];
  readonly sources: readonly WatchedSource[];
  /** The worst first. */
  readonly findings: readonly Finding[];
}

/** Sources that are looked at together: enough for hundreds of servers, and no burst for the one behind them all. */
const CONCURRENCY = 8;

/** Adds `cert watch`: when the certificates of many sources end. */
export function addCertWatch(cert: Command, context: CliContext, setExitCode: (code: ExitCode) => void): Command {
  const command = cert
    .command('watch')
    .description('say when certificates end, those of files, bindings, servers and a Destination Service at once')
    .argument(
      '[SOURCE...]',
      'HOST:PORT or https address; or a file: PEM, DER, PKCS#12, service key, output of "cf env", VCAP_SERVICES',
    )
    .option('--vcap', 'the bindings of this process: VCAP_SERVICES_FILE_PATH, else VCAP_SERVICES')
    .option(
      '--destination-service [KEY]',
      'the certificates in the Destination Service of this service key; without KEY that of a binding of this process',
    )
    .option(
      '--warn-days <DAYS>',
      'warn from so many days left on (default: 30, or a third of its life where that is less)',
      readDays,
    );
  return addPasswordOptions(addCallOptions(command))
    .option('--prometheus', "print Prometheus' text format")
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  mtls cert watch keys/*.txt partner.example:443 --destination-service destination-key.txt
  mtls cert watch --vcap --destination-service --prometheus > /var/lib/node_exporter/mtls.prom

A certificate ends with the issuer in its chain that ends first. A source that cannot be looked at is a finding and does
not hide the others. Exit code 0 when nothing ends soon, 1 when something does, has ended or cannot be looked at.
Metrics: mtls_certificate_expiry_timestamp_seconds, mtls_source_up, mtls_watch_timestamp_seconds.`,
    )
    .action(async (sources: readonly string[], options: WatchCommandOptions) => {
      setExitCode(await watch(context, sources, options));
    });
}

async function watch(context: CliContext, given: readonly string[], options: WatchCommandOptions): Promise<ExitCode> {
  if (options.json === true && options.prometheus === true)
    throw new UsageFailure('format-twice', 'There are two formats to print.', 'Use --json or --prometheus, not both.');
  const sources = listSources(given, options);
  const settings = await readCallSettings(context, options);
  const tools: WatchTools = { context, settings, askPassword: createPasswordSource(context, options) };
  const report = await watchAll(sources, tools, options.warnDays);
  if (options.json === true) context.out(JSON.stringify(toJson(report), null, 2));
  else if (options.prometheus === true)
    context.out(formatPrometheus(report.certificates, report.sources, context.now()));
  else print(context, report);
  return exitCodeOf(report.findings);
}

function listSources(given: readonly string[], { vcap, destinationService }: WatchCommandOptions): WatchSource[] {
  const sources: WatchSource[] = [...new Set(given)].map((argument) => parseSource(argument));
  if (vcap === true) sources.push({ kind: 'environment', name: 'VCAP_SERVICES' });
  if (destinationService !== undefined)
    sources.push({
      kind: 'destination-service',
      name: 'Destination Service',
      key: destinationService === true ? undefined : destinationService,
    });
  if (sources.length > 0) return sources;
  throw new UsageFailure(
    'input-missing',
    'There is nothing to watch.',
    'Give files, HOST:PORT, --vcap for the bindings of this process, or --destination-service KEY.',
  );
}

async function watchAll(
  sources: readonly WatchSource[],
  tools: WatchTools,
  warnDays: number | undefined,
): Promise<WatchReport> {
  const seen: Array<Awaited<ReturnType<typeof watchOne>>> = [];
  for (let start = 0; start < sources.length; start += CONCURRENCY)
    seen.push(
      ...(await Promise.all(
        sources.slice(start, start + CONCURRENCY).map((source) => watchOne(source, tools, warnDays)),
      )),
    );
  return {
    certificates: sortByEnd(seen.flatMap(({ certificates }) => certificates)),
    sources: seen.map(({ source }) => source),
    findings: sortWorstFirst(seen.flatMap(({ findings }) => findings)),
  };
}

async function watchOne(
  source: WatchSource,
  tools: WatchTools,
  warnDays: number | undefined,
): Promise<{ source: WatchedSource; certificates: WatchedCertificate[]; findings: Finding[] }> {
  const { name } = source;
  try {
    const { chains, findings } = await readSource(source, tools);
    const certificates = chains.map((chain) => watchChain(name, chain, { now: tools.context.now(), warnDays }));
    return {
      source: { source: name, up: findings.length === 0 },
      certificates,
      findings: [...findings, ...certificates.flatMap((certificate) => judgeEnd(certificate, placeOf(certificate)))],
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const finding = error instanceof HopFailure ? error.finding : toFinding(error, name);
    return { source: { source: name, up: false }, certificates: [], findings: [{ ...finding, where: name }] };
  }
}

function placeOf({ source, name }: WatchedCertificate): string {
  return name === '' ? source : `${source}, ${name}`;
}

function toJson({ certificates, sources, findings }: WatchReport): object {
  return { ok: exitCodeOf(findings) === 0, certificates, sources, findings };
}

function print(context: CliContext, { certificates, findings }: WatchReport): void {
  const styles = createStyles(context.colour);
  const lines = [
    ...formatTable(
      ['DAYS LEFT', 'ENDS', 'SOURCE', 'CERTIFICATE'],
      certificates.map((one) => ({
        cells: [
          one.state === 'expired' ? 'expired' : String(one.daysLeft),
          one.notAfter.slice(0, 10),
          placeOf(one),
          one.endsWith === undefined
            ? shorten(one.subject)
            : `${shorten(one.subject)} (ends with ${shorten(one.endsWith)})`,
        ],
        paint: paints(styles)[one.state],
      })),
    ),
    '',
    ...(findings.length === 0 ? [styles.green('Nothing ends soon.')] : formatFindings(findings, styles)),
  ];
  for (const line of lines) context.out(line);
}

/** The common name, else the first attribute; JSON has all of it. */
function shorten(subject: string): string {
  const attributes = subject.match(/(?:\\.|[^,\\])+/g) ?? [];
  return attributes.find((attribute) => attribute.startsWith('CN=')) ?? attributes[0] ?? subject;
}

function paints({ red, yellow }: Styles): Readonly<Record<WatchedCertificate['state'], (text: string) => string>> {
  return { expired: red, 'expires soon': yellow, valid: String };
}
