import { BrokerError } from '../broker';
import type { Certificate } from './certificate';
import type { Destination } from './destination';
import type { ExistingPolicy, InitData } from './instance-parameters';
import type { Resource } from './resource';
import { messageOf } from './service-error';
import type { LevelData } from './store';

export interface InitDataResources {
  readonly destinations: Resource<Destination>;
  readonly certificates: Resource<Certificate>;
}

const FAILED =
  'Failed to create all provided configurations. Will delete all on instance level, for configurations on subaccount level you can set policies to handle duplicates: "existing_destinations_policy" with value "update|fail|ignore" and "existing_certificates_policy" with value "fail|ignore".';

/** One change that is ready to be made. */
type Change = () => void;

/**
 * Reads `init_data` for the levels it names and returns what applies it. Everything is checked first, on both levels, so that a
 * refusal leaves nothing half done.
 * @throws {BrokerError} 400 with the service's text and the cause.
 */
export async function planInitData(
  parts: readonly { readonly data: LevelData; readonly init: InitData | undefined }[],
  resources: InitDataResources,
): Promise<Change> {
  const changes: Change[] = [];
  try {
    for (const { data, init } of parts) {
      if (init === undefined) continue;
      changes.push(...(await plan(resources.certificates, data, init.certificates, init.certificatesPolicy)));
      changes.push(...(await plan(resources.destinations, data, init.destinations, init.destinationsPolicy)));
    }
  } catch (error) {
    throw new BrokerError(400, `${FAILED} Cause: ${messageOf(error)}`);
  }
  return () => changes.forEach((change) => change());
}

async function plan<T>(
  resource: Resource<T>,
  data: LevelData,
  bodies: readonly unknown[],
  policy: ExistingPolicy,
): Promise<readonly Change[]> {
  const collection = resource.collectionOf(data);
  const changes = new Map<string, Change>();
  for (const body of bodies) {
    const { name, value } = await resource.parse(body);
    if (changes.has(name)) throw new Error(`${name} is given twice on ${data.level.kind} level`);
    const exists = collection.get(name) !== undefined;
    if (exists && policy === 'fail') throw new Error(`${name} exists already on ${data.level.kind} level`);
    changes.set(name, () => {
      if (!exists || policy === 'update') collection.put(name, value);
    });
  }
  return [...changes.values()];
}
