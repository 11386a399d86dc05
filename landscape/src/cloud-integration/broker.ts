import type { X509Certificate } from 'node:crypto';
import {
  BrokerError,
  instanceGone,
  type BindingRequest,
  type InstanceRequest,
  type JsonObject,
  type ServiceBroker,
} from '../broker';
import type { CertificateAuthority } from '../ca/certificate-authority';
import type { ClientRegistry } from '../token-core/client-registry';
import type { XsuaaBroker } from '../xsuaa/broker';
import type { CloneSettings } from '../xsuaa/instance';
import { CLIENT_CREDENTIALS, readInstanceParameters, type InstanceParameters } from './instance-parameters';
import { readKeyParameters } from './key-parameters';
import { MASTER_XSAPPNAME, scopeOf, type Sender } from './sender';
import { issueKey, type IssuedKey } from './service-key';

export interface CloudIntegrationAddresses {
  /** Where flows are called. */
  readonly url: string;
  /** The token endpoint for secrets, and the one for certificates. */
  readonly tokenUrl: string;
  readonly certificateTokenUrl: string;
}

export interface CloudIntegrationBrokerOptions {
  /** Whom the runtime lets in. */
  readonly registry: ClientRegistry<Sender>;
  readonly xsuaa: XsuaaBroker;
  readonly ca: CertificateAuthority;
  readonly addresses: CloudIntegrationAddresses;
  readonly now: () => number;
}

type Key = Omit<IssuedKey, 'proof'>;

interface Instance {
  parameters: InstanceParameters;
  readonly clientId: string;
  readonly keys: Map<string, Key>;
}

/**
 * The broker of Process Integration Runtime: an instance is an OAuth client with user roles, a service key one way in which it
 * can authenticate.
 */
export class CloudIntegrationBroker implements ServiceBroker {
  readonly offering = 'it-rt';
  readonly plans = ['integration-flow'];
  readonly tags = ['it-rt'];
  readonly description = 'Process Integration Runtime: access to the endpoints of integration flows.';
  readonly #options: CloudIntegrationBrokerOptions;
  readonly #instances = new Map<string, Instance>();

  constructor(options: CloudIntegrationBrokerOptions) {
    this.#options = options;
  }

  /** Takes roles, grant types and so on as parameters; all of it is optional. */
  async createInstance({ instanceId, parameters: json }: InstanceRequest): Promise<void> {
    const parameters = readInstanceParameters(json);
    const { xsuaa } = this.#options;
    const clientId = await xsuaa.createClone({
      instanceId,
      master: MASTER_XSAPPNAME,
      name: instanceId,
      ...describeClient(parameters),
    });
    const instance = { parameters, clientId, keys: new Map<string, Key>() };
    this.#instances.set(instanceId, instance);
    this.#publish(instance);
  }

  /** New roles count at once, unlike in the cloud, where it takes up to an hour; without parameters nothing changes. */
  async updateInstance({ instanceId, parameters }: InstanceRequest): Promise<void> {
    const instance = this.#find(instanceId);
    if (Object.keys(parameters).length === 0) return;
    instance.parameters = readInstanceParameters(parameters);
    this.#options.xsuaa.updateClone(instanceId, describeClient(instance.parameters));
    this.#publish(instance);
  }

  async deleteInstance(instanceId: string): Promise<void> {
    const { clientId } = this.#find(instanceId);
    await this.#options.xsuaa.deleteInstance(instanceId);
    this.#instances.delete(instanceId);
    this.#options.registry.remove(clientId);
  }

  async bind({ instanceId, bindingId, parameters }: BindingRequest): Promise<JsonObject> {
    const instance = this.#find(instanceId);
    const wish = readKeyParameters(parameters);
    if (wish.type !== 'clientsecret') checkGrant(instance);
    const { ca, now, xsuaa, addresses } = this.#options;
    const { credential, external, proof } = await issueKey(wish, { ca, now, keyId: bindingId });
    // A large key takes a while to make: look again.
    if (this.#instances.get(instanceId) !== instance) throw instanceGone(instanceId);
    if (external !== undefined) this.#checkUnique(external);
    xsuaa.register(instanceId, bindingId, credential);
    instance.keys.set(bindingId, { credential, ...(external && { external }) });
    this.#publish(instance);
    return {
      oauth: {
        clientid: instance.clientId,
        ...proof,
        url: addresses.url,
        createdate: new Date(now()).toISOString(),
        tokenurl: credential.kind === 'secret' ? addresses.tokenUrl : addresses.certificateTokenUrl,
      },
    };
  }

  async unbind({ instanceId, bindingId }: { instanceId: string; bindingId: string }): Promise<void> {
    const instance = this.#find(instanceId);
    await this.#options.xsuaa.unbind({ instanceId, bindingId });
    instance.keys.delete(bindingId);
    this.#publish(instance);
  }

  /** SAP Help: a certificate can be used once across all service instances. */
  #checkUnique(certificate: X509Certificate): void {
    const keys = [...this.#instances.values()].flatMap((instance) => [...instance.keys.values()]);
    if (keys.some(({ external }) => external?.raw.equals(certificate.raw)))
      throw new BrokerError(
        409,
        'Error reading the parameters of the service key: "X.509" is in another service key already; a certificate can be used once across all service instances. For several roles, give one instance several "roles"',
      );
  }

  #find(instanceId: string): Instance {
    const instance = this.#instances.get(instanceId);
    if (instance === undefined) throw instanceGone(instanceId);
    return instance;
  }

  #publish({ clientId, parameters, keys }: Instance): void {
    const { registry } = this.#options;
    const sender = { clientId, grantTypes: new Set(parameters['grant-types']), roles: new Set(parameters.roles) };
    registry.put(sender, new Map([...keys].map(([id, { credential }]) => [id, credential])));
  }
}

function describeClient(parameters: InstanceParameters): CloneSettings {
  return {
    authorities: parameters.roles.map(scopeOf),
    grantTypes: parameters['grant-types'],
    tokenValidityS: parameters['token-validity'],
  };
}

function checkGrant({ parameters }: Instance): void {
  if (parameters['grant-types'].includes(CLIENT_CREDENTIALS)) return;
  throw new BrokerError(
    400,
    `A service key with a certificate needs the grant type ${CLIENT_CREDENTIALS}: add it to "grant-types" of the service instance`,
  );
}
