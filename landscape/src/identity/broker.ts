import { randomUUID } from 'node:crypto';
import {
  BrokerError,
  instanceGone,
  type BindingRequest,
  type InstanceRequest,
  type JsonObject,
  type ServiceBroker,
} from '../broker';
import type { CertificateAuthority } from '../ca/certificate-authority';
import type { ClientCredential } from '../token-core/client-credential';
import type { ClientRegistry } from '../token-core/client-registry';
import { checkRoom, removeBinding } from '../token-core/instance-bindings';
import { describeApplication, nameOf, type Application } from './application';
import { buildCredentials, type CredentialsContext } from './binding-credentials';
import { readBindingParameters } from './binding-parameters';
import { describeClient, type IdentityClient } from './identity-client';
import type { Binding, Instance } from './instance';
import { readInstanceParameters, refuseParameters, type InstanceParameters } from './instance-parameters';
import { issueBinding } from './issue-binding';

const MAX_SUBJECTS = 20;

export interface IdentityBrokerOptions extends CredentialsContext {
  readonly registry: ClientRegistry<IdentityClient>;
  readonly ca: CertificateAuthority;
  readonly now: () => number;
}

/** The broker of SAP Cloud Identity Services: an instance is an application of the tenant, with one client id. */
export class IdentityBroker implements ServiceBroker {
  readonly offering = 'identity';
  readonly plans = ['application'];
  readonly tags = ['ias'];
  readonly description = 'Authenticate users and applications with SAP Cloud Identity Services.';
  readonly #options: IdentityBrokerOptions;
  readonly #instances = new Map<string, Instance>();

  constructor(options: IdentityBrokerOptions) {
    this.#options = options;
  }

  /** Takes the content of config_ias.json as parameters; all of it is optional. */
  async createInstance({ instanceId, instanceName, parameters }: InstanceRequest): Promise<void> {
    if (this.#instances.has(instanceId)) throw new BrokerError(409, `Service instance ${instanceId} exists already`);
    if (!this.#options.trust.established)
      throw new BrokerError(
        400,
        'The subaccount does not trust a tenant of SAP Cloud Identity Services; establish trust first (cockpit: Security, Trust Configuration)',
      );
    this.#instances.set(instanceId, {
      id: instanceId,
      name: instanceName,
      clientId: randomUUID(),
      ...this.#read(instanceId, parameters),
      bindings: new Map(),
    });
    this.#publishAll();
  }

  /** Without parameters nothing changes. */
  async updateInstance({ instanceId, parameters }: InstanceRequest): Promise<void> {
    const instance = this.#find(instanceId);
    if (Object.keys(parameters).length === 0) return;
    Object.assign(instance, this.#read(instanceId, parameters));
    this.#publishAll();
  }

  async deleteInstance(instanceId: string): Promise<void> {
    const { clientId } = this.#find(instanceId);
    this.#instances.delete(instanceId);
    this.#options.registry.remove(clientId);
    this.#publishAll();
  }

  async bind({ instanceId, bindingId, parameters }: BindingRequest): Promise<JsonObject> {
    const instance = this.#find(instanceId);
    checkRoom(instance, bindingId);
    const { clientId } = instance;
    const { ca, now } = this.#options;
    const { binding, proof } = await issueBinding(readBindingParameters(parameters), { ca, now, clientId, bindingId });
    // A large key takes a while to make: look again.
    if (this.#instances.get(instanceId) !== instance) throw instanceGone(instanceId);
    checkRoom(instance, bindingId);
    checkSubjects(instance, binding);
    this.#checkUnique(binding);
    instance.bindings.set(bindingId, binding);
    this.#publish(instance);
    return buildCredentials(instance, proof, this.#options);
  }

  async unbind({ instanceId, bindingId }: { instanceId: string; bindingId: string }): Promise<void> {
    const instance = this.#find(instanceId);
    removeBinding(instance, bindingId);
    this.#publish(instance);
  }

  /** The applications of the tenant, as its administration shows them. */
  applications(): readonly Application[] {
    return [...this.#instances.values()].map((instance) => describeApplication(instance, this.#instances));
  }

  #read(
    instanceId: string,
    json: JsonObject,
  ): { readonly parameters: InstanceParameters; readonly consumed: readonly string[] } {
    const parameters = readInstanceParameters(json);
    const others = [...this.#instances.values()].filter(({ id }) => id !== instanceId);
    const name = nameOf({ id: instanceId, parameters });
    if (others.some((other) => nameOf(other) === name))
      throw refuseParameters([`"name" is "${name}", which another application of the tenant has; choose another`]);
    const consumed = parameters['consumed-services'].map(({ 'service-instance-name': wanted }) => {
      const provider = others.find((other) => other.name === wanted);
      if (provider === undefined)
        throw refuseParameters([
          `"consumed-services" names "${wanted}", which is no other service instance of identity; create it first`,
        ]);
      return provider.id;
    });
    return { parameters, consumed };
  }

  #checkUnique({ type, certificate }: Binding): void {
    if (type !== 'X509_PROVIDED' || certificate === undefined) return;
    const others = [...this.#instances.values()].flatMap(({ bindings }) => [...bindings.values()]);
    if (others.some((other) => other.certificate?.raw.equals(certificate.raw)))
      throw new BrokerError(
        409,
        'Error reading the binding parameters: "certificate" is used by another binding or service key; it must be unique in the tenant',
      );
  }

  #find(instanceId: string): Instance {
    const instance = this.#instances.get(instanceId);
    if (instance === undefined) throw instanceGone(instanceId);
    return instance;
  }

  /** What one application provides is in the description of those that consume it. */
  #publishAll(): void {
    for (const instance of this.#instances.values()) this.#publish(instance);
  }

  #publish(instance: Instance): void {
    this.#options.registry.put(describeClient(instance, this.#instances), collectCredentials(instance));
  }
}

function collectCredentials({ bindings }: Instance): Map<string, ClientCredential> {
  const credentials = new Map<string, ClientCredential>();
  for (const [id, { credential }] of bindings) if (credential !== undefined) credentials.set(id, credential);
  return credentials;
}

function checkSubjects({ bindings }: Instance, { certificate }: Binding): void {
  const subjects = new Set([...bindings.values()].flatMap((binding) => binding.certificate?.subject ?? []));
  if (certificate === undefined || subjects.has(certificate.subject) || subjects.size < MAX_SUBJECTS) return;
  throw new BrokerError(
    400,
    `The service instance has certificates with ${MAX_SUBJECTS} different subjects, more are not allowed; delete bindings or service keys, or give their certificates a subject in common by "app-identifier"`,
  );
}
