import type { UserClient } from '../token-core/authorization';
import { resolveAuthorities } from './authorities';
import { clientIdOf, type ApplicationInstance, type CloneSettings, type Instance } from './instance';
import {
  DEFAULT_REFRESH_TOKEN_VALIDITY_S,
  DEFAULT_TOKEN_VALIDITY_S,
  defaultCredentialTypes,
  defaultGrantTypes,
  defaultSystemAttributes,
  type CredentialType,
  type SystemAttribute,
} from './oauth2-configuration';
import { resolveRoleCollections, type RoleCollection } from './role-collections';

/** An OAuth client as XSUAA's endpoints see it. */
export interface XsuaaClient extends UserClient {
  readonly xsappname: string;
  /** Scopes of its own, which it gets with client credentials. */
  readonly authorities: readonly string[];
  /** Scopes that each of its users has, besides those of roles. */
  readonly userScopes: readonly string[];
  readonly roleCollections: ReadonlyMap<string, RoleCollection>;
  readonly systemAttributes: readonly SystemAttribute[];
  readonly redirectUris: readonly string[];
  readonly tokenValidityS: number;
  readonly refreshTokenValidityS: number;
}

/** Every client may call the resources of UAA itself. */
const BASE_AUTHORITY = 'uaa.resource';

/** Describes the client of an instance; `applications` are all instances that may have granted it scopes. */
export function describeClient(instance: Instance, applications: readonly ApplicationInstance[]): XsuaaClient {
  const settings = instance.kind === 'clone' ? instance.settings : readSettings(instance, applications);
  const configuration = instance.kind === 'clone' ? {} : instance.descriptor['oauth2-configuration'];
  return {
    clientId: clientIdOf(instance),
    instanceId: instance.id,
    xsappname: instance.xsappname,
    grantTypes: new Set(settings.grantTypes ?? defaultGrantTypes),
    authorities: [...new Set([BASE_AUTHORITY, ...settings.authorities])],
    userScopes: settings.userScopes ?? [],
    roleCollections: resolveRoleCollections(instance, applications),
    systemAttributes: configuration['system-attributes'] ?? defaultSystemAttributes,
    redirectUris: configuration['redirect-uris'] ?? [],
    tokenValidityS: settings.tokenValidityS ?? DEFAULT_TOKEN_VALIDITY_S,
    refreshTokenValidityS: configuration['refresh-token-validity'] ?? DEFAULT_REFRESH_TOKEN_VALIDITY_S,
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
