import { Failure } from '../failure';
import type { Finding } from '../findings';
import type { OAuthClient } from '../service-key/client-credentials';
import type { DestinationDefinition } from './definition';
import { lintDestination } from './lint/lint-destination';
import { isForUsers, KEYSTORE, USER_AUTHENTICATION } from './property-names';

export interface DesiredDestination {
  readonly name: string;
  readonly keystoreName: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

export interface DesiredInputs {
  readonly definition: DestinationDefinition;
  /** Client and token endpoint for which the Destination Service fetches tokens. */
  readonly xsuaa?: OAuthClient | undefined;
  /** Base address of the backend. */
  readonly url?: string | undefined;
  /** File name of the keystore, for a definition that names none. */
  readonly keystoreFile: string;
}

/** What this command deploys: destinations whose token is fetched with a keystore in PEM. */
const expected: ReadonlyArray<readonly [name: string, values: readonly string[], why: string]> = [
  ['Type', ['HTTP'], 'the backend is an HTTP server'],
  ['Authentication', ['OAuth2ClientCredentials', USER_AUTHENTICATION], 'the types that this command deploys'],
  ['tokenServiceURLType', ['Dedicated'], 'the token URL is that of one subaccount'],
];

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
  const findings = lintDestination({ where: properties['Name'] ?? '', kind: 'file', properties, findings: [] });
  const problems = [...listProblems(findings), ...findUnexpected(properties)];
  if (problems.length > 0)
    throw new Failure(
      'destination-properties',
      `The destination ${properties['Name'] ?? ''} cannot work:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
      'Mend the file, or give the value with --xsuaa-key or --url.',
    );
  notes.push(
    ...findings.filter(({ severity }) => severity === 'warning').map(({ message, remedy }) => `${message} ${remedy}`),
  );
  if (isForUsers(properties))
    notes.push(
      `A token of ${USER_AUTHENTICATION} is a user's, so that this command cannot ask for one: log in at the application and see what it gets (the frontend: /user).`,
    );
  return { name: properties['Name'] ?? '', keystoreName: properties[KEYSTORE] ?? '', properties, notes };
}

function listProblems(findings: readonly Finding[]): string[] {
  return findings.filter(({ severity }) => severity === 'error').map(({ message, remedy }) => `${message} ${remedy}`);
}

function findUnexpected(properties: Readonly<Record<string, string>>): string[] {
  const problems = expected.flatMap(([name, values, why]) => {
    const found = properties[name] ?? '';
    return found === '' || values.includes(found)
      ? []
      : [`${name} is "${found}": it must be ${values.join(' or ')}, ${why}.`];
  });
  const keystore = properties[KEYSTORE] ?? '';
  if (/\.(p12|pfx|jks)$/i.test(keystore))
    problems.push(`${KEYSTORE} is "${keystore}": this command uploads keystores in PEM only, name it .pem.`);
  return problems;
}
