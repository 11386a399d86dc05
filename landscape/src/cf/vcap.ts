import type { JsonObject } from '../broker';
import type { AppRecord, BindingRecord } from './state';
import type { CloudTarget } from './controller';

/** What Cloud Foundry puts into VCAP_APPLICATION as `limits.fds`. */
const FILE_DESCRIPTORS = 16_384;

/**
 * VCAP_SERVICES in the order that containers get it: bindings by their age, of each instance only the newest, members as
 * cloud_controller_ng writes them.
 */
export function createVcapServices(bindings: readonly BindingRecord[]): JsonObject {
  const services: Record<string, JsonObject[]> = {};
  for (const binding of newestOfEachInstance(bindings)) {
    const { service } = binding;
    const label = service.kind === 'managed' ? service.broker.offering : 'user-provided';
    (services[label] ??= []).push(createEntry(label, binding));
  }
  return services;
}

function createEntry(label: string, { service, guid, name, credentials }: BindingRecord): JsonObject {
  const offeringTags = service.kind === 'managed' ? service.broker.tags : [];
  return {
    label,
    ...(service.kind === 'managed' && { provider: null, plan: service.plan }),
    name: name ?? service.name,
    tags: [...new Set([...offeringTags, ...service.tags])],
    instance_guid: service.guid,
    instance_name: service.name,
    binding_guid: guid,
    binding_name: name ?? null,
    credentials,
    syslog_drain_url: service.kind === 'user-provided' ? (service.syslogDrainUrl ?? null) : null,
    volume_mounts: [],
  };
}

function newestOfEachInstance(bindings: readonly BindingRecord[]): BindingRecord[] {
  const newest = new Map(bindings.map((binding) => [binding.service.guid, binding]));
  return bindings.filter((binding) => newest.get(binding.service.guid) === binding);
}

/** VCAP_APPLICATION as the `/env` endpoint shows it: of the app, not of an instance. */
export function createVcapApplication(app: AppRecord, routes: readonly string[], target: CloudTarget): JsonObject {
  return {
    cf_api: target.api,
    limits: { fds: FILE_DESCRIPTORS },
    application_name: app.name,
    application_uris: [...routes],
    name: app.name,
    space_name: target.space.name,
    space_id: target.space.guid,
    organization_id: target.org.guid,
    organization_name: target.org.name,
    uris: [...routes],
    users: null,
    application_id: app.guid,
  };
}

export interface InstanceIdentity {
  readonly guid: string;
  readonly index: number;
  readonly port: number;
}

/** VCAP_APPLICATION of a running instance: the launcher has sorted its keys. */
export function createInstanceVcapApplication(
  app: AppRecord,
  routes: readonly string[],
  target: CloudTarget,
  instance: InstanceIdentity,
): JsonObject {
  return {
    application_id: app.guid,
    application_name: app.name,
    application_uris: [...routes],
    application_version: app.version,
    cf_api: target.api,
    host: '0.0.0.0',
    instance_id: instance.guid,
    instance_index: instance.index,
    limits: { disk: app.diskMb, fds: FILE_DESCRIPTORS, mem: app.memoryMb },
    name: app.name,
    organization_id: target.org.guid,
    organization_name: target.org.name,
    port: instance.port,
    process_id: app.guid,
    process_type: 'web',
    space_id: target.space.guid,
    space_name: target.space.name,
    uris: [...routes],
    version: app.version,
  };
}
