import { randomUUID } from 'node:crypto';
import type { JsonObject, ServiceBroker } from '../broker';
import { CloudFoundryError } from './cloud-foundry-error';
import { describeBrokerError, failedJob } from './job';
import { BROKER_NAME, describeBinding, describeKey, describeService } from './service-description';
import type {
  BindingSummary,
  BindServiceRequest,
  CreateServiceRequest,
  CreateUserProvidedServiceRequest,
  LastOperation,
  OfferingSummary,
  ServiceChange,
  ServiceDetail,
  ServiceKeyDetail,
  ServiceKeyRequest,
  ServiceKeySummary,
  ServiceOperations,
  ServiceSummary,
} from './service-types';
import type {
  AppRecord,
  BindingRecord,
  ManagedServiceRecord,
  ServiceKeyRecord,
  ServiceRecord,
  SpaceState,
} from './state';
import { TaskQueue } from './task-queue';

export interface ServicesOptions {
  readonly state: SpaceState;
  readonly brokers: readonly ServiceBroker[];
}

/** Service instances, bindings and keys of the space. Changes run one after the other. */
export class Services implements ServiceOperations {
  readonly #state: SpaceState;
  readonly #brokers: readonly ServiceBroker[];
  readonly #queue = new TaskQueue();

  constructor({ state, brokers }: ServicesOptions) {
    this.#state = state;
    this.#brokers = brokers;
  }

