import type { RegisteredClient } from '../token-core/client-registry';
import { resolveAuthorities } from './authorities';
import { clientIdOf, type ApplicationInstance, type CloneSettings, type Instance } from './instance';
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
  const {
    authorities,
    grantTypes = defaultGrantTypes,
    tokenValidityS = DEFAULT_TOKEN_VALIDITY_S,
  } = instance.kind === 'clone' ? instance.settings : readSettings(instance, applications);
  return {
    clientId: clientIdOf(instance),
    serviceInstanceId: instance.id,
    xsappname: instance.xsappname,
    grantTypes: new Set(grantTypes),
    authorities: [...new Set([BASE_AUTHORITY, ...authorities])],
    tokenValidityS,
  };
}

function readSettings(instance: ApplicationInstance, applications: readonly ApplicationInstance[]): CloneSettings {
  const { 'grant-types': grantTypes, 'token-validity': tokenValidityS } = instance.descriptor['oauth2-configuration'];
  return {
    authorities: resolveAuthorities(instance, applications),
    ...(grantTypes && { grantTypes }),
    ...(tokenValidityS !== undefined && { tokenValidityS }),
  };
}

export function credentialTypesOf(instance: Instance): readonly CredentialType[] {
  return (
    (instance.kind === 'application' && instance.descriptor['oauth2-configuration']['credential-types']) ||
    defaultCredentialTypes
  );
}
