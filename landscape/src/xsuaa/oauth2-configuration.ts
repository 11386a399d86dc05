import { optional, string, type InferOutput } from 'valibot';
import { distinctList, flag, knownMembers, list, oneOf, wholeNumber } from '../parameter-schema';
import { redirectPattern } from '../token-core/redirect-pattern';

export const credentialTypes = ['binding-secret', 'x509', 'instance-secret'] as const;
export type CredentialType = (typeof credentialTypes)[number];

/** Without `credential-types` the first two are accepted, and secrets are the default. */
export const defaultCredentialTypes: readonly CredentialType[] = ['binding-secret', 'x509'];

const grantTypes = [
  'authorization_code',
  'client_credentials',
  'refresh_token',
  'password',
  'user_token',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
] as const;

/** What a client may do whose descriptor does not say: everything but to handle its users' passwords. */
export const defaultGrantTypes: readonly string[] = grantTypes.filter((type) => type !== 'password');

export const DEFAULT_TOKEN_VALIDITY_S = 43_200;
export const DEFAULT_REFRESH_TOKEN_VALIDITY_S = 604_800;

const systemAttributes = ['groups', 'rolecollections', 'ias-corporate-idp-token', 'ias-token'] as const;
export type SystemAttribute = (typeof systemAttributes)[number];
export const defaultSystemAttributes: readonly SystemAttribute[] = ['groups', 'rolecollections'];

/**
 * `oauth2-configuration` of xs-security.json: the documented members, and two that SAP's own samples use (`grant-types`,
 * `autoapprove`).
 */
export const oauth2ConfigurationSchema = knownMembers({
  'token-validity': optional(wholeNumber(60, 86_400, 'seconds')),
  'refresh-token-validity': optional(wholeNumber(60, 31_536_000, 'seconds')),
  'redirect-uris': optional(list(redirectPattern(), 500)),
  'credential-types': optional(distinctList(oneOf(credentialTypes))),
  'system-attributes': optional(list(oneOf(systemAttributes), 4)),
  allowedproviders: optional(list(string('a text, the origin key of an identity provider'), 500)),
  'grant-types': optional(distinctList(oneOf(grantTypes))),
  autoapprove: optional(flag()),
});

export type Oauth2Configuration = InferOutput<typeof oauth2ConfigurationSchema>;
