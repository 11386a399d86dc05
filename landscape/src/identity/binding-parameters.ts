import { literal, optional, string } from 'valibot';
import { BrokerError, type JsonObject } from '../broker';
import { knownMembers, oneOf, parseParameters, showValue, textLike, wholeNumber } from '../parameter-schema';

export const credentialTypes = ['SECRET', 'X509_GENERATED', 'X509_PROVIDED', 'NONE'] as const;
export type CredentialType = (typeof credentialTypes)[number];

/** What a binding or service key asks for, defaults filled in. */
export type BindingWish =
  | { readonly type: 'SECRET' }
  | {
      readonly type: 'X509_GENERATED';
      /** Bits. */
      readonly keyLength: number;
      readonly validityDays: number;
      /** Keeps the certificate's subject the same from binding to binding. */
      readonly appIdentifier?: string;
    }
  | {
      readonly type: 'X509_PROVIDED';
      /** As given: PEM, if it is right. */
      readonly certificate: string;
    }
  | { readonly type: 'NONE' };

const generatedSchema = knownMembers({
  'credential-type': literal('X509_GENERATED'),
  'key-length': optional(oneOf([2048, 4096]), 2048),
  validity: optional(wholeNumber(1, 30, 'days'), 30),
  'validity-type': optional(oneOf(['DAYS']), 'DAYS'),
  'app-identifier': optional(textLike(/^[\w.-]{1,20}$/, 'a name of 1 to 20 letters, digits, . - and _')),
});

const providedSchema = knownMembers({
  'credential-type': literal('X509_PROVIDED'),
  certificate: string('a certificate in PEM'),
});

/** Members beside `credential-type`, and the type that they belong to. */
const owners: Readonly<Record<string, CredentialType>> = {
  'key-length': 'X509_GENERATED',
  validity: 'X509_GENERATED',
  'validity-type': 'X509_GENERATED',
  'app-identifier': 'X509_GENERATED',
  certificate: 'X509_PROVIDED',
};

/**
 * Reads the parameters of a binding; without a credential type it gets a secret.
 * @throws {BrokerError} that lists every problem with parameter, value and what is allowed.
 */
export function readBindingParameters(parameters: JsonObject): BindingWish {
  const type = readType(parameters);
  if (type === 'X509_GENERATED') return readGenerated(parameters);
  if (type === 'X509_PROVIDED')
    return { type, certificate: unwrap(parseParameters(providedSchema, parameters), parameters).certificate };
  refuseMembers(type, parameters);
  return { type };
}

function readGenerated(parameters: JsonObject): BindingWish {
  const generated = unwrap(parseParameters(generatedSchema, parameters), parameters);
  const appIdentifier = generated['app-identifier'];
  return {
    type: 'X509_GENERATED',
    keyLength: generated['key-length'],
    validityDays: generated.validity,
    ...(appIdentifier !== undefined && { appIdentifier }),
  };
}

function refuseMembers(type: CredentialType, parameters: JsonObject): void {
  const problems = Object.keys(parameters)
    .filter((name) => name !== 'credential-type')
    .map((name) => explainMember(name, type, parameters));
  if (problems.length > 0) throw refuse([...problems, ...explainXsuaaHabits(parameters)]);
}

function readType(parameters: JsonObject): CredentialType {
  const named = parameters['credential-type'] ?? 'SECRET';
  const type = credentialTypes.find((candidate) => candidate === named);
  if (type !== undefined) return type;
  const meant = typeof named === 'string' ? guessType(named) : undefined;
  throw refuse([
    `"credential-type" is ${showValue(named)}; it must be one of ${credentialTypes.join(', ')}${meant === undefined ? '' : `: "${named as string}" is ${meant} here`}`,
    ...explainXsuaaHabits(parameters),
  ]);
}

/** XSUAA's names, and these in small letters. */
function guessType(named: string): CredentialType | undefined {
  const ofXsuaa: Readonly<Record<string, CredentialType>> = {
    X509: 'X509_GENERATED',
    'BINDING-SECRET': 'SECRET',
    'INSTANCE-SECRET': 'SECRET',
  };
  const upper = named.toUpperCase();
  return ofXsuaa[upper] ?? credentialTypes.find((type) => type === upper);
}

function explainMember(name: string, type: CredentialType, parameters: JsonObject): string {
  const owner = owners[name];
  if (owner === undefined) return `"${name}" is unknown; known with the credential type ${type} is credential-type`;
  const remedy = 'credential-type' in parameters ? '' : `, the default: add "credential-type": "${owner}"`;
  return `"${name}" needs the credential type ${owner}; this binding's is ${type}${remedy}`;
}

/** XSUAA and other services have another shape of the same parameters. */
function explainXsuaaHabits(parameters: JsonObject): string[] {
  return 'x509' in parameters || 'xsuaa' in parameters
    ? [
        'The shape is that of the service xsuaa; for identity all parameters stand side by side: {"credential-type": "X509_GENERATED", "key-length": 2048, "validity": 30, "validity-type": "DAYS"}',
      ]
    : [];
}

function unwrap<Output>(
  result: { readonly output: Output } | { readonly problems: readonly string[] },
  parameters: JsonObject,
): Output {
  if ('output' in result) return result.output;
  throw refuse([...result.problems, ...explainXsuaaHabits(parameters)]);
}

function refuse(problems: readonly string[]): BrokerError {
  return new BrokerError(400, `Error reading the binding parameters: ${problems.join('. ')}`);
}
