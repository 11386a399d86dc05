import { readFile } from 'node:fs/promises';
import type { Json } from '../../broker';
import { ManifestError } from './manifest-error';
import { parseYaml, type Path, type YamlSource } from './yaml-source';
import { isObject, textOf } from './json-shape';

/** Values for the `((name))` of a manifest. */
export interface Variables {
  readonly values: ReadonlyMap<string, Json>;
  /** The files that they came from, in order. */
  readonly sources: readonly YamlSource[];
}

/** One `--var`: its value is YAML, so `--var count=2` is a number. */
export interface Variable {
  readonly name: string;
  readonly value: Json;
}

/** @throws {Error} with the wording of `cf` when the text is not `name=value`. */
export function parseVariable(text: string): Variable {
  const equals = text.indexOf('=');
  if (equals < 0) throw new Error(`Expected var '${text}' to be in format 'name=value'`);
  const [name, value] = [text.slice(0, equals), text.slice(equals + 1)];
  if (name === '') throw new Error(`Expected var '${text}' to specify non-empty name`);
  if (value === '') throw new Error(`Expected var '${text}' to specify non-empty value`);
  try {
    return { name, value: parseYaml(value, '--var').value };
  } catch (error) {
    throw new Error(`Deserializing variables '${text}'`, { cause: error });
  }
}

/**
 * Reads vars files in their order, a later one wins; `vars` win over all files.
 * @throws {ManifestError} when a file is not a YAML mapping.
 */
export async function readVariables(files: readonly string[], vars: readonly Variable[]): Promise<Variables> {
  const values = new Map<string, Json>();
  const sources: YamlSource[] = [];
  for (const file of files) {
    const source = await readVarsFile(file);
    sources.push(source);
    for (const [name, value] of Object.entries(isObject(source.value) ? source.value : {})) values.set(name, value);
  }
  for (const { name, value } of vars) values.set(name, value);
  return { values, sources };
}

async function readVarsFile(file: string): Promise<YamlSource> {
  try {
    const source = parseYaml(await readFile(file, 'utf8'), file);
    if (source.value === null || isObject(source.value)) return source;
    throw new ManifestError('A vars file holds a mapping of names to values', [source.locate([])]);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new ManifestError(`The option --vars-file expects a valid YAML file. ${error.message}`, error.locations);
  }
}

export interface Interpolation {
  readonly value: Json;
  /** Variables that have no value, sorted by name, each with the first place that needs it. */
  readonly missing: readonly { readonly name: string; readonly at: Path }[];
  readonly used: ReadonlySet<string>;
}

const PLACEHOLDER = /\(\((!?[-/.\w\p{L}]+)\)\)/gu;
const WHOLE = /^\(\((!?[-/.\w\p{L}]+)\)\)$/u;

/**
 * Replaces `((name))`, as bosh's template does for `cf`: a text that is only a variable takes the variable's type, within
 * a text only texts and numbers may stand; `((a.b))` reads a member; values are not replaced again.
 * @throws {ManifestError} when a variable cannot stand where it is.
 */
export function interpolate(value: Json, variables: ReadonlyMap<string, Json>): Interpolation {
  const missing = new Map<string, Path>();
  const used = new Set<string>();
  const lookUp = (expression: string, at: Path): Json | undefined => {
    const name = expression.replace(/^!/, '');
    const [root = '', ...members] = name.split('.');
    used.add(root);
    const start = variables.get(root);
    if (start !== undefined) return members.reduce((inner, member) => readMember(inner, member, name), start);
    if (!missing.has(root)) missing.set(root, at);
    return undefined;
  };
  const replaceText = (text: string, at: Path): Json => {
    const whole = WHOLE.exec(text)?.[1];
    if (whole !== undefined) {
      const found = lookUp(whole, at);
      return found === undefined ? text : found;
    }
    return text.replaceAll(PLACEHOLDER, (placeholder, expression: string) => {
      const found = lookUp(expression, at);
      return found === undefined ? placeholder : embed(found, expression);
    });
  };
  const visit = (inner: Json, at: Path): Json => {
    if (typeof inner === 'string') return replaceText(inner, at);
    if (Array.isArray(inner)) return inner.map((item, index) => visit(item, [...at, index]));
    if (!isObject(inner)) return inner;
    const members = Object.entries(inner).map(([key, member]) => {
      const place = [...at, key];
      return [textOf(replaceText(key, place)), visit(member, place)] as const;
    });
    return Object.fromEntries(members);
  };
  const replaced = visit(value, []);
  const sorted = [...missing].map(([name, at]) => ({ name, at })).sort((a, b) => a.name.localeCompare(b.name, 'en'));
  return { value: replaced, missing: sorted, used };
}

function readMember(value: Json, member: string, name: string): Json {
  const found = isObject(value) ? value[member] : undefined;
  if (found === undefined) throw new ManifestError(`Expected to find a map key '${member}' for variable '${name}'`);
  return found;
}

function embed(value: Json, name: string): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new ManifestError(
    `Invalid type '${describeType(value)}' for value '${JSON.stringify(value)}' and variable '${name}'. ` +
      'Supported types for interpolation within a string are integers and strings.',
  );
}

function describeType(value: Json): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (value === null) return '<nil>';
  return typeof value === 'boolean' ? 'bool' : 'map[interface {}]interface {}';
}
