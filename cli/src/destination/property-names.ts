/** Names of the properties that this tool looks at, as the REST API and the cockpit's files write them. */
export const KEYSTORE = 'tokenService.KeyStoreLocation';
export const KEYSTORE_PASSWORD = 'tokenService.KeyStorePassword';

/** The documented properties of HTTP destinations, for the spelling. */
export const knownProperties: readonly string[] = [
  'Name',
  'Type',
  'Description',
  'URL',
  'ProxyType',
  'Authentication',
  'User',
  'Password',
  'clientId',
  'clientSecret',
  'tokenServiceURL',
  'tokenServiceURLType',
  'tokenServiceUser',
  'tokenServicePassword',
  KEYSTORE,
  KEYSTORE_PASSWORD,
  'tokenService.addClientCredentialsInBody',
  'tokenServiceURL.ProxyType',
  'tokenServiceURL.ConnectionTimeoutInSeconds',
  'tokenServiceURL.SocketReadTimeoutInSeconds',
  'KeyStoreLocation',
  'KeyStorePassword',
  'KeyStore.Source',
  'TrustStoreLocation',
  'TrustStorePassword',
  'TrustAll',
  'HostnameVerifier',
  'CloudConnectorLocationId',
  'scope',
  'audience',
  'clientKey',
  'clientAssertion.type',
  'clientAssertion.destinationName',
];

const SECRET = /secret|password|privatekey|token(?!service)/i;

/** Whether the value of a property must not be shown. */
export function isSecret(name: string): boolean {
  return SECRET.test(name) || name === 'clientKey';
}

/** What the cockpit writes where a secret was, e.g. `<< Existing password/certificate removed on export >>`. */
export const EXPORT_PLACEHOLDER = '<< Existing password/certificate removed on export >>';

export function isPlaceholder(value: string): boolean {
  return /^<<.*>>$/.test(value.trim());
}

/** The type of a destination that exchanges the token of a user, by the JWT bearer grant (RFC 7523). */
export const USER_AUTHENTICATION = 'OAuth2JWTBearer';

/** Whether the tokens of a destination are those of users: nobody else can ask for one. */
export function isForUsers(properties: Readonly<Record<string, unknown>>): boolean {
  return properties['Authentication'] === USER_AUTHENTICATION;
}
