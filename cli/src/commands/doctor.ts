import type { Command } from 'commander';
import type { CliContext, ExitCode } from '../context';
import { findServiceAccess, readServiceAccess, type ServiceAccess } from '../destination/open-service';
import { collectEvidence, type Evidence } from '../doctor/evidence';
import { examine, type Examination } from '../doctor/examine';
import { planCalls } from '../doctor/plan-calls';
import { UsageFailure, type Failure } from '../failure';
import { readTrustList } from '../files/read-credential-files';
import { readEnvironmentInput } from '../files/read-environment';
import { addPasswordOptions, createPasswordSource, type PasswordOptions } from '../files/read-password';
import { exitCodeOf, type Finding } from '../findings';
import { addCallOptions, collect, readCallSettings, readDays, type CallOptions } from './call-options';
import { formatFindings } from './format-findings';
import { createStyles } from './styles';

interface DoctorOptions extends CallOptions, PasswordOptions {
  readonly vcap?: true;
  readonly url?: readonly string[];
  readonly service?: string;
  /** `true` without a file. */
  readonly destinationService?: string | true;
  readonly trust?: string;
  readonly warnDays?: number;
  readonly offline?: true;
  readonly json?: true;
}

/** Adds `doctor`: what is wrong with all that can be seen, each by itself and against the rest. */
export function addDoctor(program: Command, context: CliContext, setExitCode: (code: ExitCode) => void): Command {
  const command = program
    .command('doctor')
    .description('look at bindings, keys, keystores, destinations and servers at once, and say what is wrong')
    .argument(
      '[SOURCE...]',
      'output of "cf env", VCAP_SERVICES, service key, keystore, destination, mta.yaml, HOST:PORT; - reads standard input',
    )
    .option('--vcap', 'the bindings of this process (default where there is no SOURCE)')
    .option('--url <URL>', 'call this address with token and certificate of a binding (repeatable)', collect)
    .option('--service <NAME>', 'service instance or binding whose client makes that call, when there are several')
    .option(
      '--destination-service [KEY]',
      'the destinations in the Destination Service of this service key; without KEY that of a binding of this process',
    )
    .option('--trust <FILE>', 'certificates of the authorities that the other side trusts')
    .option(
      '--warn-days <DAYS>',
      'warn from so many days left on (default: 30, or a third of its life where that is less)',
      readDays,
    )
    .option('--offline', 'call nobody');
  return addPasswordOptions(addCallOptions(command))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  cf env frontendmtls | mtls doctor - --url https://backendmtls.cert.cfapps.eu10.hana.ondemand.com/endpoint
  mtls doctor backend-env.txt frontend-env.txt destination/destination_to_mtlsapp keystore.pem --json

Unless --offline is given, it fetches a token with each binding, reads the destinations of a bound Destination Service and
asks for their tokens; it changes nothing. Findings come worst first, with cause and remedy. Exit code 1 when one of them
is more than a note.`,
    )
    .action(async (sources: readonly string[], options: DoctorOptions) => {
      setExitCode(await diagnose(context, sources, options));
    });
}

async function diagnose(context: CliContext, sources: readonly string[], options: DoctorOptions): Promise<ExitCode> {
  const isAlone = sources.length === 0 && options.destinationService === undefined && options.url === undefined;
  if (options.offline === true && (options.url !== undefined || options.destinationService !== undefined))
    throw new UsageFailure('offline', '--offline calls nobody.', 'Leave it, or --url and --destination-service, out.');
  const settings = await readCallSettings(context, options);
  const trusted = options.trust === undefined ? undefined : await readTrustList(context, options.trust);
  const evidence = await collectEvidence(context, {
    sources,
    environment: options.vcap === true || (isAlone && hasEnvironment(context)),
    askPassword: createPasswordSource(context, options),
  });
  if (isAlone && !hasEnvironment(context) && options.vcap !== true) throw nothingToLookAt();
  const examination = await examine({
    evidence,
    credentials: { now: context.now(), warnDays: options.warnDays, trusted },
    services: await readService(context, options),
    calls: planCalls(evidence.bindings, options),
    settings: options.offline === true ? undefined : settings,
  });
  if (options.json === true) context.out(JSON.stringify(toJson(evidence, examination), null, 2));
  else print(context, { evidence, examination });
  return exitCodeOf(examination.findings);
}

function hasEnvironment({ env }: CliContext): boolean {
  return Boolean(env['VCAP_SERVICES_FILE_PATH'] ?? env['VCAP_SERVICES']);
}

async function readService(context: CliContext, { destinationService }: DoctorOptions): Promise<ServiceAccess[]> {
  if (destinationService === undefined) return [];
  return [
    destinationService === true
      ? findServiceAccess(await readEnvironmentInput(context))
      : await readServiceAccess(context, destinationService),
  ];
}

function nothingToLookAt(): Failure {
  return new UsageFailure(
    'input-missing',
    'There is nothing to look at: no source is given, and neither VCAP_SERVICES_FILE_PATH nor VCAP_SERVICES is set.',
    'Give files or HOST:PORT, e.g. the output of "cf env APP".',
  );
}

function countEvidence({ bindings, credentials, destinations, servers }: Evidence, { checks }: Examination): string {
  const parts = [
    [bindings.length, 'binding', 'bindings'],
    [
      credentials.filter(({ binding }) => binding === undefined).length,
      'file with certificates',
      'files with certificates',
    ],
    [destinations.length, 'destination', 'destinations'],
    [servers.length, 'server', 'servers'],
    [checks.length, 'check over the network', 'checks over the network'],
  ] as const;
  const shown = parts
    .filter(([count]) => count > 0)
    .map(([count, one, many]) => `${count} ${count === 1 ? one : many}`);
  return shown.length === 0 ? 'nothing that can be read' : shown.join(', ');
}

function toJson(evidence: Evidence, examination: Examination): object {
  const { checks, findings } = examination;
  return {
    ok: exitCodeOf(findings) === 0,
    seen: {
      bindings: evidence.bindings.map(({ where }) => where),
      credentials: evidence.credentials.map(({ name }) => name),
      destinations: evidence.destinations.map(({ where }) => where),
      servers: evidence.servers.map(({ host }) => host),
    },
    checks: checks.map(({ what, findings: found }) => ({ what, ok: isFine(found) })),
    findings,
  };
}

function print(
  context: CliContext,
  { evidence, examination }: { readonly evidence: Evidence; readonly examination: Examination },
): void {
  const styles = createStyles(context.colour);
  const { checks, findings } = examination;
  const lines = [
    `Looked at ${countEvidence(evidence, examination)}.`,
    ...checks.map(
      ({ what, findings: found }) => `  ${isFine(found) ? styles.green('ok  ') : styles.red('FAIL')}  ${what}`,
    ),
    '',
    ...(findings.length === 0 ? [styles.green('Nothing is wrong.')] : formatFindings(findings, styles)),
  ];
  for (const line of lines) context.out(line);
}

function isFine(findings: readonly Finding[]): boolean {
  return findings.every(({ severity }) => severity !== 'error');
}
