import { randomBytes } from 'node:crypto';
import {
  BrokerError,
  instanceGone,
  type BindingRequest,
  type InstanceRequest,
  type JsonObject,
  type ServiceBroker,
} from '../broker';
import type { CertificateAuthority } from '../ca/certificate-authority';
import { createGeneratedCertificate, createSecret, type ClientCredential } from '../token-core/client-credential';
import type { ClientRegistry } from '../token-core/client-registry';
import { checkRoom, removeBinding } from '../token-core/instance-bindings';
import { buildCredentials, type Proof } from './binding-credentials';
import { readBindingParameters, type BindingWish } from './binding-parameters';
import { makeBindingSecret } from './binding-secret';
import { checkCompatible } from './compatible-changes';
import {
  clientIdOf,
  type ApplicationInstance,
  type Binding,
  type CloneInstance,
  type CloneSettings,
  type Instance,
} from './instance';
import { readOwnCertificate } from './own-certificate';
import { readSecurityDescriptor } from './security-descriptor';
import { suffixes, type XsuaaAddresses } from './subaccount';
import { credentialTypesOf, describeClient, type XsuaaClient } from './xsuaa-client';

const MAX_INSTANCES = 2_500;

/** What a service that brings its own OAuth client to each of its instances (e.g. the Destination Service) asks for. */
export interface CloneRequest extends CloneSettings {
  /** GUID of the instance of the other service; bind, unbind and deleteInstance are called with it afterwards. */
  readonly instanceId: string;
  /** xsappname of the service's own application without its suffix, e.g. `destination-xsappname`. */
  readonly master: string;
  /** What the clone's xsappname begins with; `clone` and the GUID without dashes, if the service does not choose. */
  readonly name?: string;
}

export interface XsuaaBrokerOptions {
  readonly registry: ClientRegistry<XsuaaClient>;
  readonly ca: CertificateAuthority;
  readonly addresses: XsuaaAddresses;
  /** PEM of the key that verifies tokens. */
  readonly verificationKey: string;
  readonly now: () => number;
}

interface Issued {
  readonly binding: Binding;
  readonly proof: Proof;
}

/**
 * The broker of XSUAA. A clone is an instance like any other to bind, unbind and deleteInstance; `bind` takes XSUAA's flat
 * binding parameters (`{"credential-type": "x509", "x509": {…}}`) and returns credentials without `uri` and `instanceid`.
 */
export class XsuaaBroker implements ServiceBroker {
  readonly offering = 'xsuaa';
  readonly plans = ['application'];
  readonly tags = ['xsuaa'];
  readonly description = 'Manage application authorizations and trust to identity providers.';
  readonly #options: XsuaaBrokerOptions;
  readonly #instances = new Map<string, Instance>();

  constructor(options: XsuaaBrokerOptions) {
    this.#options = options;
  }

  /** Takes the content of xs-security.json as parameters. */
  async createInstance({ instanceId, instanceName, parameters }: InstanceRequest): Promise<void> {
    this.#checkNew(instanceId);
    const descriptor = readSecurityDescriptor(parameters);
    const xsappname = `${descriptor.xsappname}${suffixes.application}`;
    if ([...this.#instances.values()].some((instance) => instance.xsappname === xsappname))
      throw new BrokerError(
        409,
        `Error creating application: an application with "xsappname" "${xsappname}" exists already; choose another "xsappname" or delete its service instance`,
      );
    this.#instances.set(instanceId, {
      kind: 'application',
      id: instanceId,
      name: instanceName,
      xsappname,
      descriptor,
      bindings: new Map(),
    });
    this.#publishAll();
  }

  /** Returns the id of the new client. @throws {BrokerError} when the instance exists already. */
  async createClone({ instanceId, master, name, ...settings }: CloneRequest): Promise<string> {
    this.#checkNew(instanceId);
    const begin = name ?? `clone${instanceId.replaceAll('-', '')}`;
    const clone: CloneInstance = {
      kind: 'clone',
      id: instanceId,
      xsappname: `${begin}${suffixes.clone}|${master}${suffixes.master}`,
      settings,
      bindings: new Map(),
    };
    this.#instances.set(instanceId, clone);
    this.#publishAll();
    return clientIdOf(clone);
  }

  /** @throws {BrokerError} when there is no such clone. */
  updateClone(instanceId: string, settings: CloneSettings): void {
    const clone = this.#findClone(instanceId);
    clone.settings = settings;
    this.#publish(clone);
  }

  /**
   * Lets the client of a clone authenticate with what the service has issued itself; `unbind` ends that.
   * @throws {BrokerError} when there is no such clone, or the binding exists already.
   */
  register(instanceId: string, bindingId: string, credential: ClientCredential): void {
    const clone = this.#findClone(instanceId);
    checkRoom(clone, bindingId);
    clone.bindings.set(bindingId, { type: credential.kind === 'secret' ? 'binding-secret' : 'x509', credential });
    this.#publish(clone);
  }

  /** Bindings of a credential type that the new descriptor no longer lists stop working; without parameters nothing changes. */
  async updateInstance({ instanceId, parameters }: InstanceRequest): Promise<void> {
    const instance = this.#find(instanceId);
    if (instance.kind === 'clone' || Object.keys(parameters).length === 0) return;
    const descriptor = readSecurityDescriptor(parameters);
    checkCompatible(instance.descriptor, descriptor);
    instance.descriptor = descriptor;
    this.#publishAll();
  }