  marketplace(): OfferingSummary[] {
    return this.#brokers.map(({ offering, plans, description }) => ({
      offering,
      plans,
      description,
      broker: BROKER_NAME,
    }));
  }

  services(): ServiceSummary[] {
    const records = [...this.#state.services.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return records.map((record) => describeService(record, this.#state.bindings));
  }

  service(name: string): ServiceDetail {
    return describeService(this.#find(name), this.#state.bindings);
  }

  createService(request: CreateServiceRequest): Promise<'created' | 'exists'> {
    return this.#queue.run(async () => {
      const broker = this.#findBroker(request.offering, request.plan, request.broker);
      const existing = this.#state.services.get(request.name);
      if (existing !== undefined && !isFailed(existing, 'create')) return 'exists';
      const record: ManagedServiceRecord = {
        kind: 'managed',
        guid: randomUUID(),
        name: request.name,
        tags: request.tags ?? [],
        broker,
        plan: request.plan,
        parameters: request.parameters ?? {},
        lastOperation: operation('create', 'succeeded'),
      };
      try {
        await broker.createInstance(instanceRequest(record));
      } catch (error) {
        const message = describeBrokerError(error);
        record.lastOperation = operation('create', 'failed', message);
        this.#state.services.set(request.name, record);
        throw failedJob(message, error);
      }
      this.#state.services.set(request.name, record);
      return 'created';
    });
  }

  createUserProvidedService(request: CreateUserProvidedServiceRequest): Promise<'created' | 'exists'> {
    return this.#queue.run(async () => {
      if (this.#state.services.has(request.name)) return 'exists';
      this.#state.services.set(request.name, {
        kind: 'user-provided',
        guid: randomUUID(),
        name: request.name,
        tags: request.tags ?? [],
        credentials: request.credentials ?? {},
        ...(request.syslogDrainUrl !== undefined && { syslogDrainUrl: request.syslogDrainUrl }),
        ...(request.routeServiceUrl !== undefined && { routeServiceUrl: request.routeServiceUrl }),
        lastOperation: operation('create', 'succeeded', 'Operation succeeded'),
      });
      return 'created';
    });
  }

  updateService(name: string, change: ServiceChange): Promise<'updated' | 'unchanged'> {
    return this.#queue.run(async () => {
      const record = this.#find(name);
      if (record.kind === 'user-provided')
        throw new CloudFoundryError('service-instance-not-managed', `The service instance '${name}' is not managed`);
      const plan = change.plan ?? record.plan;
      if (change.parameters === undefined && change.tags === undefined && plan === record.plan) return 'unchanged';
      this.#findBroker(record.broker.offering, plan);
      if (change.parameters !== undefined || plan !== record.plan) {
        // Absent parameters leave the instance as it is; the broker gets those that it has.
        const parameters = change.parameters ?? record.parameters;
        await this.#attempt(record, 'update', () =>
          record.broker.updateInstance(instanceRequest({ ...record, plan, parameters })),
        );
        record.parameters = parameters;
        record.plan = plan;
      }
      record.tags = change.tags ?? record.tags;
      record.lastOperation = operation('update', 'succeeded');
      return 'updated';
    });
  }

  deleteService(name: string): Promise<'deleted' | 'missing'> {
    return this.#queue.run(async () => {
      const record = this.#state.services.get(name);
      if (record === undefined) return 'missing';
      const bound = [...this.#state.bindings, ...this.#state.keys].filter(({ service }) => service === record);
      await this.#attempt(record, 'delete', async () => {
        for (const binding of bound) await this.#release(binding);
        if (record.kind === 'managed' && !isFailed(record, 'create')) await record.broker.deleteInstance(record.guid);
      });
      this.#state.services.delete(name);
      return 'deleted';
    });
  }

  bindService(request: BindServiceRequest): Promise<'bound' | 'already-bound'> {
    return this.#queue.run(async () => {
      const service = this.#find(request.service);
      const app = this.#findApp(request.app);
      if (request.strategy !== 'multiple' && this.#bindingsBetween(app, service).length > 0) return 'already-bound';
      try {
        await this.#bind(app, service, request);
      } catch (error) {
        throw failedJob(describeBrokerError(error), error);
      }
      return 'bound';
    });
  }

  /**
   * Binds what a manifest lists; services that are bound already stay as they are.
   * @throws {CloudFoundryError} for a missing instance, a name that is taken, or in the words of a broker that refuses.
   */
  bindFromManifest(app: AppRecord, request: Omit<BindServiceRequest, 'app' | 'strategy'>): Promise<void> {
    return this.#queue.run(async () => {
      const service = this.#find(request.service);
      if (this.#bindingsBetween(app, service).length > 0) return;
      try {
        await this.#bind(app, service, request);
      } catch (error) {
        if (error instanceof CloudFoundryError) throw error;
        const detail = `For service '${request.service}': ${describeBrokerError(error)}`;
        throw new CloudFoundryError('unprocessable', detail, { cause: error });
      }
    });
  }

  /** @throws {CloudFoundryError} `Service instance 'X' not found`. */
  requireService(name: string): void {
    this.#find(name);
  }

  unbindService(request: {
    readonly app: string;
    readonly service: string;
    readonly bindingGuid?: string;
  }): Promise<readonly string[]> {
    return this.#queue.run(async () => {
      const service = this.#find(request.service);
      const bindings = this.#bindingsBetween(this.#findApp(request.app), service).filter(
        ({ guid }) => request.bindingGuid === undefined || guid === request.bindingGuid,
      );
      for (const binding of bindings) await this.#releaseInJob(binding);
      return bindings.map(({ guid }) => guid);
    });
  }

  /** Removes all bindings of an app that is deleted. */
  unbindAll(app: AppRecord): Promise<void> {
    return this.#queue.run(async () => {
      for (const binding of this.#state.bindingsOf(app)) await this.#releaseInJob(binding);
    });
  }

  bindings(app: string): BindingSummary[] {
    return this.#state.bindingsOf(this.#findApp(app)).map(describeBinding);
  }

  createServiceKey({
    service: name,
    key,
    parameters = {},
  }: ServiceKeyRequest & { readonly parameters?: JsonObject }): Promise<'created' | 'exists'> {
    return this.#queue.run(async () => {
      const service = this.#find(name);
      if (service.kind === 'user-provided')
        throw new CloudFoundryError(
          'service-keys-not-supported',
          "Service credential bindings of type 'key' are not supported for user-provided service instances.",
        );
      requireReady(service);
      if (this.#findKey(service, key) !== undefined) return 'exists';
      const guid = randomUUID();
      try {
        const credentials = await service.broker.bind({ instanceId: service.guid, bindingId: guid, parameters });
        this.#state.keys.push({ guid, service, name: key, credentials, createdAt: new Date() });
      } catch (error) {
        throw failedJob(describeBrokerError(error), error);
      }
      return 'created';
    });
  }

  serviceKeys(name: string): ServiceKeySummary[] {
    const service = this.#find(name);
    const keys = this.#state.keys.filter((key) => key.service === service);
    return keys.map(describeKey).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  serviceKey({ service, key }: ServiceKeyRequest): ServiceKeyDetail | undefined {
    const record = this.#findKey(this.#find(service), key);
    return record && describeKey(record);
  }

  deleteServiceKey({ service, key }: ServiceKeyRequest): Promise<'deleted' | 'missing'> {
    return this.#queue.run(async () => {
      const record = this.#findKey(this.#find(service), key);
      if (record === undefined) return 'missing';
      await this.#releaseInJob(record);
      return 'deleted';
    });
  }

  async #bind(
    app: AppRecord,
    service: ServiceRecord,
    { bindingName, parameters = {} }: Pick<BindServiceRequest, 'bindingName' | 'parameters'>,
  ): Promise<void> {
    requireReady(service);
    const clash = this.#state
      .bindingsOf(app)
      .find(({ name, service: other }) => name === bindingName && other !== service);
    if (bindingName !== undefined && clash !== undefined)
      throw new CloudFoundryError(
        'unprocessable',
        `The binding name is invalid. Binding names must be unique for a given service instance and app. The app already has a binding with name '${bindingName}'.`,
      );
    const guid = randomUUID();
    const credentials =
      service.kind === 'managed'
        ? await service.broker.bind({ instanceId: service.guid, bindingId: guid, parameters })
        : service.credentials;
    const named = bindingName === undefined ? {} : { name: bindingName };
    this.#state.bindings.push({ guid, app, service, credentials, createdAt: new Date(), ...named });
  }

  async #releaseInJob(binding: BindingRecord | ServiceKeyRecord): Promise<void> {
    try {
      await this.#release(binding);
    } catch (error) {
      throw failedJob(describeBrokerError(error), error);
    }
  }

  async #release(binding: BindingRecord | ServiceKeyRecord): Promise<void> {
    const { service, guid } = binding;
    if (service.kind === 'managed') await service.broker.unbind({ instanceId: service.guid, bindingId: guid });
    removeFrom(this.#state.bindings, guid);
    removeFrom(this.#state.keys, guid);
  }

  async #attempt(record: ServiceRecord, type: LastOperation['type'], action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      const message = describeBrokerError(error);
      record.lastOperation = operation(type, 'failed', message);
      throw failedJob(message, error);
    }
  }

  #bindingsBetween(app: AppRecord, service: ServiceRecord): BindingRecord[] {
    return this.#state.bindingsOf(app).filter((binding) => binding.service === service);
  }

  #find(name: string): ServiceRecord {
    const record = this.#state.services.get(name);
    if (record !== undefined) return record;
    throw new CloudFoundryError('service-instance-not-found', `Service instance '${name}' not found`);
  }

  #findApp(name: string): AppRecord {
    const app = this.#state.apps.get(name);
    if (app !== undefined) return app;
    throw new CloudFoundryError('app-not-found', `App '${name}' not found.`);
  }

  #findKey(service: ServiceRecord, name: string): ServiceKeyRecord | undefined {
    return this.#state.keys.find((key) => key.service === service && key.name === name);
  }

  #findBroker(offering: string, plan: string, brokerName?: string): ServiceBroker {
    const broker = this.#brokers.find((candidate) => candidate.offering === offering && candidate.plans.includes(plan));
    if (broker !== undefined && (brokerName ?? BROKER_NAME) === BROKER_NAME) return broker;
    const of = brokerName === undefined ? '' : ` and broker '${brokerName}'`;
    throw new CloudFoundryError(
      'service-plan-not-found',
      `The plan '${plan}' could not be found for service offering '${offering}'${of}.`,
    );
  }
}

function instanceRequest({ guid, name, plan, parameters }: ManagedServiceRecord) {
  return { instanceId: guid, instanceName: name, plan, parameters };
}

function isFailed({ lastOperation }: ServiceRecord, type: LastOperation['type']): boolean {
  return lastOperation.type === type && lastOperation.state === 'failed';
}

function requireReady(service: ServiceRecord): void {
  if (isFailed(service, 'create'))
    throw new CloudFoundryError(
      'unprocessable',
      `The service instance '${service.name}' could not be created: delete it or create it anew.`,
    );
}

function operation(type: LastOperation['type'], state: LastOperation['state'], message = ''): LastOperation {
  const now = new Date();
  return { type, state, message, started: now, updated: now };
}

function removeFrom(records: { readonly guid: string }[], guid: string): void {
  const index = records.findIndex((record) => record.guid === guid);
  if (index >= 0) records.splice(index, 1);
}
