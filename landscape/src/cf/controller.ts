import type { JsonObject } from '../broker';
import type { AppOperations } from './app-types';
import type { ServiceOperations } from './service-types';

/**
 * The landscape's Cloud Controller: what the verbs of `cf` ask of it, in one org and one space.
 *
 * Every operation throws {@link CloudFoundryError} with Cloud Foundry's wording; what `cf` treats as success although
 * nothing happened (it exists already, it does not exist) is a result, not an error.
 */
export interface CloudController extends ServiceOperations, AppOperations {
  readonly target: CloudTarget;
  /** Answers `cf curl`: the reading part of the v3 API, in its JSON. */
  request(request: ApiRequest): Promise<ApiResponse>;
}

/** Where `cf` is logged in to; there is exactly one org and one space. */
export interface CloudTarget {
  readonly api: string;
  readonly apiVersion: string;
  readonly user: string;
  readonly org: Named;
  readonly space: Named;
  /** Gets the default and random routes; routes may name any other domain too. */
  readonly defaultDomain: string;
}

export interface Named {
  readonly guid: string;
  readonly name: string;
}

export interface ApiRequest {
  readonly method: string;
  /** Path and query, e.g. `/v3/apps?names=backendmtls`. */
  readonly path: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

export { CloudFoundryError, type CloudFoundryErrorCode } from './cloud-foundry-error';
export type * from './app-types';
export type * from './service-types';