  async deleteInstance(instanceId: string): Promise<void> {
    const instance = this.#find(instanceId);
    this.#instances.delete(instanceId);
    this.#options.registry.remove(clientIdOf(instance));
    this.#publishAll();
  }

  async bind({ instanceId, bindingId, parameters }: BindingRequest): Promise<JsonObject> {
    const instance = this.#find(instanceId);
    checkRoom(instance, bindingId);
    const wish = readBindingParameters(parameters, credentialTypesOf(instance));
    const { binding, proof } = await this.#issue(instance, bindingId, wish);
    // A large key takes a while to make: look again.
    if (this.#instances.get(instanceId) !== instance) throw instanceGone(instanceId);
    checkRoom(instance, bindingId);
    instance.bindings.set(bindingId, binding);
    this.#publish(instance);
    return buildCredentials(instance, proof, this.#options);
  }

  async unbind({ instanceId, bindingId }: { instanceId: string; bindingId: string }): Promise<void> {
    const instance = this.#find(instanceId);
    removeBinding(instance, bindingId);
    this.#publish(instance);
  }

  async #issue(instance: Instance, bindingId: string, wish: BindingWish): Promise<Issued> {
    if (wish.type === 'instance-secret') return { binding: { type: wish.type }, proof: shareSecret(instance) };
    if (wish.type === 'binding-secret') return issueBindingSecret(wish);
    return wish.source === 'generated'
      ? this.#issueCertificate(instance, bindingId, wish)
      : this.#registerOwn(instance, wish);
  }

  async #issueCertificate(
    { xsappname }: Instance,
    bindingId: string,
    { keyLength, validityDays }: Extract<BindingWish, { source: 'generated' }>,
  ): Promise<Issued> {
    const { certificate, key, leaf } = await this.#options.ca.issueClient({
      commonName: bindingId,
      locality: xsappname,
      keyLength,
      validityDays,
    });
    return {
      binding: { type: 'x509', credential: createGeneratedCertificate(leaf) },
      proof: { type: 'x509', pinning: true, certificate, key },
    };
  }

  #registerOwn(
    instance: Instance,
    { certificate, pinning, hideCertificate }: Extract<BindingWish, { source: 'self-managed' }>,
  ): Issued {
    const { ca, now } = this.#options;
    const authorities = ca.authorities;
    const { credential, uniqueKey } = readOwnCertificate({ certificate, pinning, authorities, now: now() });
    if ([...instance.bindings.values()].some((binding) => binding.uniqueKey === uniqueKey))
      throw new BrokerError(
        409,
        `"x509.certificate" is used by another binding or service key of this service instance; each needs a certificate of its own`,
      );
    return {
      binding: { type: 'x509', credential, uniqueKey },
      proof: { type: 'x509', pinning, ...(!hideCertificate && { certificate }) },
    };
  }

  #checkNew(instanceId: string): void {
    if (this.#instances.has(instanceId)) throw new BrokerError(409, `Service instance ${instanceId} exists already`);
    if (this.#instances.size >= MAX_INSTANCES)
      throw new BrokerError(
        400,
        `The subaccount has ${MAX_INSTANCES} service instances of xsuaa; more are not allowed`,
      );
  }

  #find(instanceId: string): Instance {
    const instance = this.#instances.get(instanceId);
    if (instance === undefined) throw instanceGone(instanceId);
    return instance;
  }

  #findClone(instanceId: string): CloneInstance {
    const instance = this.#find(instanceId);
    if (instance.kind !== 'clone') throw instanceGone(instanceId);
    return instance;
  }

  /** One application's grants are another's authorities. */
  #publishAll(): void {
    for (const instance of this.#instances.values()) this.#publish(instance);
  }

  #publish(instance: Instance): void {
    const applications = [...this.#instances.values()].filter(isApplication);
    this.#options.registry.put(describeClient(instance, applications), collectCredentials(instance));
  }
}

function isApplication(instance: Instance): instance is ApplicationInstance {
  return instance.kind === 'application';
}

/** Credentials of the types that the instance lists now. */
function collectCredentials(instance: Instance): Map<string, ClientCredential> {
  const allowed = credentialTypesOf(instance);
  const credentials = new Map<string, ClientCredential>();
  for (const [id, { type, credential }] of instance.bindings)
    if (credential !== undefined && allowed.includes(type)) credentials.set(id, credential);
  if (isApplication(instance) && instance.instanceSecret !== undefined && allowed.includes('instance-secret'))
    credentials.set('instance-secret', instance.instanceSecret.credential);
  return credentials;
}

function issueBindingSecret({ type, hideSecret }: Extract<BindingWish, { type: 'binding-secret' }>): Issued {
  if (hideSecret) return { binding: { type }, proof: { type } };
  const secret = makeBindingSecret();
  return { binding: { type, credential: createSecret(secret) }, proof: { type, secret } };
}

function shareSecret(instance: Instance): Proof {
  if (instance.kind === 'clone') throw new BrokerError(400, 'This service has no instance secrets');
  if (instance.instanceSecret === undefined) {
    const secret = randomBytes(20).toString('base64');
    instance.instanceSecret = { secret, credential: createSecret(secret) };
  }
  return { type: 'instance-secret', secret: instance.instanceSecret.secret };
}
