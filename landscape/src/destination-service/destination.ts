import * as v from 'valibot';
import { ServiceError } from './service-error';

/** A destination or fragment as it is stored and returned: flat, every value a string. */
export type Properties = Readonly<Record<string, string>>;
export type Destination = Properties & { readonly Name: string; readonly Type: string };

const MAX_NAME = 200;

const types = ['HTTP', 'RFC', 'MAIL', 'LDAP', 'TCP'];
const proxyTypes = ['Internet', 'OnPremise', 'PrivateLink'];
const tokenServiceUrlTypes = ['Dedicated', 'Common'];

/** What each authentication type cannot do without, besides Name and Type; the cockpit marks the same fields as required. */
const requiredByAuthentication: Readonly<Record<string, readonly string[]>> = {
  NoAuthentication: ['URL', 'ProxyType'],
  BasicAuthentication: ['URL', 'ProxyType', 'User'],
  ClientCertificateAuthentication: ['URL', 'ProxyType'],
  PrincipalPropagation: ['URL', 'ProxyType'],
  SAMLAssertion: ['URL', 'ProxyType'],
  SAPAssertionSSO: ['URL', 'ProxyType'],
  OAuth2ClientCredentials: ['URL', 'ProxyType', 'clientId', 'tokenServiceURL'],
  OAuth2Password: ['URL', 'ProxyType', 'clientId', 'tokenServiceURL', 'User', 'Password'],
  OAuth2JWTBearer: ['URL', 'ProxyType', 'clientId', 'tokenServiceURL'],
  OAuth2UserTokenExchange: ['URL', 'ProxyType', 'clientId', 'tokenServiceURL'],
  OAuth2SAMLBearerAssertion: ['URL', 'ProxyType', 'audience', 'clientKey', 'tokenServiceURL'],
  OAuth2RefreshToken: ['URL', 'ProxyType', 'clientId', 'tokenServiceURL'],
  OAuth2AuthorizationCode: ['URL', 'ProxyType', 'clientId', 'tokenServiceURL'],
  OAuth2TechnicalUserPropagation: ['URL', 'ProxyType', 'clientId', 'tokenServiceURL'],
  OAuth2TokenExchange: ['URL', 'ProxyType', 'clientId', 'tokenServiceURL'],
};

/** Only these say that someone meant a destination with authentication and forgot to name it. */
const authenticationTraces = [
  'clientId',
  'tokenServiceURL',
  'tokenService.KeyStoreLocation',
  'User',
  'KeyStoreLocation',
];

const scalar = v.union([v.string(), v.number(), v.boolean()]);

/**
 * Reads a destination from a request body or from `init_data`. Name and Type are enough, as the service's interface description
 * says; what Authentication and ProxyType then ask for is required too.
 * @throws {ServiceError} 400 naming the property that is missing or wrong.
 */
export function parseDestination(body: unknown): Destination {
  const properties = parseProperties(body);
  const name = requireProperty(properties, 'Name');
  const type = requireProperty(properties, 'Type');
  checkName('Name', name);
  checkChoice('Type', type, types);
  if (type === 'HTTP') checkHttpDestination(properties);
  return { ...properties, Name: name, Type: type };
}

/** Reads a flat JSON object of strings; numbers and booleans become strings, null counts as absent. */
export function parseProperties(body: unknown): Properties {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new ServiceError(400, 'A configuration is a JSON object of properties');
  const properties: Record<string, string> = {};
  for (const [key, value] of Object.entries(body)) {
    if (value === null) continue;
    const result = v.safeParse(scalar, value);
    if (!result.success) throw new ServiceError(400, `The value of the property ${key} must be a string`);
    properties[key] = String(result.output);
  }
  return properties;
}

export function requireProperty(properties: Properties, key: string): string {
  const value = properties[key];
  if (value === undefined || value.trim() === '')
    throw new ServiceError(400, `The property ${key} is missing or empty`);
  return value;
}

export function checkName(key: string, name: string): void {
  if (name.length > MAX_NAME) throw new ServiceError(400, `The ${key} is longer than ${MAX_NAME} characters`);
}

function checkHttpDestination(properties: Properties): void {
  const authentication = properties['Authentication'];
  if (authentication === undefined) {
    const trace = authenticationTraces.find((key) => key in properties);
    if (trace !== undefined)
      throw new ServiceError(400, `The property Authentication is missing, although there is ${trace}`);
  } else {
    checkChoice('Authentication', authentication, Object.keys(requiredByAuthentication));
    checkMutualTls(properties);
    for (const key of requiredByAuthentication[authentication] ?? []) requireProperty(properties, key);
    if (authentication === 'ClientCertificateAuthentication') checkClientCertificate(properties);
  }
  checkOptionalChoice(properties, 'ProxyType', proxyTypes);
  checkOptionalChoice(properties, 'tokenServiceURLType', tokenServiceUrlTypes);
}

/** The cockpit offers "Use mTLS for token retrieval" only once there is a token service URL. */
function checkMutualTls(properties: Properties): void {
  if (properties['tokenService.KeyStoreLocation'] === undefined || properties['tokenServiceURL']?.trim()) return;
  throw new ServiceError(
    400,
    'The property tokenServiceURL is missing or empty: tokenService.KeyStoreLocation asks for mTLS for token retrieval, which needs the URL of the token service',
  );
}

function checkClientCertificate(properties: Properties): void {
  if (!requireProperty(properties, 'URL').startsWith('https://'))
    throw new ServiceError(400, 'The URL must start with https:// for ClientCertificateAuthentication');
  checkOptionalChoice(properties, 'KeyStore.Source', ['ClientProvided', 'DestinationService']);
  if (properties['KeyStore.Source'] !== 'ClientProvided') requireProperty(properties, 'KeyStoreLocation');
}

function checkOptionalChoice(properties: Properties, key: string, choices: readonly string[]): void {
  const value = properties[key];
  if (value !== undefined) checkChoice(key, value, choices);
}

function checkChoice(key: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  throw new ServiceError(400, `The value "${value}" of the property ${key} is none of ${choices.join(', ')}`);
}
