import { parseLines } from 'dot-properties';
import { parse as parseYaml } from 'yaml';
import { Failure } from '../failure';
import type { Finding } from '../findings';
import { isRecord } from '../service-key/json-blocks';
import { findFlat, type DestinationEntry } from './flat-destinations';
import { readMta } from './mta-content';

/** All that a file says of destinations. */
export interface DestinationFile {
  readonly entries: readonly DestinationEntry[];
  /** What is wrong around them, in an MTA descriptor. */
  readonly findings: readonly Finding[];
}

/**
 * Reads the destinations of a file: Java properties as the cockpit exports them, JSON or YAML (one, a list, `init_data`, the answer of a find), or an MTA
 * descriptor with `content` and `init_data`.
 * @throws {Failure} `destination-file` for a file that holds none, or whose syntax is broken.
 */
export function readDestinations(text: string, file: string): DestinationFile {
  if (isProperties(text, file)) return { entries: [readProperties(text, file)], findings: [] };
  const value = parse(text, file);
  const found =
    isRecord(value) && isMta(value)
      ? readMta(value, file)
      : { entries: findFlat(value, { where: file }), findings: [] };
  if (found.entries.length === 0 && found.findings.length === 0)
    throw new Failure(
      'destination-file',
      `${file} describes no destination.`,
      'Use a file like destination/destination_to_mtlsapp: one "name=value" a line; or JSON, YAML, or an MTA descriptor with destinations.',
    );
  return found;
}

/** Java properties may have a colon behind the name like YAML; but the cockpit's have `=`, and YAML no line with one before the first colon. */
function isProperties(text: string, file: string): boolean {
  if (/\.(ya?ml|json|mtaext)$/i.test(file)) return false;
  const first = text.split('\n').find((line) => /^\s*[^\s#!]/.test(line)) ?? '';
  return (
    !/^\s*[[{]/.test(first) &&
    !/^---|^- |^_schema-version/.test(first) &&
    /^[^:]*=/.test(first.replaceAll(String.raw`\:`, ''))
  );
}

function isMta(value: Record<string, unknown>): boolean {
  return '_schema-version' in value || Array.isArray(value['modules']);
}

function readProperties(text: string, file: string): DestinationEntry {
  const properties: Record<string, string> = {};
  const findings: Finding[] = [];
  for (const line of parseLines(text, false)) {
    if (!Array.isArray(line)) continue;
    const [name, value = ''] = line;
    if (name === undefined) continue;
    if (Object.hasOwn(properties, name)) findings.push(twice(name, file));
    properties[name] = value;
  }
  return { where: file, kind: 'file', properties, findings };
}

function twice(name: string, file: string): Finding {
  return {
    code: 'property-twice',
    severity: 'error',
    where: file,
    message: `${name} is set twice; which of the two counts depends on who reads it.`,
    remedy: 'Remove one of the two lines.',
  };
}

function parse(text: string, file: string): unknown {
  try {
    // JSON is YAML, with messages that name the line; but YAML accepts what a service that wants JSON does not.
    if (/^\s*[[{]/.test(text)) return JSON.parse(text);
    return parseYaml(text);
  } catch (error) {
    throw new Failure(
      'destination-file',
      `${file} cannot be read as ${/^\s*[[{]/.test(text) ? 'JSON' : 'YAML'}${describePlace(error)}.`,
      'Check commas, quotes and indentation.',
    );
  }
}

/** The place only: a message can quote the file, and that a secret. */
function describePlace(error: unknown): string {
  const position = isRecord(error) && Array.isArray(error['linePos']) ? (error['linePos'][0] as unknown) : undefined;
  return isRecord(position) && typeof position['line'] === 'number' ? `, line ${position['line']}` : '';
}
