import { stringify } from 'yaml';
import type { Json, JsonObject } from '../../broker';
import { isObject } from './json-shape';

/** One line of what `cf push` prints below "Updating with these attributes...". */
export interface DiffLine {
  readonly mark: ' ' | '+' | '-';
  readonly text: string;
}

export interface DiffRequest {
  /** Of the manifest's root; absent when the manifest has none. */
  readonly version?: Json;
  /** Attributes as they are applied, paths absolute. */
  readonly applications: readonly JsonObject[];
  /** What the app of that name has now, in the manifest's terms; undefined when there is no such app. */
  readonly existing: (name: string) => JsonObject | undefined;
}

/** Keys of an application in the order in which `cf` writes them; all others follow alphabetically. */
const FIRST_KEYS = [
  'name',
  'disk-quota',
  'docker',
  'health-check-type',
  'health-check-http-endpoint',
  'timeout',
  'instances',
  'path',
  'processes',
  'memory',
  'no-route',
  'random-route',
  'default-route',
  'stack',
  'log-rate-limit-per-second',
  'lifecycle',
];

/** What the Cloud Controller leaves out of its comparison: sizes, and what only `cf` itself knows. */
const NEVER_MARKED = new Set(['memory', 'disk-quota', 'disk_quota', 'path']);

/** The keys that it compares; an unknown one is printed as if nothing had changed. */
const COMPARED = new Set([
  ...FIRST_KEYS,
  'buildpack',
  'buildpacks',
  'command',
  'env',
  'features',
  'health-check-interval',
  'health-check-invocation-timeout',
  'metadata',
  'readiness-health-check-http-endpoint',
  'readiness-health-check-interval',
  'readiness-health-check-invocation-timeout',
  'readiness-health-check-type',
  'routes',
  'services',
  'sidecars',
]);

/** Compares what is pushed with what is there; nothing is ever removed by a push, so only values that change lose one. */
export function diffManifest({ version, applications, existing }: DiffRequest): DiffLine[] {
  return [
    plain('---'),
    ...(version === undefined ? [] : [plain(`version: ${scalar(version)}`)]),
    plain('applications:'),
    ...applications.flatMap((attributes) => diffApplication(attributes, existing)),
  ];
}

function diffApplication(attributes: JsonObject, existing: DiffRequest['existing']): DiffLine[] {
  const name = attributes['name'];
  const present = typeof name === 'string' ? existing(name) : undefined;
  const lines = Object.keys(attributes)
    .sort(compareKeys)
    .flatMap((key) => {
      const value = attributes[key] ?? null;
      if (NEVER_MARKED.has(key) || !COMPARED.has(key)) return writeMember(key, value, ' ');
      return diffMember(key, value, present?.[key]);
    });
  return asListItem(lines);
}

function compareKeys(a: string, b: string): number {
  return rankOf(a) - rankOf(b) || a.localeCompare(b, 'en');
}

function rankOf(key: string): number {
  const index = FIRST_KEYS.indexOf(key);
  return index < 0 ? FIRST_KEYS.length : index;
}

function diffMember(key: string, value: Json, was: Json | undefined): DiffLine[] {
  if (was === undefined || was === null) return writeMember(key, value, '+');
  if (isObject(value) && isObject(was)) {
    const members = Object.keys(value).flatMap((inner) => diffMember(inner, value[inner] ?? null, was[inner]));
    return [plain(`${key}:`), ...indent(members)];
  }
  if (Array.isArray(value) && Array.isArray(was)) {
    const items = value.flatMap((item) => diffItem(item, was));
    return [plain(`${key}:`), ...items];
  }
  if (sameText(value, was)) return writeMember(key, value, ' ');
  return [...writeMember(key, was, '-'), ...writeMember(key, value, '+')];
}

function diffItem(item: Json, present: readonly Json[]): DiffLine[] {
  const identity = identityOf(item);
  const isThere = present.some((other) =>
    identity === undefined ? sameText(item, other) : identityOf(other) === identity,
  );
  return writeItem(item, isThere ? ' ' : '+');
}

/** Routes, services and processes are the same by their names, whatever else is said about them. */
function identityOf(item: Json): string | undefined {
  if (typeof item === 'string') return item;
  if (!isObject(item)) return undefined;
  const name = item['route'] ?? item['type'] ?? item['name'];
  return typeof name === 'string' ? name : undefined;
}

function sameText(a: Json, b: Json): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function writeMember(key: string, value: Json, mark: DiffLine['mark']): DiffLine[] {
  if (Array.isArray(value) && value.length > 0)
    return [{ mark, text: `${key}:` }, ...value.flatMap((item) => writeItem(item, mark))];
  if (isObject(value) && Object.keys(value).length > 0) {
    const members = Object.entries(value).flatMap(([inner, member]) => writeMember(inner, member, mark));
    return [{ mark, text: `${key}:` }, ...indent(members)];
  }
  return [{ mark, text: `${key}: ${scalar(value)}` }];
}

function writeItem(item: Json, mark: DiffLine['mark']): DiffLine[] {
  if (isObject(item))
    return asListItem(Object.entries(item).flatMap(([key, member]) => writeMember(key, member, mark)));
  return [{ mark, text: `- ${scalar(item)}` }];
}

function asListItem(lines: readonly DiffLine[]): DiffLine[] {
  return lines.map(({ mark, text }, index) => ({ mark, text: `${index === 0 ? '- ' : '  '}${text}` }));
}

function indent(lines: readonly DiffLine[]): DiffLine[] {
  return lines.map(({ mark, text }) => ({ mark, text: `  ${text}` }));
}

function plain(text: string): DiffLine {
  return { mark: ' ', text };
}

/** YAML of a scalar on one line; what YAML 1.1 would read as something else than a text is quoted. */
function scalar(value: Json): string {
  const text = stringify(value, { version: '1.1', lineWidth: 0 }).trimEnd();
  return text.includes('\n') ? JSON.stringify(value) : text;
}
