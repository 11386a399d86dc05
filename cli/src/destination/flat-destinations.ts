import { Failure } from '../failure';
import type { Finding } from '../findings';
import { isRecord } from '../service-key/json-blocks';
import type { Level } from './destination-service';

/** A destination as a file describes it. */
export interface DestinationEntry {
  /** The file, and where in it. */
  readonly where: string;
  /** Absent where the file does not say it, as all but MTA descriptors. */
  readonly level?: Level | undefined;
  /**
   * `file`: complete, as the REST API takes it; `content`: of a module of type com.sap.application.content, which takes
   * client and token endpoint from a service key.
   */
  readonly kind: 'file' | 'content';
  /** Flat names and values, placeholders of an export among them. */
  readonly properties: Readonly<Record<string, string>>;
  /** What is wrong with the way it is written down. */
  readonly findings: readonly Finding[];
}

/** One destination, a list, what a find returns, or `init_data` with its levels. */
export function findFlat(
  value: unknown,
  { where, level }: { where: string; level?: Level | undefined },
): DestinationEntry[] {
  if (Array.isArray(value))
    return value.flatMap((one, index) => findFlat(one, { where: `${where}, destination ${index + 1}`, level }));
  if (!isRecord(value)) return [];
  if (isRecord(value['destinationConfiguration'])) return findFlat(value['destinationConfiguration'], { where, level });
  if (isRecord(value['init_data'])) return findFlat(value['init_data'], { where: `${where}, init_data`, level });
  if (Array.isArray(value['destinations'])) return findFlat(value['destinations'], { where, level });
  const levels = (['subaccount', 'instance'] as const).filter((name) => isRecord(value[name]));
  if (levels.length > 0 && value['Name'] === undefined)
    return levels.flatMap((name) => findFlat(value[name], { where: `${where}, ${name}`, level: name }));
  return [readFlat(value, { where, level })];
}

function readFlat(
  value: Record<string, unknown>,
  { where, level }: { where: string; level?: Level | undefined },
): DestinationEntry {
  const properties: Record<string, string> = {};
  for (const [name, entry] of Object.entries(value)) {
    if (entry === null) continue;
    if (typeof entry !== 'string' && typeof entry !== 'number' && typeof entry !== 'boolean')
      throw new Failure(
        'destination-file',
        `${name} in ${where} is no text.`,
        'A destination has flat names and texts only.',
      );
    properties[name] = String(entry);
  }
  return { where, level, kind: 'file', properties, findings: [] };
}
