import { Option, type Command } from 'commander';
import type { CliContext, ExitCode } from '../context';
import { levels, type DestinationService, type Level } from '../destination/destination-service';
import type { DestinationEntry } from '../destination/flat-destinations';
import { lintDestination } from '../destination/lint/lint-destination';
import {
  judgeClient,
  judgeKeystoreCertificate,
  judgeStored,
  type ExpectedClient,
} from '../destination/lint/stored-rules';
import { openService, readServiceAccess } from '../destination/open-service';
import { KEYSTORE } from '../destination/property-names';
import { readDestinations } from '../destination/read-destinations';
import { readStoredState } from '../destination/read-stored-state';
import { Failure, UsageFailure } from '../failure';
import { exitCodeOf, sortWorstFirst, toFinding, type Finding } from '../findings';
import { readInput } from '../files/read-input';
import { createPasswordSource } from '../files/read-password';
import { readKeystore, type ClientIdentity } from '../pki/keystore';
import { readClientKey } from '../service-key/read-key';
import { readOAuthClient } from '../service-key/client-credentials';
import { addCallOptions, readCallSettings, type CallOptions } from './call-options';
import { formatFindings } from './format-findings';
import { createStyles, separated } from './styles';

interface LintOptions extends CallOptions {
  readonly name?: string;
  readonly level?: Level;
  readonly keystore?: string;
  readonly xsuaaKey?: string;
  readonly service?: string;
  readonly serviceKey?: string;
  readonly json?: true;
}

