import type { JsonObject } from '../broker';
import type { Apps } from './apps';
import type { ApiRequest, ApiResponse, CloudTarget } from './controller';
import { BROKER_NAME } from './service-description';
import type { Services } from './services';
import type { AppRecord, BindingRecord, ServiceKeyRecord, ServiceRecord, SpaceState } from './state';

export interface ApiContext {
  readonly target: CloudTarget;
  readonly state: SpaceState;
  readonly services: Services;
  readonly apps: Apps;
}

type Handler = (context: ApiContext, guid: string) => JsonObject | JsonObject[] | undefined;

/** The reading part of the v3 API, as far as scripts use it: an array is a paged list, undefined is "not found". */
const resources: readonly (readonly [RegExp, Handler])[] = [
  [
    /^\/$/,
    ({ target }) => ({ links: { self: { href: target.api }, cloud_controller_v3: { href: `${target.api}/v3` } } }),
  ],
  [
    /^\/v3\/info$/,
    ({ target }) => ({ name: 'landscape', description: 'Local SAP BTP landscape', version: target.apiVersion }),
  ],
  [/^\/v3\/organizations$/, ({ target }) => [{ ...target.org }]],
  [/^\/v3\/spaces$/, ({ target }) => [{ ...target.space }]],
  [
    /^\/v3\/service_offerings$/,
    ({ services }) => services.marketplace().map(({ offering, description }) => ({ name: offering, description })),
  ],
  [/^\/v3\/apps$/, ({ state }) => [...state.apps.values()].map(describeApp)],
  [/^\/v3\/apps\/([^/]+)$/, ({ state }, guid) => map(findApp(state, guid), describeApp)],
  [
    /^\/v3\/apps\/([^/]+)\/env$/,
    ({ state, apps }, guid) => map(findApp(state, guid), ({ name }) => describeEnvironment(apps, name)),
  ],
  [
    /^\/v3\/apps\/([^/]+)\/environment_variables$/,
    ({ state }, guid) => map(findApp(state, guid), ({ env }) => ({ var: { ...env } })),
  ],
  [
    /^\/v3\/routes$/,
    ({ apps }) =>
      apps.routes().map(({ guid, host, domain, path, localUrl }) => ({
        guid,
        host,
        path,
        url: `${host}.${domain}${path}`,
        metadata: { annotations: { local_url: localUrl } },
      })),
  ],
  [/^\/v3\/service_instances$/, ({ state }) => [...state.services.values()].map(describeInstance)],
  [
    /^\/v3\/service_instances\/([^/]+)$/,
    ({ state }, guid) =>
      map(
        [...state.services.values()].find((record) => record.guid === guid),
        describeInstance,
      ),
  ],
  [/^\/v3\/service_credential_bindings$/, ({ state }) => allBindings(state).map(describeBinding)],
  [/^\/v3\/service_credential_bindings\/([^/]+)$/, ({ state }, guid) => map(findBinding(state, guid), describeBinding)],
  [
    /^\/v3\/service_credential_bindings\/([^/]+)\/details$/,
    ({ state }, guid) =>
      map(findBinding(state, guid), ({ credentials }) => ({ credentials, syslog_drain_url: null, volume_mounts: [] })),
  ],
];

/** Answers `cf curl`; filters by `names` and `guids`, everything is on one page. */
export function answerApiRequest(request: ApiRequest, context: ApiContext): ApiResponse {
  const url = new URL(request.path, context.target.api);
  const handler = resources.find(([pattern]) => pattern.test(url.pathname));
  if (handler === undefined) return failure(404, 10_000, 'CF-NotFound', 'Unknown request');
  if (request.method !== 'GET')
    return failure(
      405,
      10_001,
      'CF-MethodNotAllowed',
      'The landscape answers reading requests only; use the verbs of cf to change things',
    );
  const [pattern, read] = handler;
  const found = read(context, pattern.exec(url.pathname)?.[1] ?? '');
  if (found === undefined) return failure(404, 10_010, 'CF-ResourceNotFound', 'Resource not found');
  return respond(200, Array.isArray(found) ? page(filter(found, url), url) : found);
}

function filter(found: readonly JsonObject[], url: URL): JsonObject[] {
  const wanted = { name: url.searchParams.get('names'), guid: url.searchParams.get('guids') };
  return found.filter((resource) =>
    Object.entries(wanted).every(
      ([member, values]) => values?.split(',').some((value) => value === resource[member]) ?? true,
    ),
  );
}

function page(found: JsonObject[], url: URL): JsonObject {
  const link = { href: url.href };
  return {
    pagination: { total_results: found.length, total_pages: 1, first: link, last: link, next: null, previous: null },
    resources: found,
  };
}

function describeApp(app: AppRecord): JsonObject {
  return {
    guid: app.guid,
    name: app.name,
    state: app.requestedState.toUpperCase(),
    lifecycle: { type: 'buildpack', data: { buildpacks: [...app.buildpacks], stack: app.stack } },
  };
}

function describeEnvironment(apps: Apps, name: string): JsonObject {
  const { vcapServices, vcapApplication, userProvided } = apps.environment(name);
  return {
    staging_env_json: {},
    running_env_json: {},
    environment_variables: { ...userProvided },
    system_env_json: { VCAP_SERVICES: vcapServices },
    application_env_json: { VCAP_APPLICATION: vcapApplication },
  };
}

function describeInstance(record: ServiceRecord): JsonObject {
  const { type, state, message, started, updated } = record.lastOperation;
  return {
    guid: record.guid,
    name: record.name,
    type: record.kind,
    tags: [...record.tags],
    last_operation: {
      type,
      state,
      description: message,
      created_at: started.toISOString(),
      updated_at: updated.toISOString(),
    },
    ...(record.kind === 'managed' && {
      metadata: { annotations: { offering: record.broker.offering, plan: record.plan, broker: BROKER_NAME } },
    }),
  };
}

function describeBinding(binding: BindingRecord | ServiceKeyRecord): JsonObject {
  const { guid, name, createdAt, service } = binding;
  const app = 'app' in binding ? { app: { data: { guid: binding.app.guid } } } : {};
  return {
    guid,
    name: name ?? null,
    type: 'app' in binding ? 'app' : 'key',
    created_at: createdAt.toISOString(),
    last_operation: { type: 'create', state: 'succeeded' },
    relationships: { ...app, service_instance: { data: { guid: service.guid } } },
  };
}

function allBindings(state: SpaceState): (BindingRecord | ServiceKeyRecord)[] {
  return [...state.bindings, ...state.keys];
}

function findBinding(state: SpaceState, guid: string): BindingRecord | ServiceKeyRecord | undefined {
  return allBindings(state).find((binding) => binding.guid === guid);
}

function findApp(state: SpaceState, guid: string): AppRecord | undefined {
  return [...state.apps.values()].find((app) => app.guid === guid);
}

function map<T>(value: T | undefined, describe: (value: T) => JsonObject): JsonObject | undefined {
  return value === undefined ? undefined : describe(value);
}

function failure(status: number, code: number, title: string, detail: string): ApiResponse {
  return respond(status, { errors: [{ code, title, detail }] });
}

function respond(status: number, body: JsonObject): ApiResponse {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body };
}
