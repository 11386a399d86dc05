import type { RegisteredClient } from '../token-core/client-registry';
import { resolveAuthorities } from './authorities';
import { clientIdOf, type ApplicationInstance, type Instance } from './instance';
import {
  DEFAULT_TOKEN_VALIDITY_S,
  defaultCredentialTypes,
  defaultGrantTypes,
  type CredentialType,
} from './oauth2-configuration';

/** An OAuth client as XSUAA's endpoints see it. */
export interface XsuaaClient extends RegisteredClient {
  readonly serviceInstanceId: string;
  readonly xsappname: string;
  /** Scopes of its own, which it gets with client credentials. */
  readonly authorities: readonly string[];
  readonly tokenValidityS: number;
}

/** Every client may call the resources of UAA itself. */
const BASE_AUTHORITY = 'uaa.resource';

/** Describes the client of an instance; `applications` are all instances that may have granted it scopes. */
export function describeClient(instance: Instance, applications: readonly ApplicationInstance[]): XsuaaClient {
  const configuration = instance.kind === 'application' ? instance.descriptor['oauth2-configuration'] : {};
  const authorities =
    instance.kind === 'application' ? resolveAuthorities(instance, applications) : instance.authorities;
  return {
    clientId: clientIdOf(instance),
    serviceInstanceId: instance.id,
    xsappname: instance.xsappname,
    grantTypes: new Set(configuration['grant-types'] ?? defaultGrantTypes),
    authorities: [...new Set([BASE_AUTHORITY, ...authorities])],
    tokenValidityS: configuration['token-validity'] ?? DEFAULT_TOKEN_VALIDITY_S,
  };
}

export function credentialTypesOf(instance: Instance): readonly CredentialType[] {
  return (
    (instance.kind === 'application' && instance.descriptor['oauth2-configuration']['credential-types']) ||
    defaultCredentialTypes
  );
}
