import { parseLines } from 'dot-properties';
import { Failure } from '../failure';
import { isRecord } from '../service-key/json-blocks';

/** A destination as a file describes it: flat names and values, as in the REST API and in the cockpit's export. */
export interface DestinationDefinition {
  readonly properties: Readonly<Record<string, string>>;
  /** What was left out and why, for the reader. */
  readonly notes: readonly string[];
}

/** What the cockpit writes where a secret was, e.g. `<< Existing password/certificate removed on export >>`. */
const EXPORT_PLACEHOLDER = /^<<.*>>$/;

/**
 * Reads a destination file: Java properties as the cockpit exports them (`\!` and `\:` escaped), or JSON. A placeholder
 * of an export counts as absent, never as a value.
 * @throws {Failure} `destination-file` naming what is wrong with it.
 */
export function readDefinition(text: string, file: string): DestinationDefinition {
  const pairs = text.trimStart().startsWith('{') ? readJson(text, file) : readProperties(text);
  const properties: Record<string, string> = {};
  const notes: string[] = [];
  for (const [name, value] of pairs) {
    if (Object.hasOwn(properties, name))
      throw new Failure('destination-file', `${file} sets ${name} twice.`, 'Remove one of the two lines.');
    if (EXPORT_PLACEHOLDER.test(value)) notes.push(`${name} in ${file} is the placeholder of an export: left out.`);
    else properties[name] = value;
  }
  if (properties['Name'] === undefined)
    throw new Failure(
      'destination-file',
      `${file} describes no destination: it has no "Name".`,
      'Use a file like destination/destination_to_mtlsapp: one "name=value" a line, or a JSON object.',
    );
  return { properties, notes };
}

function readProperties(text: string): Array<readonly [string, string]> {
  return parseLines(text, false).flatMap((line) => {
    if (!Array.isArray(line)) return [];
    const [name, value] = line;
    return name === undefined ? [] : [[name, (value ?? '').trim()] as const];
  });
}

function readJson(text: string, file: string): Array<readonly [string, string]> {
  const value = parseJson(text);
  // The answer of the find API wraps it.
  const flat =
    isRecord(value) && isRecord(value['destinationConfiguration']) ? value['destinationConfiguration'] : value;
  if (!isRecord(flat))
    throw new Failure('destination-file', `${file} is no JSON object.`, 'Check its commas and quotes.');
  return Object.entries(flat).map(([name, entry]) => {
    if (typeof entry === 'string') return [name, entry];
    if (typeof entry === 'number' || typeof entry === 'boolean') return [name, String(entry)];
    throw new Failure(
      'destination-file',
      `${name} in ${file} is no text.`,
      'A destination has flat names and texts only.',
    );
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
