import { BrokerError, type BindingRequest, type InstanceRequest, type JsonObject, type ServiceBroker } from '../broker';
import type { XsuaaBroker } from '../xsuaa/broker';
import { allScopes, MASTER_XSAPPNAME, scopeOf } from './access';
import { planInitData, type InitDataResources } from './init-data';
import { parseBindingParameters, parseInstanceParameters } from './instance-parameters';
import type { Store } from './store';

export interface DestinationBrokerOptions {
  readonly store: Store;
  readonly xsuaa: XsuaaBroker;
  readonly resources: InitDataResources;
  /** The binding's `uri`: the service's address without a path. */
  readonly uri: string;
}

/** Makes Destination Service instances: each has configurations of its own and an OAuth client in XSUAA. */
export class DestinationBroker implements ServiceBroker {
  readonly offering = 'destination';
  readonly plans = ['lite'];
  readonly tags = ['destination', 'conn', 'connsvc'];
  readonly description = 'Provides a secure and reliable access to destination and certificate configurations';
  readonly #options: DestinationBrokerOptions;
  readonly #instanceOfClient = new Map<string, string>();

  constructor(options: DestinationBrokerOptions) {
    this.#options = options;
  }

  /** The instance that a client id was given to in a binding; undefined once the instance is deleted. */
  instanceOfClient(clientId: string): string | undefined {
    return this.#instanceOfClient.get(clientId);
  }

  async createInstance({ instanceId, parameters }: InstanceRequest): Promise<void> {
    const { store, xsuaa, resources } = this.#options;
    const { initData } = parseInstanceParameters(parameters);
    if (store.hasInstance(instanceId)) throw new BrokerError(409, `The instance ${instanceId} exists already`);
    const data = store.addInstance(instanceId);
    try {
      const apply = await planInitData(
        [
          { data: store.subaccount, init: initData.subaccount },
          { data, init: initData.instance },
        ],
        resources,
      );
      await xsuaa.createClone({
        instanceId,
        master: MASTER_XSAPPNAME,
        authorities: allScopes,
        userScopes: [scopeOf('Read')],
        grantTypes: ['client_credentials', 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
      });
      apply();
    } catch (error) {
      store.deleteInstance(instanceId);
      throw error;
    }
  }

  async updateInstance({ instanceId, parameters }: InstanceRequest): Promise<void> {
    const { store, resources } = this.#options;
    const { initData } = parseInstanceParameters(parameters);
    const apply = await planInitData(
      [
        { data: store.subaccount, init: initData.subaccount },
        { data: this.#requireInstance(instanceId), init: initData.instance },
      ],
      resources,
    );
    apply();
  }

  /** What is on the subaccount stays, also if it came with the instance. */
  async deleteInstance(instanceId: string): Promise<void> {
    this.#requireInstance(instanceId);
    await this.#options.xsuaa.deleteInstance(instanceId);
    this.#options.store.deleteInstance(instanceId);
    for (const [clientId, owner] of this.#instanceOfClient)
      if (owner === instanceId) this.#instanceOfClient.delete(clientId);
  }

  async bind({ instanceId, bindingId, parameters }: BindingRequest): Promise<JsonObject> {
    this.#requireInstance(instanceId);
    const credentials = await this.#options.xsuaa.bind({
      instanceId,
      bindingId,
      parameters: parseBindingParameters(parameters),
    });
    const { clientid: clientId } = credentials;
    if (typeof clientId !== 'string') throw new Error('XSUAA has made a binding without a clientid.');
    this.#instanceOfClient.set(clientId, instanceId);
    return { ...credentials, uri: this.#options.uri, instanceid: instanceId };
  }

  async unbind(request: { readonly instanceId: string; readonly bindingId: string }): Promise<void> {
    this.#requireInstance(request.instanceId);
    await this.#options.xsuaa.unbind(request);
  }

  #requireInstance(instanceId: string): ReturnType<Store['instance']> {
    const { store } = this.#options;
    if (!store.hasInstance(instanceId)) throw new BrokerError(404, `There is no instance ${instanceId}`);
    return store.instance(instanceId);
  }
}
