import type { Command } from 'commander';
import type { CliContext, ExitCode } from '../context';
import type { DestinationService, Level } from '../destination/destination-service';
import { lintDestination } from '../destination/lint/lint-destination';
import { judgeStored } from '../destination/lint/stored-rules';
import { isSecret, KEYSTORE } from '../destination/property-names';
import { readStoredState } from '../destination/read-stored-state';
import { verifyFoundDestination } from '../destination/verify-destination';
import { exitCodeOf, sortWorstFirst, type Finding } from '../findings';
import { computeThumbprint, describeCertificate, type CertificateFacts } from '../pki/certificate';
import type { Claims } from '../probe/claims';
import { formatFindings } from './format-findings';
import {
  addServiceOptions,
  findStored,
  openServiceOf,
  type ServiceOptions,
  type StoredDestination,
} from './service-options';
import { createStyles, formatDaysLeft, formatPairs, separated } from './styles';

interface ShowOptions extends ServiceOptions {
  /** `--no-find` makes it false. */
  readonly find: boolean;
  readonly json?: true;
}

interface Shown {
  readonly level: Level;
  readonly properties: Readonly<Record<string, string>>;
  readonly keystore?: CertificateFacts;
  /** Claims of the token that an application gets. */
  readonly claims?: Claims;
  readonly findings: readonly Finding[];
}

/** Adds `destination show`: what a service holds, without secrets, and what an application gets. */
export function addDestinationShow(
  destination: Command,
  context: CliContext,
  setExitCode: (code: ExitCode) => void,
): Command {
  const command = destination
    .command('show')
    .description(
      'show a destination with its keystore, and whether an application gets a token; without a name list all',
    )
    .argument('[NAME]', 'name of the destination');
  return addServiceOptions(command)
    .option('--no-find', 'do not ask for the destination as an application does')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  mtls destination show --service-key destination-key.txt
  mtls destination show destination_to_mtlsapp --service-key destination-key.txt --json

Secrets are replaced by "(secret)"; of a keystore only the certificate is read, never its key. Exit code 1 when something is
wrong with the destination.`,
    )
    .action(async (name: string | undefined, options: ShowOptions) => {
      setExitCode(await show(context, name, options));
    });
}

async function show(context: CliContext, name: string | undefined, options: ShowOptions): Promise<ExitCode> {
  const { service, uri } = await openServiceOf(context, options);
  if (name === undefined) return list(context, { service, uri, options });
  const found = await findStored(service, name, options.level);
  const shown: Shown[] = [];
  for (const one of found) shown.push(await look(service, { name, stored: one, options, now: context.now() }));
  const findings = shown.flatMap((one) => one.findings);
  if (options.json === true) context.out(JSON.stringify({ service: uri, destinations: shown }, null, 2));
  else for (const line of formatAll(shown, { name, uri, colour: context.colour })) context.out(line);
  return exitCodeOf(findings);
}

async function list(
  context: CliContext,
  { service, uri, options }: { service: DestinationService; uri: string; options: ShowOptions },
): Promise<ExitCode> {
  const destinations: Array<{ level: Level; name: string; keystore: string | undefined }> = [];
  for (const level of options.level === undefined ? (['subaccount', 'instance'] as const) : [options.level])
    destinations.push(...(await service.listDestinations(level)).map((one) => ({ level, ...one })));
  if (options.json === true) context.out(JSON.stringify({ service: uri, destinations }, null, 2));
  else {
    context.out(
      `Destination Service ${uri}: ${destinations.length === 1 ? 'one destination' : `${destinations.length} destinations`}`,
    );
    const pairs = destinations.map(
      ({ level, name, keystore }) =>
        [name, `${level}${keystore === undefined ? '' : `, keystore ${keystore}`}`] as const,
    );
    if (pairs.length > 0) for (const line of formatPairs(pairs)) context.out(line);
  }
  return 0;
}

async function look(
  service: DestinationService,
  { name, stored, options, now }: { name: string; stored: StoredDestination; options: ShowOptions; now: number },
): Promise<Shown> {
  const { level, properties } = stored;
  const entry = { where: `${name} on the ${level}`, kind: 'file', level, properties, findings: [] } as const;
  const state = await readStoredState(service, { name, keystore: properties[KEYSTORE], level });
  const leaf = state.keystore?.[0];
  const findings = [...lintDestination(entry), ...judgeStored(entry, state, now)];
  // A find of a shadowed one returns the other.
  const isFound = options.find && !(level === 'subaccount' && state.isOnInstance);
  const verification =
    isFound && leaf !== undefined
      ? verifyFoundDestination(await service.find(name), {
          name,
          level,
          thumbprint: computeThumbprint(leaf),
          tokenUrl: properties['tokenServiceURL'] ?? '',
        })
      : undefined;
  return {
    level,
    properties: Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [key, isSecret(key) ? '(secret)' : value]),
    ),
    ...(leaf && { keystore: describeCertificate(leaf, 'leaf', now) }),
    ...(verification?.claims && { claims: verification.claims }),
    findings: sortWorstFirst([...findings, ...(verification?.findings ?? [])]),
  };
}

function formatAll(
  shown: readonly Shown[],
  { name, uri, colour }: { name: string; uri: string; colour: boolean },
): string[] {
  const styles = createStyles(colour);
  return [
    `Destination Service ${uri}`,
    ...shown.flatMap(({ level, properties, keystore, claims, findings }) => [
      `${styles.bold(name)} on the ${level}`,
      ...formatPairs(Object.entries(properties)),
      ...(keystore === undefined
        ? []
        : [
            `Keystore ${properties[KEYSTORE] ?? ''}`,
            ...formatPairs([
              ['subject', keystore.subject],
              ['valid to', `${keystore.notAfter}, ${formatDaysLeft(keystore.daysLeft)}`],
              ['x5t#S256', keystore['x5t#S256']],
            ]),
          ]),
      ...(claims !== undefined && exitCodeOf(findings) === 0
        ? [`${styles.green('It works:')} an application gets a token bound to the keystore's certificate.`]
        : []),
      ...separated(formatFindings(findings, styles)),
    ]),
  ];
}