/** Adds `destination lint`: the traps of a destination, in files or in a service. */
export function addDestinationLint(
  destination: Command,
  context: CliContext,
  setExitCode: (code: ExitCode) => void,
): Command {
  const command = destination
    .command('lint')
    .description('find what keeps a destination from working: in a file, in an MTA descriptor, or in the service')
    .argument('[FILE...]', 'properties (export of the cockpit), JSON, YAML or mta.yaml; - reads standard input')
    .option('--name <NAME>', 'only this destination')
    .option('--keystore <FILE>', 'compare with this keystore (PEM)')
    .option('--xsuaa-key <FILE>', 'compare with this service key or "cf env" output')
    .option('--service <NAME>', 'service instance or binding in it, when there are several')
    .option(
      '--service-key <FILE>',
      'compare with what this Destination Service holds; without FILE check all that it holds',
    )
    .addOption(new Option('--level <LEVEL>', 'where the destination is or goes (default: subaccount)').choices(levels));
  return addCallOptions(command)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  mtls destination lint destination/destination_to_mtlsapp mta.yaml
  mtls destination lint exported.properties --xsuaa-key backend-env.txt --service mtlsXsuaa --service-key destination-key.txt

Each finding has a stable code, what it means and what to do. Nothing is changed, and nothing is called without --service-key.
Exit code 1 when there is an error or a warning.`,
    )
    .action(async (files: readonly string[], options: LintOptions) => {
      setExitCode(await lint(context, files, options));
    });
}

/** What destinations are compared with; all of it optional. */
interface Comparison {
  readonly client: ExpectedClient | undefined;
  readonly keystore: ClientIdentity | undefined;
  readonly service: DestinationService | undefined;
  readonly level: Level;
  readonly now: number;
}

async function lint(context: CliContext, files: readonly string[], options: LintOptions): Promise<ExitCode> {
  if (files.length === 0 && options.serviceKey === undefined)
    throw new UsageFailure(
      'input-missing',
      'There is nothing to check.',
      'Give a file, or --service-key for what a service holds.',
    );
  const findings: Finding[] = [];
  const comparison = await readComparison(context, options, findings);
  const entries: DestinationEntry[] = [];
  for (const file of files) await readFile(context, file, { entries, findings });
  if (files.length === 0) entries.push(...(await readAllStored(comparison.service, options)));
  const chosen = entries.filter(({ properties }) => options.name === undefined || properties['Name'] === options.name);
  for (const entry of chosen) findings.push(...(await lintOne(entry, comparison)));
  const sorted = sortWorstFirst(findings);
  if (options.json === true)
    context.out(
      JSON.stringify({ ok: exitCodeOf(sorted) === 0, destinations: chosen.map(describe), findings: sorted }, null, 2),
    );
  else print(context, { chosen, findings: sorted });
  return exitCodeOf(sorted);
}

async function readFile(
  context: CliContext,
  file: string,
  { entries, findings }: { entries: DestinationEntry[]; findings: Finding[] },
): Promise<void> {
  const { text } = await readInput(context, file);
  try {
    const found = readDestinations(text, file);
    entries.push(...found.entries);
    findings.push(...found.findings);
  } catch (error) {
    // One file of several that cannot be read is a result, not the end.
    if (!(error instanceof Failure)) throw error;
    findings.push(toFinding(error, file));
  }
}

async function readComparison(context: CliContext, options: LintOptions, findings: Finding[]): Promise<Comparison> {
  const { serviceKey, keystore, level = 'subaccount' } = options;
  return {
    client: await readExpectedClient(context, options),
    keystore: keystore === undefined ? undefined : await readKeystoreFile(context, keystore, findings),
    service:
      serviceKey === undefined
        ? undefined
        : await openService(await readServiceAccess(context, serviceKey), await readCallSettings(context, options)),
    level,
    now: context.now(),
  };
}

async function readExpectedClient(context: CliContext, options: LintOptions): Promise<ExpectedClient | undefined> {
  if (options.xsuaaKey === undefined) return undefined;
  const { source, binding, identity } = await readClientKey(context, options.xsuaaKey, {
    ...options,
    askPassword: createPasswordSource(context, {}),
  });
  if (binding === undefined)
    throw new UsageFailure(
      'client-missing',
      `${source} is a keystore.`,
      'Give it as --keystore; --xsuaa-key takes a service key.',
    );
  const { clientId, tokenUrl } = readOAuthClient(binding);
  return { source, clientId, tokenUrl, certificate: identity?.chain.certificates[0] };
}

async function readKeystoreFile(
  context: CliContext,
  file: string,
  findings: Finding[],
): Promise<ClientIdentity | undefined> {
  const { text, name } = await readInput(context, file);
  try {
    const identity = readKeystore(text);
    const [leaf] = identity.chain.certificates;
    findings.push(...judgeKeystoreCertificate(leaf, { where: name, now: context.now() }));
    return identity;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    findings.push(toFinding(error, name));
    return undefined;
  }
}

async function readAllStored(
  service: DestinationService | undefined,
  { name, level }: LintOptions,
): Promise<DestinationEntry[]> {
  if (service === undefined) return [];
  const entries: DestinationEntry[] = [];
  for (const one of level === undefined ? levels : [level])
    for (const found of await service.listDestinations(one)) {
      if (name !== undefined && found.name !== name) continue;
      const properties = await service.readDestination(one, found.name);
      if (properties !== undefined)
        entries.push({ where: `${found.name} on the ${one}`, level: one, kind: 'file', properties, findings: [] });
    }
  return entries;
}

async function lintOne(
  entry: DestinationEntry,
  { client, keystore, service, level, now }: Comparison,
): Promise<Finding[]> {
  const findings = lintDestination(entry);
  const { Name: name = '', [KEYSTORE]: keystoreName } = entry.properties;
  const stored =
    service === undefined || entry.kind === 'content'
      ? undefined
      : await readStoredState(service, { name, keystore: keystoreName, level: entry.level ?? level });
  if (stored !== undefined) findings.push(...judgeStored(entry, stored, now));
  const certificate = keystore?.chain.certificates[0] ?? stored?.keystore?.[0];
  if (client !== undefined && entry.kind === 'file') findings.push(...judgeClient(entry, client, certificate));
  return findings;
}

function describe({ where, level, properties }: DestinationEntry): object {
  return { where, name: properties['Name'], ...(level && { level }) };
}

function print(
  context: CliContext,
  { chosen, findings }: { chosen: readonly DestinationEntry[]; findings: readonly Finding[] },
): void {
  const styles = createStyles(context.colour);
  const what = chosen.length === 1 ? 'One destination' : `${chosen.length} destinations`;
  const bad = findings.filter(({ severity }) => severity !== 'note').length;
  const verdict = bad === 0 ? styles.green('nothing wrong') : styles.red(bad === 1 ? 'one finding' : `${bad} findings`);
  context.out(`${what} checked (${chosen.map(({ where }) => where).join('; ')}): ${verdict}.`);
  for (const line of separated(formatFindings(findings, styles))) context.out(line);
}
