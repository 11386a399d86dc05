import type { Json } from '../../broker';
import { isObject } from './json-shape';
import { suggest } from './suggestion';
import type { Path } from './yaml-source';

const HEALTH_CHECK_KEYS = [
  'health-check-type',
  'health-check-http-endpoint',
  'health-check-invocation-timeout',
  'health-check-interval',
  'readiness-health-check-type',
  'readiness-health-check-http-endpoint',
  'readiness-health-check-invocation-timeout',
  'readiness-health-check-interval',
];

const PROCESS_KEYS = [
  'command',
  'disk_quota',
  'instances',
  'log-rate-limit-per-second',
  'memory',
  'timeout',
  ...HEALTH_CHECK_KEYS,
];

const APPLICATION_KEYS = [
  'name',
  'path',
  'buildpack',
  'buildpacks',
  'cnb-credentials',
  'default-route',
  'disk-quota',
  'docker',
  'env',
  'features',
  'lifecycle',
  'metadata',
  'no-route',
  'processes',
  'random-route',
  'routes',
  'services',
  'sidecars',
  'stack',
  ...PROCESS_KEYS,
];

interface Shape {
  /** How a message names this kind of mapping. */
  readonly title: string;
  readonly keys: readonly string[];
  /** The mappings inside, by key; a list stands for its entries. */
  readonly members?: Readonly<Record<string, Shape>>;
}

const MANIFEST: Shape = {
  title: 'a manifest',
  keys: ['version', 'applications'],
  members: {
    applications: {
      title: 'an application',
      keys: APPLICATION_KEYS,
      members: {
        processes: { title: 'a process', keys: ['type', 'disk-quota', ...PROCESS_KEYS] },
        routes: { title: 'a route', keys: ['route', 'protocol', 'options'] },
        services: { title: 'a service', keys: ['name', 'parameters', 'binding_name'] },
        sidecars: { title: 'a sidecar', keys: ['name', 'command', 'process_types', 'memory'] },
        metadata: { title: 'metadata', keys: ['labels', 'annotations'] },
        features: {
          title: 'the features',
          keys: ['ssh', 'revisions', 'service-binding-k8s', 'file-based-vcap-services'],
        },
      },
    },
  },
};

export interface UnknownKey {
  readonly at: Path;
  readonly message: string;
}

/** Keys that mean nothing to Cloud Foundry, which ignores them without a word. */
export function findUnknownKeys(manifest: Json): UnknownKey[] {
  return visit(manifest, MANIFEST, []);
}

function visit(value: Json, shape: Shape, at: Path): UnknownKey[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => visit(item, shape, [...at, index]));
  if (!isObject(value)) return [];
  // Keys that begin with x- or stand beside `applications` to carry an anchor would be ignored too: they are named as well.
  return Object.entries(value).flatMap(([key, member]) => {
    const place = [...at, key];
    if (!shape.keys.includes(key)) return [{ at: place, message: describeUnknown(key, shape) }];
    const inner = shape.members?.[key];
    return inner === undefined ? [] : visit(member, inner, place);
  });
}

function describeUnknown(key: string, { title, keys }: Shape): string {
  const meant = suggest(key, keys);
  const hint = meant === undefined ? '' : `: do you mean "${meant}"?`;
  return `"${key}" is no key of ${title}, Cloud Foundry would ignore it${hint}`;
}
