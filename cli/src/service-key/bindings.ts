import { findJsonBlocks, isRecord } from './json-blocks';

/** Credentials that were found in an input, with the names that the input gives them. */
export interface NamedCredentials {
  /** Name of the service instance, where the input says it. */
  readonly instance?: string;
  /** Name of the binding, where it has one of its own. */
  readonly binding?: string;
  /** Name of the service offering, e.g. `xsuaa`; a service key does not say it. */
  readonly offering?: string;
  readonly credentials: Readonly<Record<string, unknown>>;
}

/** The heading of `cf service-key`, the only place where its output names the instance. */
const HEADING = /^Getting key .{1,200} for service instance (.{1,200}) as .{1,200}\.\.\.[ \t\r]{0,20}$/m;
/** Where services keep the OAuth client when it does not stand at the root. */
const NESTED = ['uaa', 'oauth'] as const;

/**
 * Reads the credentials that a text holds: a service key (bare or wrapped in `credentials`), the output of
 * `cf service-key` or `cf env`, or the value of VCAP_SERVICES.
 * @throws {Failure} when the text holds no JSON object; an empty list means that it holds no credentials.
 */
export function readBindings(text: string): NamedCredentials[] {
  const instance = HEADING.exec(text)?.[1];
  return findJsonBlocks(text).flatMap(({ value }) => {
    const services = findServices(value);
    if (services !== undefined) return readServices(services);
    const credentials = isRecord(value['credentials']) ? value['credentials'] : value;
    if (!holdsCredentials(credentials)) return [];
    return [{ ...(instance !== undefined && { instance }), credentials }];
  });
}

/** Names the binding for a message: as `--service` takes it. */
export function nameOf({ instance, binding, offering }: NamedCredentials): string {
  return instance ?? binding ?? offering ?? 'service key';
}

/** The properties that matter: those of the root with those of `uaa` or `oauth`, where services nest their client. */
export function flattenCredentials(credentials: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const nested = NESTED.map((name) => credentials[name]).find((value) => isRecord(value));
  return nested === undefined ? credentials : { ...credentials, ...nested };
}

/** The services of VCAP_SERVICES, bare or wrapped; undefined for any other object. */
export function findServices(value: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  // `cf curl /v3/apps/GUID/env` and default-env.json wrap it.
  const wrapper = isRecord(value['system_env_json']) ? value['system_env_json'] : value;
  if (isRecord(wrapper['VCAP_SERVICES'])) return wrapper['VCAP_SERVICES'];
  const entries = Object.values(wrapper);
  const areServices =
    entries.length > 0 && entries.every((entry) => Array.isArray(entry) && entry.every(isServiceEntry));
  return areServices ? wrapper : undefined;
}

function isServiceEntry(entry: unknown): entry is { credentials: Record<string, unknown> } & Record<string, unknown> {
  return isRecord(entry) && isRecord(entry['credentials']);
}

function readServices(services: Record<string, unknown>): NamedCredentials[] {
  return Object.entries(services).flatMap(([offering, entries]) =>
    (Array.isArray(entries) ? entries : []).filter(isServiceEntry).map((entry) => {
      const instance = entry['instance_name'] ?? entry['name'];
      const binding = entry['binding_name'];
      return {
        offering,
        ...(typeof instance === 'string' && { instance }),
        ...(typeof binding === 'string' && { binding }),
        credentials: entry.credentials,
      };
    }),
  );
}

function holdsCredentials(value: Readonly<Record<string, unknown>>): boolean {
  const flat = flattenCredentials(value);
  return typeof flat['clientid'] === 'string' || typeof flat['certificate'] === 'string';
}
