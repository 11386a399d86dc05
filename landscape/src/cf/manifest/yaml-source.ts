import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Pair, type Tags } from 'yaml';
import * as v from 'valibot';
import type { Json } from '../../broker';
import { ManifestError, type Location } from './manifest-error';

export type Path = readonly (string | number)[];

/** A YAML file as `cf` reads it, with the places of its values. */
export interface YamlSource {
  readonly file: string;
  readonly value: Json;
  /** Where the value at `path` begins (for a member of a mapping: its key), or its nearest existing parent. */
  locate(path: Path): Location;
  /** Keys that stand twice in one mapping: `cf` takes the last without a word. */
  readonly duplicateKeys: readonly { readonly key: string; readonly location: Location }[];
}

/**
 * Parses YAML like the library in `cf` (go-yaml 2): YAML 1.1 (`yes` is true, `<<` merges) without its dates and
 * base-60 numbers; a key that stands twice counts once, the last.
 * @throws {ManifestError} `yaml: line N: …`.
 */
export function parseYaml(text: string, file: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.1',
    merge: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
    lineCounter: lines,
    customTags: withoutDatesAndBase60,
  });
  const locationAt = (offset: number): Location => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const [error] = document.errors;
  if (error !== undefined) throw yamlError(error.message, locationAt(error.pos[0]));
  return {
    file,
    value: readValue(document, locationAt(0)),
    locate: (path) => locationAt(findOffset(document, path)),
    duplicateKeys: findDuplicateKeys(document).map(({ key, offset }) => ({ key, location: locationAt(offset) })),
  };
}

function yamlError(message: string, location: Location): ManifestError {
  return new ManifestError(`yaml: line ${location.line}: ${message.replace(/\.$/, '')}`, [location]);
}

function withoutDatesAndBase60(tags: Tags): Tags {
  return tags.filter(
    (tag) => typeof tag === 'string' || !(tag.tag === 'tag:yaml.org,2002:timestamp' || tag.format === 'TIME'),
  );
}

const JsonSchema: v.GenericSchema<Json> = v.lazy(() =>
  v.union([v.string(), v.number(), v.boolean(), v.null(), v.array(JsonSchema), v.record(v.string(), JsonSchema)]),
);

function readValue(document: Document.Parsed, start: Location): Json {
  try {
    return v.parse(JsonSchema, document.toJS());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw yamlError(reason, start);
  }
}

function findOffset(document: Document.Parsed, path: Path): number {
  let node: unknown = document.contents;
  let offset = offsetOf(node) ?? 0;
  for (const segment of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = findPair(document, node.items, segment);
      if (pair === undefined) break;
      offset = offsetOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof segment === 'number') {
      node = node.items[segment];
      offset = offsetOf(node) ?? offset;
    } else break;
  }
  return offset;
}

function findPair(document: Document.Parsed, items: readonly Pair[], name: string | number): Pair | undefined {
  // `cf` renames disk_quota to disk-quota before anything else looks at it.
  const own =
    items.findLast(({ key }) => keyText(key) === String(name)) ??
    items.findLast(({ key }) => keyText(key)?.replaceAll('_', '-') === name);
  if (own !== undefined) return own;
  for (const { key, value } of items) {
    if (keyText(key) !== '<<') continue;
    const merged = isAlias(value) ? value.resolve(document) : value;
    if (!isMap(merged)) continue;
    const pair = findPair(document, merged.items, name);
    if (pair !== undefined) return pair;
  }
  return undefined;
}

function keyText(key: unknown): string | undefined {
  return isScalar(key) ? String(key.source ?? key.value) : undefined;
}

function offsetOf(node: unknown): number | undefined {
  if (isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)) return node.range?.[0];
  return undefined;
}

function findDuplicateKeys(document: Document.Parsed): { key: string; offset: number }[] {
  const found: { key: string; offset: number }[] = [];
  const visit = (node: unknown): void => {
    if (isSeq(node)) node.items.forEach(visit);
    if (!isMap(node)) return;
    const seen = new Set<string>();
    for (const { key, value } of node.items) {
      const name = keyText(key);
      if (name !== undefined && name !== '<<' && seen.has(name)) found.push({ key: name, offset: offsetOf(key) ?? 0 });
      if (name !== undefined) seen.add(name);
      visit(value);
    }
  };
  visit(document.contents);
  return found;
}
