export type Json = string | number | boolean | null | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** A refusal in the broker's words: `cf` prints the description behind "Service broker error: ". */
export class BrokerError extends Error {
  override readonly name = 'BrokerError';
  readonly status: number;

  constructor(status: number, description: string) {
    super(description);
    this.status = status;
  }
}

/** The refusal of a request for an instance that there is not, or not any more. */
export function instanceGone(instanceId: string): BrokerError {
  return new BrokerError(410, `Service instance ${instanceId} does not exist`);
}

/** What the platform asks of a service, after the Open Service Broker API; instance and binding ids are GUIDs. */
export interface ServiceBroker {
  /** The offering's name as in `cf create-service OFFERING PLAN NAME`, and the key in VCAP_SERVICES. */
  readonly offering: string;
  readonly plans: readonly string[];
  readonly tags: readonly string[];
  readonly description: string;
  /** @throws {BrokerError} when the parameters are refused; nothing is left behind then. */
  createInstance(request: InstanceRequest): Promise<void>;
  updateInstance(request: InstanceRequest): Promise<void>;
  deleteInstance(instanceId: string): Promise<void>;
  /** Makes a binding or a service key: to a broker they are the same. Returns its credentials. */
  bind(request: BindingRequest): Promise<JsonObject>;
  /** The credentials of the binding are useless once this resolves. */
  unbind(request: { readonly instanceId: string; readonly bindingId: string }): Promise<void>;
}

export interface InstanceRequest {
  readonly instanceId: string;
  readonly instanceName: string;
  readonly plan: string;
  readonly parameters: JsonObject;
}

export interface BindingRequest {
  readonly instanceId: string;
  readonly bindingId: string;
  readonly parameters: JsonObject;
}
