import { Option, type Command } from 'commander';
import type { CliContext } from '../context';
import { levels, type DestinationService, type Level } from '../destination/destination-service';
import { openService, readServiceAccess } from '../destination/open-service';
import { Failure } from '../failure';
import { addCallOptions, readCallSettings, type CallOptions } from './call-options';

export interface ServiceOptions extends CallOptions {
  readonly serviceKey: string;
  readonly level?: Level;
}

/** Adds the options of commands that look at a Destination Service. */
export function addServiceOptions(command: Command): Command {
  return addCallOptions(
    command
      .requiredOption('--service-key <FILE>', 'service key of the Destination Service instance; - reads standard input')
      .addOption(new Option('--level <LEVEL>', 'look on this level only').choices(levels)),
  );
}

/** @throws {Failure} naming what is wrong with the key, or which step of the first call failed. */
export async function openServiceOf(
  context: CliContext,
  options: ServiceOptions,
): Promise<{ service: DestinationService; uri: string }> {
  const access = await readServiceAccess(context, options.serviceKey);
  return { service: await openService(access, await readCallSettings(context, options)), uri: access.uri };
}

export interface StoredDestination {
  readonly level: Level;
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * Finds a destination as a find does: on the instance first, unless `level` says where.
 * @throws {Failure} `destination-unknown`.
 */
export async function findStored(
  service: DestinationService,
  name: string,
  level: Level | undefined,
): Promise<[StoredDestination, ...StoredDestination[]]> {
  const found: StoredDestination[] = [];
  for (const one of level === undefined ? (['instance', 'subaccount'] as const) : [level]) {
    const properties = await service.readDestination(one, name);
    if (properties !== undefined) found.push({ level: one, properties });
  }
  const [first, ...more] = found;
  if (first !== undefined) return [first, ...more];
  throw new Failure(
    'destination-unknown',
    `There is no destination ${name} on ${level === undefined ? 'the instance or the subaccount' : `the ${level}`}.`,
    'mtls destination show --service-key FILE lists those that there are.',
  );
}
