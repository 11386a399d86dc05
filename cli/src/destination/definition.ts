import { Failure } from '../failure';
import type { DestinationEntry } from './flat-destinations';
import { isPlaceholder } from './property-names';

/** A destination as it can be stored: flat names and values, as in the REST API. */
export interface DestinationDefinition {
  readonly properties: Readonly<Record<string, string>>;
  /** What was left out and why, for the reader. */
  readonly notes: readonly string[];
}

/**
 * Takes what can be stored from a file: a placeholder of an export counts as absent, never as a value.
 * @throws {Failure} `destination-file` for a destination that is not complete by itself or has no name.
 */
export function readDefinition({ properties: found, where, kind }: DestinationEntry): DestinationDefinition {
  if (kind === 'content')
    throw new Failure(
      'destination-file',
      `${where} takes client and token endpoint from a service key, which "cf deploy" makes.`,
      'Deploy the descriptor with "cf deploy"; or give a file with a complete destination.',
    );
  if (found['Name'] === undefined)
    throw new Failure(
      'destination-file',
      `${where} describes no destination: it has no "Name".`,
      'Use a file like destination/destination_to_mtlsapp: one "name=value" a line, or a JSON object.',
    );
  const absent = Object.entries(found).filter(([, value]) => isPlaceholder(value));
  const properties = Object.entries(found).filter(([, value]) => !isPlaceholder(value));
  return {
    properties: Object.fromEntries(properties.map(([name, value]) => [name, value.trim()])),
    notes: absent.map(([name]) => `${name} in ${where} is the placeholder of an export: left out.`),
  };
}
