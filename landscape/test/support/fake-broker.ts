import {
  BrokerError,
  type BindingRequest,
  type InstanceRequest,
  type JsonObject,
  type ServiceBroker,
} from '../../src/broker';

/** A broker that keeps what it is told; parameters with `refuse` are refused with that text. */
export class FakeBroker implements ServiceBroker {
  readonly offering;
  readonly plans = ['application', 'broker'];
  readonly tags;
  readonly description = 'A service for tests';
  readonly instances = new Map<string, InstanceRequest>();
  readonly bindings = new Map<string, JsonObject>();

  constructor(offering = 'xsuaa', tags: readonly string[] = ['xsuaa']) {
    this.offering = offering;
    this.tags = tags;
  }

  async createInstance(request: InstanceRequest): Promise<void> {
    refuse(request.parameters);
    this.instances.set(request.instanceId, request);
  }

  async updateInstance(request: InstanceRequest): Promise<void> {
    refuse(request.parameters);
    this.instances.set(request.instanceId, request);
  }

  async deleteInstance(instanceId: string): Promise<void> {
    if (this.instances.get(instanceId)?.parameters['undeletable'] === true) throw new BrokerError(500, 'not now');
    this.instances.delete(instanceId);
  }

  async bind({ bindingId, parameters }: BindingRequest): Promise<JsonObject> {
    refuse(parameters);
    const credentials = { clientid: `client-${bindingId}`, ...parameters };
    this.bindings.set(bindingId, credentials);
    return credentials;
  }

  async unbind({ bindingId }: { readonly bindingId: string }): Promise<void> {
    this.bindings.delete(bindingId);
  }
}

function refuse({ refuse: reason }: JsonObject): void {
  if (typeof reason === 'string') throw new BrokerError(400, reason);
}
