import { Failure } from '../failure';
import type { OAuthClient } from '../service-key/client-credentials';
import type { DestinationDefinition } from './definition';

export interface DesiredDestination {
  readonly name: string;
  readonly keystoreName: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

export interface DesiredInputs {
  readonly definition: DestinationDefinition;
  /** Client and token endpoint for which the Destination Service fetches tokens. */
  readonly xsuaa?: OAuthClient;
  /** Base address of the backend. */
  readonly url?: string;
  /** File name of the keystore, for a definition that names none. */
  readonly keystoreFile: string;
}

const KEYSTORE = 'tokenService.KeyStoreLocation';
const required = ['Type', 'URL', 'ProxyType', 'Authentication', 'clientId', 'tokenServiceURL'] as const;

/**
 * Puts together the destination that shall be: the file's properties, overridden by what the keys and options say.
 * @throws {Failure} `destination-properties` that lists all problems at once, each with what to do.
 */
export function buildDesiredDestination({ definition, xsuaa, url, keystoreFile }: DesiredInputs): DesiredDestination {
  const notes = [...definition.notes];
  const properties: Record<string, string> = { ...definition.properties };
  if (xsuaa !== undefined) {
    properties['clientId'] = xsuaa.clientId;
    properties['tokenServiceURL'] = xsuaa.tokenUrl;
  }
  if (url !== undefined) properties['URL'] = url;
  properties[KEYSTORE] ??= keystoreFile;
  if (properties['URL']?.endsWith('/') === true) {
    properties['URL'] = properties['URL'].replace(/\/+$/, '');
    notes.push('URL: the slash at its end was removed, since callers append their path with one.');
  }
  if (properties['clientSecret'] === '') {
    // With an empty secret the service tries that one instead of the certificate, and XSUAA answers "Bad credentials".
    delete properties['clientSecret'];
    notes.push('clientSecret: left out, because an empty one keeps the service from using the keystore.');
  }
  const problems = findProblems(properties);
  if (problems.length > 0)
    throw new Failure(
      'destination-properties',
      `The destination ${properties['Name'] ?? ''} cannot work:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
      'Mend the file, or give the value with --xsuaa-key or --url.',
    );
  return { name: properties['Name'] ?? '', keystoreName: properties[KEYSTORE] ?? '', properties, notes };
}

function findProblems(properties: Readonly<Record<string, string>>): string[] {
  const missing = required.filter((name) => (properties[name] ?? '') === '');
  const problems = missing.map((name) => `${name} is missing.`);
  const expect = (name: string, value: string, why: string): void => {
    const found = properties[name] ?? '';
    if (found !== '' && found !== value) problems.push(`${name} is "${found}": it must be ${value}, ${why}.`);
  };
  expect('Type', 'HTTP', 'the backend is an HTTP server');
  expect('ProxyType', 'Internet', 'the service fetches tokens over mutual TLS on this way only');
  expect('Authentication', 'OAuth2ClientCredentials', 'the only type this command deploys');
  expect('tokenServiceURLType', 'Dedicated', 'the token URL is that of one subaccount');
  problems.push(...findUrlProblems(properties));
  if (properties['clientSecret'] !== undefined)
    problems.push('clientSecret is set: remove the line, a destination with a keystore must have none.');
  const keystore = properties[KEYSTORE] ?? '';
  if (!/\.(pem|crt|cer)$/i.test(keystore))
    problems.push(
      `${KEYSTORE} is "${keystore}": the name must end in .pem, .crt or .cer, by which the service tells the format.`,
    );
  return problems;
}

function findUrlProblems(properties: Readonly<Record<string, string>>): string[] {
  const problems: string[] = [];
  for (const name of ['URL', 'tokenServiceURL']) {
    const value = properties[name] ?? '';
    if (value !== '' && !/^https?:$/.test(parseUrl(value)?.protocol ?? ''))
      problems.push(`${name} is "${value}": it must be a complete address, e.g. https://host.domain.`);
  }
  const token = parseUrl(properties['tokenServiceURL'] ?? '');
  if (token === undefined) return problems;
  if (!/\/oauth2?\/token$/.test(token.pathname))
    problems.push(`tokenServiceURL is "${token.href}": append /oauth/token, it must be the complete token endpoint.`);
  if (/^[^.]+\.authentication\.(?!cert\.)/.test(token.hostname))
    problems.push(
      `tokenServiceURL is on ${token.hostname}, which takes no certificate: use the value of "certurl", not "url".`,
    );
  if (token.protocol !== 'https:')
    problems.push('tokenServiceURL must begin with https://, a certificate is shown in TLS only.');
  return problems;
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
