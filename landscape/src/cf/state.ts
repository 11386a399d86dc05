import type { JsonObject, ServiceBroker } from '../broker';
import type { AppInstances } from './app-instances';
import type { AppLog } from './app-log';
import type { Droplet, HealthCheck } from './app-types';
import type { LastOperation } from './service-types';

interface ServiceRecordCommon {
  readonly guid: string;
  readonly name: string;
  tags: readonly string[];
  lastOperation: LastOperation;
}

export interface ManagedServiceRecord extends ServiceRecordCommon {
  readonly kind: 'managed';
  readonly broker: ServiceBroker;
  plan: string;
  parameters: JsonObject;
}

export interface UserProvidedServiceRecord extends ServiceRecordCommon {
  readonly kind: 'user-provided';
  readonly credentials: JsonObject;
  readonly syslogDrainUrl?: string;
  readonly routeServiceUrl?: string;
}

export type ServiceRecord = ManagedServiceRecord | UserProvidedServiceRecord;

export interface BindingRecord {
  readonly guid: string;
  readonly app: AppRecord;
  readonly service: ServiceRecord;
  readonly name?: string;
  readonly credentials: JsonObject;
  readonly createdAt: Date;
}

export interface ServiceKeyRecord {
  readonly guid: string;
  readonly service: ServiceRecord;
  readonly name: string;
  readonly credentials: JsonObject;
  readonly createdAt: Date;
}

export interface RouteRecord {
  readonly guid: string;
  /** `host.domain`, with the path where it has one. */
  readonly name: string;
  readonly host: string;
  readonly domain: string;
  readonly path: string;
  readonly certificate: boolean;
  readonly apps: Set<AppRecord>;
}

export interface AppRecord {
  readonly guid: string;
  readonly name: string;
  readonly log: AppLog;
  readonly instances: AppInstances;
  requestedState: 'started' | 'stopped';
  /** Changes with every push and restart. */
  version: string;
  command: string | undefined;
  memoryMb: number;
  diskMb: number;
  logRateLimit: number;
  wantedInstances: number;
  env: Record<string, string>;
  features: Record<string, boolean>;
  healthCheck: HealthCheck;
  timeoutSeconds: number;
  buildpacks: readonly string[];
  stack: string;
  package: PackageRecord | undefined;
  droplet: DropletRecord | undefined;
  /** Folders of droplets that instances may still use. */
  readonly oldDroplets: string[];
}

export interface PackageRecord {
  readonly guid: string;
  readonly folder: string;
  readonly uploaded: Date;
}

export interface DropletRecord extends Droplet {
  readonly packageGuid: string;
  readonly folder: string;
  readonly bytes: number;
  /** What the buildpack would run without a `command`. */
  readonly startCommand: string;
}

/** Everything in the one space; what it holds ends with the landscape. */
export class SpaceState {
  readonly services = new Map<string, ServiceRecord>();
  readonly apps = new Map<string, AppRecord>();
  readonly routes = new Map<string, RouteRecord>();
  /** Oldest first, as VCAP_SERVICES lists them. */
  readonly bindings: BindingRecord[] = [];
  readonly keys: ServiceKeyRecord[] = [];

  bindingsOf(app: AppRecord): BindingRecord[] {
    return this.bindings.filter((binding) => binding.app === app);
  }

  routesOf(app: AppRecord): string[] {
    return [...this.routes.values()].filter((route) => route.apps.has(app)).map((route) => route.name);
  }
}
