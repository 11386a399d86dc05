import { optional, string, type InferOutput } from 'valibot';
import { BrokerError, type JsonObject } from '../broker';
import { flag, knownMembers, list, oneOf, parseParameters, text, textLike } from '../parameter-schema';
import { oauth2ConfigurationSchema } from './oauth2-configuration';

const userAttributes = ['userUuid', 'uid', 'mail', 'displayName', 'loginName', 'personnelNumber'] as const;
export type SubjectAttribute = (typeof userAttributes)[number];

/** The characters of a URN's own part (RFC 8141 §2). */
const apiName = textLike(
  /^[\w\-.~!$&'()*+,;=:@/%]{1,50}$/,
  'a name of 1 to 50 characters that a URN may hold (RFC 8141), without blanks',
);

/** config_ias.json as SAP Help documents it (Reference Information for the Identity Service of SAP BTP). */
const schema = knownMembers({
  name: optional(textLike(/^\S.{0,254}$/, 'a text of 1 to 255 characters')),
  'display-name': optional(text(99)),
  'oauth2-configuration': optional(oauth2ConfigurationSchema, {}),
  'consumed-services': optional(
    list(knownMembers({ 'service-instance-name': string('the name of a service instance') }), 400),
    [],
  ),
  'xsuaa-cross-consumption': optional(flag(), false),
  // For Authorization Management, which this landscape does not have: checked, without effect.
  authorization: optional(
    knownMembers({
      enabled: optional(flag()),
      value_help_url: optional(
        textLike(/^https:\/\/[^\s/?#]+\/[^\s#]*$/, 'a URL like https://host/path without fragment'),
      ),
    }),
  ),
  'subject-name-identifier': optional(
    knownMembers({
      attribute: optional(oneOf(userAttributes)),
      'fallback-attribute': optional(oneOf([...userAttributes, 'none'])),
    }),
  ),
  'provided-apis': optional(list(knownMembers({ name: apiName, description: optional(string('a text')) }), 50), []),
});

/** A checked config_ias.json. */
export type InstanceParameters = InferOutput<typeof schema>;

/**
 * Reads the parameters of `cf create-service identity application NAME -c config_ias.json`.
 * @throws {BrokerError} that lists every problem with parameter, value and what is allowed.
 */
export function readInstanceParameters(parameters: JsonObject): InstanceParameters {
  const result = parseParameters(schema, parameters);
  if (!('output' in result)) throw refuseParameters([...result.problems, ...explainXsuaaHabits(parameters)]);
  const problems = findInconsistencies(result.output);
  if (problems.length > 0) throw refuseParameters(problems);
  return result.output;
}

/** @returns the refusal of instance parameters. */
export function refuseParameters(problems: readonly string[]): BrokerError {
  return new BrokerError(400, `Error reading the service instance parameters: ${problems.join('. ')}`);
}

function findInconsistencies(parameters: InstanceParameters): string[] {
  const oauth2 = parameters['oauth2-configuration'];
  const problems = [];
  if (oauth2['front-channel-logout-uris']?.length && oauth2['back-channel-logout-uris']?.length)
    problems.push(
      '"oauth2-configuration" holds both "front-channel-logout-uris" and "back-channel-logout-uris"; give one of them',
    );
  const names = parameters['provided-apis'].map(({ name }) => name);
  for (const name of new Set(names.filter((candidate, index) => names.indexOf(candidate) !== index)))
    problems.push(`"provided-apis" holds "${name}" twice; each name may occur once`);
  return problems;
}

const ofXsuaa = [
  'xsappname',
  'tenant-mode',
  'scopes',
  'attributes',
  'role-templates',
  'role-collections',
  'authorities',
];

/** Whoever comes from XSUAA gives the other service's file, or asks for certificates here. */
function* explainXsuaaHabits(parameters: JsonObject): Generator<string> {
  if (ofXsuaa.some((name) => name in parameters))
    yield 'This looks like xs-security.json, which is for the service xsuaa; for identity {"display-name": "My application"} is enough';
  const oauth2 = parameters['oauth2-configuration'];
  const names = [...Object.keys(parameters), ...(isObject(oauth2) ? Object.keys(oauth2) : [])];
  if (names.some((name) => ['credential-types', 'credential-type', 'x509'].includes(name)))
    yield 'The credential type is chosen for each binding and service key: {"credential-type": "X509_GENERATED"} as parameters of the binding';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
