import type { JsonObject } from '../broker';

export interface ServiceOperations {
  marketplace(): readonly OfferingSummary[];
  /** Sorted by name. */
  services(): readonly ServiceSummary[];
  /** @throws {CloudFoundryError} `Service instance 'X' not found`. */
  service(name: string): ServiceDetail;
  /**
   * An instance of that name stays as it is (`exists`), whatever its plan; a `create failed` one is replaced.
   * @throws {CloudFoundryError} for an unknown offering or plan, and when the broker refuses (then the instance stays,
   * `create failed`).
   */
  createService(request: CreateServiceRequest): Promise<'created' | 'exists'>;
  createUserProvidedService(request: CreateUserProvidedServiceRequest): Promise<'created' | 'exists'>;
  /** `unchanged`: nothing but the present plan was asked for. */
  updateService(name: string, change: ServiceChange): Promise<'updated' | 'unchanged'>;
  /** Removes its bindings and keys too, as the v3 API does. */
  deleteService(name: string): Promise<'deleted' | 'missing'>;

  bindService(request: BindServiceRequest): Promise<'bound' | 'already-bound'>;
  /** The GUIDs of the bindings that were removed, oldest first; empty when there was none (or none of that GUID). */
  unbindService(request: {
    readonly app: string;
    readonly service: string;
    readonly bindingGuid?: string;
  }): Promise<readonly string[]>;
  /** The bindings of an app, oldest first, all of them (VCAP_SERVICES has only the newest of each instance). */
  bindings(app: string): readonly BindingSummary[];

  createServiceKey(request: ServiceKeyRequest & { readonly parameters?: JsonObject }): Promise<'created' | 'exists'>;
  /** @throws {CloudFoundryError} when the *instance* does not exist. */
  serviceKeys(service: string): readonly ServiceKeySummary[];
  /** @throws {CloudFoundryError} when the *instance* does not exist; a missing key is undefined. */
  serviceKey(request: ServiceKeyRequest): ServiceKeyDetail | undefined;
  deleteServiceKey(request: ServiceKeyRequest): Promise<'deleted' | 'missing'>;
}

export interface OfferingSummary {
  readonly offering: string;
  readonly plans: readonly string[];
  readonly description: string;
  readonly broker: string;
}

export interface CreateServiceRequest {
  readonly offering: string;
  readonly plan: string;
  readonly name: string;
  readonly broker?: string;
  readonly parameters?: JsonObject;
  readonly tags?: readonly string[];
}

export interface CreateUserProvidedServiceRequest {
  readonly name: string;
  readonly credentials?: JsonObject;
  readonly tags?: readonly string[];
  readonly syslogDrainUrl?: string;
  readonly routeServiceUrl?: string;
}

export interface ServiceChange {
  readonly plan?: string;
  readonly parameters?: JsonObject;
  readonly tags?: readonly string[];
}

export interface BindServiceRequest {
  readonly app: string;
  readonly service: string;
  readonly parameters?: JsonObject;
  readonly bindingName?: string;
  /** `multiple` adds a newer binding beside the present one (rotation); default `single`. */
  readonly strategy?: 'single' | 'multiple';
}

export interface ServiceKeyRequest {
  readonly service: string;
  readonly key: string;
}

/** As `cf service` shows it, e.g. type `create`, state `failed`. */
export interface LastOperation {
  readonly type: 'create' | 'update' | 'delete';
  readonly state: 'succeeded' | 'failed' | 'in progress';
  readonly message: string;
  readonly started: Date;
  readonly updated: Date;
}

interface ServiceCommon {
  readonly guid: string;
  readonly name: string;
  /** Tags given by the user; VCAP_SERVICES has those of the offering before them. */
  readonly tags: readonly string[];
  readonly lastOperation: LastOperation;
  readonly boundApps: readonly BoundApp[];
}

export type ServiceSummary =
  | (ServiceCommon & {
      readonly type: 'managed';
      readonly offering: string;
      readonly plan: string;
      readonly broker: string;
    })
  | (ServiceCommon & {
      readonly type: 'user-provided';
      readonly syslogDrainUrl?: string;
      readonly routeServiceUrl?: string;
    });

export type ServiceDetail = ServiceSummary & {
  readonly offeringTags: readonly string[];
  readonly description: string;
  /** What the instance was created or last updated with (`cf service X --params`); undefined for user-provided ones. */
  readonly parameters?: JsonObject;
};

export interface BoundApp {
  readonly app: string;
  readonly bindingName?: string;
  readonly bindingGuid: string;
  readonly createdAt: Date;
  readonly lastOperation: LastOperation;
}

export interface BindingSummary extends BoundApp {
  readonly service: string;
}

export interface ServiceKeySummary {
  readonly guid: string;
  readonly name: string;
  readonly lastOperation: LastOperation;
}

export interface ServiceKeyDetail extends ServiceKeySummary {
  readonly credentials: JsonObject;
}
