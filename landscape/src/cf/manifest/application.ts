import type { Json, JsonObject } from '../../broker';
import { ManifestError } from './manifest-error';
import { isObject } from './json-shape';
import type { Path, YamlSource } from './yaml-source';

/** One entry of `applications`, typed as far as `cf` itself looks at it; the Cloud Controller judges the rest. */
export interface Application {
  /** Without null members; `disk_quota` is written `disk-quota`, as `cf` does before it sends the manifest. */
  readonly attributes: JsonObject;
  /** Where it stands in the file. */
  readonly at: Path;
}

type Kind = 'string' | 'int' | 'int64' | 'bool' | 'map';

/** What `cf` decodes into typed fields; every other attribute passes as it is. */
const APPLICATION_FIELDS: Readonly<Record<string, Kind>> = {
  name: 'string',
  'disk-quota': 'string',
  docker: 'map',
  'health-check-type': 'string',
  'health-check-http-endpoint': 'string',
  timeout: 'int64',
  instances: 'int',
  path: 'string',
  memory: 'string',
  'no-route': 'bool',
  'random-route': 'bool',
  'default-route': 'bool',
  stack: 'string',
  'log-rate-limit-per-second': 'string',
};

const PROCESS_FIELDS: Readonly<Record<string, Kind>> = {
  type: 'string',
  disk_quota: 'string',
  'health-check-type': 'string',
  'health-check-http-endpoint': 'string',
  timeout: 'int64',
  instances: 'int',
  memory: 'string',
  'log-rate-limit-per-second': 'string',
};

/** One value that does not fit its field, in go-yaml's words. */
export interface DecodeProblem {
  readonly at: Path;
  readonly message: string;
}

export interface DecodedManifest {
  readonly applications: readonly Application[];
  readonly problems: readonly DecodeProblem[];
}

/** Decodes an interpolated manifest as far as `cf` does, collecting every value of a wrong type. */
export function decodeManifest(value: Json): DecodedManifest {
  const problems: DecodeProblem[] = [];
  const list = isObject(value) ? (value['applications'] ?? []) : [];
  if (!isObject(value) && value !== null) problems.push(mismatch(value, 'manifestparser.Manifest', []));
  if (!Array.isArray(list)) {
    problems.push(mismatch(list, '[]manifestparser.Application', ['applications']));
    return { applications: [], problems };
  }
  const applications = list.map((entry, index): Application => {
    const at: Path = ['applications', index];
    if (isObject(entry)) return { attributes: decodeApplication(entry, at, problems), at };
    if (entry !== null) problems.push(mismatch(entry, 'manifestparser.Application', at));
    return { attributes: {}, at };
  });
  return { applications, problems };
}

/** @throws {ManifestError} listing all of `problems` with the lines of `source`. */
export function throwDecodeProblems(problems: readonly DecodeProblem[], source: YamlSource): void {
  if (problems.length === 0) return;
  const lines = problems.map(({ at, message }) => `  line ${source.locate(at).line}: ${message}`);
  const locations = problems.map(({ at }) => source.locate(at));
  throw new ManifestError(['yaml: unmarshal errors:', ...lines].join('\n'), locations);
}

function decodeApplication(entry: JsonObject, at: Path, problems: DecodeProblem[]): JsonObject {
  const attributes = decodeFields(entry, APPLICATION_FIELDS, at, problems);
  const { processes } = attributes;
  if (processes !== undefined) attributes['processes'] = decodeProcesses(processes, [...at, 'processes'], problems);
  return renameDiskQuota(attributes, at, problems);
}

function decodeProcesses(processes: Json, at: Path, problems: DecodeProblem[]): Json {
  if (!Array.isArray(processes)) {
    problems.push(mismatch(processes, '[]manifestparser.Process', at));
    return [];
  }
  return processes.map((process, index) => {
    if (isObject(process)) return decodeFields(process, PROCESS_FIELDS, [...at, index], problems);
    problems.push(mismatch(process, 'manifestparser.Process', [...at, index]));
    return {};
  });
}

function renameDiskQuota(attributes: JsonObject, at: Path, problems: DecodeProblem[]): JsonObject {
  const { disk_quota: underscored, ...rest } = attributes;
  if (underscored === undefined) return attributes;
  const place = [...at, 'disk_quota'];
  if ('disk-quota' in rest) problems.push({ at: place, message: 'cannot define both `disk_quota` and `disk-quota`' });
  if (typeof underscored !== 'string') problems.push({ at: place, message: '`disk_quota` must be a string' });
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name === 'disk_quota' ? 'disk-quota' : name, value]),
  );
}

function decodeFields(
  entry: JsonObject,
  fields: Readonly<Record<string, Kind>>,
  at: Path,
  problems: DecodeProblem[],
): JsonObject {
  const decoded: JsonObject = {};
  for (const [name, value] of Object.entries(entry)) {
    const kind = fields[name];
    // A null resets `command`; for the typed fields it means that nothing is said.
    if (value === null && kind !== undefined) continue;
    decoded[name] = kind === undefined ? value : decodeField(value, kind, [...at, name], problems);
  }
  return decoded;
}

function decodeField(value: Json, kind: Kind, at: Path, problems: DecodeProblem[]): Json {
  if (kind === 'map' && isObject(value)) return value;
  if (kind === 'bool' && typeof value === 'boolean') return value;
  if ((kind === 'int' || kind === 'int64') && typeof value === 'number') return Math.trunc(value);
  if (kind === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return String(value);
  if (kind === 'string' && typeof value === 'string') return value;
  problems.push(mismatch(value, kind === 'map' ? 'manifestparser.Docker' : kind, at));
  return value;
}

/** go-yaml's sentence: a long text is cut to its first seven characters. */
function mismatch(value: Json, into: string, at: Path): DecodeProblem {
  const { tag, text } = describe(value);
  const shown = text === undefined ? '' : ` \`${text.length > 10 ? `${text.slice(0, 7)}...` : text}\``;
  return { at, message: `cannot unmarshal ${tag}${shown} into ${into}` };
}

function describe(value: Json): { tag: string; text?: string } {
  if (Array.isArray(value)) return { tag: '!!seq' };
  if (typeof value === 'string') return { tag: '!!str', text: value };
  if (typeof value === 'boolean') return { tag: '!!bool', text: String(value) };
  if (typeof value === 'number') return { tag: Number.isInteger(value) ? '!!int' : '!!float', text: String(value) };
  return { tag: value === null ? '!!null' : '!!map' };
}
