import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Json, JsonObject } from '../../broker';
import { isObject } from '../manifest/json-shape';
import { parseQuantity, toMegabytes } from '../manifest/quantity';
import { UsageError } from './failure';
import { findJsonProblem } from './json-problem';

export interface FlagNames {
  readonly long?: string;
  readonly short?: string;
  readonly description: string;
}

/** One flag of a verb: how it is written, and how its texts become a value. */
export interface Flag<T> extends FlagNames {
  /** A switch takes no value. */
  readonly takesValue: boolean;
  /** Given the texts of all its uses so far, none at first. @throws {UsageError} */
  readonly read: (texts: readonly string[], context: { readonly cwd: string }) => T;
}

export type FlagSet = Readonly<Record<string, Flag<unknown>>>;
export type FlagValues<F extends FlagSet> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never };

/** `-t, --app-start-timeout`, as error messages name a flag. */
export function nameFlag({ long, short }: FlagNames): string {
  return [short && `-${short}`, long && `--${long}`].filter(Boolean).join(', ');
}

export function switchFlag(names: FlagNames): Flag<boolean> {
  return { ...names, takesValue: false, read: (texts) => texts.length > 0 };
}

/** A flag of one value, of which the last use counts; `convert` throws a {@link UsageError} with its whole message. */
export function valueFlag<T>(names: FlagNames, convert: (text: string, cwd: string) => T): Flag<T | undefined> {
  const read: Flag<T | undefined>['read'] = (texts, { cwd }) => {
    const text = texts.at(-1);
    return text === undefined ? undefined : convert(text, cwd);
  };
  return { ...names, takesValue: true, read };
}

export function textFlag(names: FlagNames): Flag<string | undefined> {
  return valueFlag(names, (text) => text);
}

/** A flag that may be given several times. */
export function listFlag(names: FlagNames): Flag<readonly string[]> {
  return { ...names, takesValue: true, read: (texts) => texts };
}

/** A flag whose every use is converted; `convert` throws an Error with the reason. */
export function convertedListFlag<T>(names: FlagNames, type: string, convert: (text: string) => T): Flag<readonly T[]> {
  const convertOne = (text: string): T => {
    try {
      return convert(text);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw wrong(`invalid argument for flag \`${nameFlag(names)}' (expected ${type}): ${reason}`);
    }
  };
  return { ...names, takesValue: true, read: (texts) => texts.map(convertOne) };
}

/** A path that must exist; the value is absolute. */
export function pathFlag(names: FlagNames): Flag<string | undefined> {
  return valueFlag(names, readPath);
}

export function pathListFlag(names: FlagNames): Flag<readonly string[]> {
  return { ...names, takesValue: true, read: (texts, { cwd }) => texts.map((text) => readPath(text, cwd)) };
}

/** A file, or a folder with a manifest in it. */
export function manifestFlag(names: FlagNames): Flag<string | undefined> {
  return valueFlag(names, (text, cwd) => {
    const path = readPath(text, cwd);
    if (kindOf(path) !== 'folder') return path;
    const found = ['manifest.yml', 'manifest.yaml'].find((name) => kindOf(resolve(path, name)) === 'file');
    if (found !== undefined) return resolve(path, found);
    throw wrong(`The specified directory '${text}' does not contain a file named 'manifest.yml'.`);
  });
}

/** The message names a positive number even where zero will do, as that of `cf` does. */
export function integerFlag(names: FlagNames, minimum: 0 | 1): Flag<number | undefined> {
  const name = names.short === undefined ? `--${names.long ?? ''}` : `-${names.short}`;
  return valueFlag(names, (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= minimum) return value;
    throw wrong(`invalid argument for flag '${name}' (expected int > 0)`);
  });
}

/** Whole megabytes. */
export function megabytesFlag(names: FlagNames): Flag<number | undefined> {
  return valueFlag(names, (text) => {
    const quantity = parseQuantity(text);
    const megabytes = quantity.kind === 'bytes' ? toMegabytes(quantity.bytes) : 0;
    if (megabytes > 0) return megabytes;
    throw wrong('Byte quantity must be an integer with a unit of measurement like M, MB, G, or GB');
  });
}

/** One of some words; `message` is the whole refusal. */
export function choiceFlag<const T extends string>(
  names: FlagNames,
  choices: readonly T[],
  message: string,
): Flag<T | undefined> {
  return valueFlag(names, (text) => {
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) throw wrong(message);
    return choice;
  });
}

const NO_CONFIGURATION =
  'Invalid configuration provided for -c flag. Please provide a valid JSON object or path to a file containing a valid JSON object.';

/** `-c`: the path of a file with a JSON object if there is such a file, else the object itself. `null` is none. */
export function jsonFlag(names: FlagNames): Flag<JsonObject | undefined> {
  return valueFlag(names, (text, cwd) => {
    const file = resolve(cwd, text);
    const isFile = kindOf(file) === 'file';
    const source = isFile ? readFileSync(file, 'utf8').replace(/^\uFEFF/, '') : text;
    const value = parseJsonText(source, isFile ? file : undefined);
    if (value === null) return undefined;
    if (isObject(value)) return value;
    throw wrong(NO_CONFIGURATION, 'An object in braces is wanted: { "name": value }.');
  });
}

function parseJsonText(text: string, file: string | undefined): Json {
  const problem = findJsonProblem(text);
  // What has no problem is JSON.
  if (problem === undefined) return JSON.parse(text) as Json;
  if (file === undefined && !/[{}[\]":]/.test(text)) throw wrong(NO_CONFIGURATION, `There is no file '${text}'.`);
  const place =
    file === undefined
      ? `The text of -c, line ${problem.line}, column ${problem.column}`
      : `${file}:${problem.line}:${problem.column}`;
  throw wrong(NO_CONFIGURATION, `${place}: ${problem.message}.`);
}

function readPath(text: string, cwd: string): string {
  const path = resolve(cwd, text);
  if (kindOf(path) === undefined) throw wrong(`The specified path '${text}' does not exist.`);
  return path;
}

/** Undefined also for a text that no file can be called, e.g. because it is too long. */
function kindOf(path: string): 'file' | 'folder' | undefined {
  if (!existsSync(path)) return undefined;
  return statSync(path).isDirectory() ? 'folder' : 'file';
}

function wrong(message: string, detail?: string): UsageError {
  return new UsageError(message, { foundBy: 'parser', ...(detail !== undefined && { detail }) });
}
