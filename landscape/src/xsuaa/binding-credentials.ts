import type { JsonObject } from '../broker';
import { clientIdOf, type Instance } from './instance';
import { credentialTypesOf } from './xsuaa-client';
import { subaccount, type XsuaaAddresses } from './subaccount';

/** What the credentials of a binding prove the client with. */
export type Proof =
  | { readonly type: 'binding-secret' | 'instance-secret'; readonly secret?: string }
  | {
      readonly type: 'x509';
      readonly pinning: boolean;
      /** PEM; absent when hidden. */
      readonly certificate?: string;
      /** PEM; absent when the client has made it. */
      readonly key?: string;
    };

interface Context {
  readonly addresses: XsuaaAddresses;
  /** PEM. */
  readonly verificationKey: string;
}

/** Builds the credentials of a binding or service key as SAP's broker gives them. */
export function buildCredentials(instance: Instance, proof: Proof, context: Context): JsonObject {
  return instance.kind === 'application'
    ? { ...describeProof(proof, instance, context), ...describeApplication(instance, context) }
    : { ...describeProof(proof, instance, context), ...describeClone(instance, context) };
}

function describeProof(proof: Proof, instance: Instance, { addresses }: Context): JsonObject {
  const client = { clientid: clientIdOf(instance), 'credential-type': proof.type };
  if (proof.type !== 'x509') return { ...client, ...(proof.secret !== undefined && { clientsecret: proof.secret }) };
  return {
    ...client,
    ...(proof.certificate !== undefined && { certificate: proof.certificate }),
    ...(proof.key !== undefined && { key: proof.key }),
    ...(instance.kind === 'application' && { 'certificate-pinning': proof.pinning }),
    certurl: addresses.certUrl,
  };
}

function describeApplication(
  instance: Extract<Instance, { kind: 'application' }>,
  { addresses, verificationKey }: Context,
): JsonObject {
  return {
    url: addresses.url,
    uaadomain: addresses.uaaDomain,
    apiurl: addresses.url,
    sburl: addresses.url,
    xsappname: instance.xsappname,
    clientx509enabled: credentialTypesOf(instance).includes('x509'),
    identityzone: subaccount.subdomain,
    identityzoneid: subaccount.id,
    tenantid: subaccount.id,
    zoneid: subaccount.id,
    subaccountid: subaccount.id,
    tenantmode: instance.descriptor['tenant-mode'],
    serviceInstanceId: instance.id,
    verificationkey: verificationKey,
  };
}

/** The service that owns the instance adds `uri` and `instanceid`. */
function describeClone({ xsappname }: Instance, { addresses, verificationKey }: Context): JsonObject {
  return {
    url: addresses.url,
    uaadomain: addresses.uaaDomain,
    xsappname,
    identityzone: subaccount.subdomain,
    tenantid: subaccount.id,
    tenantmode: 'dedicated',
    verificationkey: verificationKey,
  };
}
