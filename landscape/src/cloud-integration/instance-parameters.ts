import { optional, type InferOutput } from 'valibot';
import { BrokerError, type JsonObject } from '../broker';
import { distinctList, knownMembers, list, oneOf, parseParameters, textLike, wholeNumber } from '../parameter-schema';

/** What a sender adapter demands if nobody changes it, and an instance has then. */
export const DEFAULT_ROLE = 'ESBMessaging.send';

export const CLIENT_CREDENTIALS = 'client_credentials';

const grantTypes = [
  'authorization_code',
  CLIENT_CREDENTIALS,
  'password',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:saml2-bearer',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
] as const;

export const roleName = textLike(/^[\w.-]{1,64}$/, 'a role: 1 to 64 letters, digits, . - and _');

/** SAP Help: Creating Service Instance and Service Key for Inbound Authentication, plan integration-flow. */
const schema = knownMembers({
  roles: optional(distinctList(roleName), [DEFAULT_ROLE]),
  'grant-types': optional(distinctList(oneOf(grantTypes)), [CLIENT_CREDENTIALS]),
  'redirect-uris': optional(list(textLike(/^[a-z][a-z0-9+.-]*:\/\/\S+$/i, 'an absolute URI'), 500), []),
  'token-validity': optional(wholeNumber(3600, 86_400, 'seconds'), 3600),
});

/** What an instance of Process Integration Runtime was created with, defaults filled in. */
export type InstanceParameters = InferOutput<typeof schema>;

/**
 * Reads the parameters of `cf create-service it-rt integration-flow NAME -c …`.
 * @throws {BrokerError} that lists every problem with parameter, value and what is allowed.
 */
export function readInstanceParameters(json: JsonObject): InstanceParameters {
  const result = parseParameters(schema, json);
  if ('output' in result) return result.output;
  throw new BrokerError(400, `Error reading the instance parameters: ${result.problems.join('. ')}${explain(json)}`);
}

function explain({ 'grant-types': grants }: JsonObject): string {
  return Array.isArray(grants) && grants.includes('client_x509')
    ? '. "client_x509" is deprecated: use "client_credentials", and service keys with "key-type": "certificate"'
    : '';
}
