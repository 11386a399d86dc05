import { object, optional, string } from 'valibot';
import { BrokerError, type JsonObject } from '../broker';
import { credentialTypes, type CredentialType } from './oauth2-configuration';
import { flag, knownMembers, oneOf, parseParameters, showValue, wholeNumber } from '../parameter-schema';

/** What a binding or service key asks for, defaults filled in. */
export type BindingWish =
  | { readonly type: 'instance-secret' }
  | { readonly type: 'binding-secret'; readonly hideSecret: boolean }
  | { readonly type: 'x509'; readonly source: 'generated'; readonly keyLength: number; readonly validityDays: number }
  | {
      readonly type: 'x509';
      readonly source: 'self-managed';
      /** PEM; may have the issuers behind the certificate. */
      readonly certificate: string;
      readonly pinning: boolean;
      readonly hideCertificate: boolean;
    };

const outerSchema = knownMembers({
  'credential-type': optional(oneOf(credentialTypes)),
  x509: optional(object({}, 'an object')),
  'hide-secret': optional(flag(), false),
});

const generatedSchema = knownMembers({
  'key-length': optional(oneOf([2048, 4096, 8192]), 2048),
  validity: optional(wholeNumber(1, 30, 'days'), 7),
  'validity-type': optional(oneOf(['DAYS']), 'DAYS'),
});

const selfManagedSchema = knownMembers({
  certificate: string('a certificate in PEM'),
  'certificate-pinning': optional(flag(), true),
  /** Documented for the broker plan only, where it concerns clones. */
  'ensure-uniqueness': optional(flag()),
  'hide-certificate': optional(flag(), false),
});

/**
 * Reads the parameters of a binding: its credential type is the one named, else the first that the instance lists.
 * @throws {BrokerError} that lists every problem with parameter, value and what is allowed.
 */
export function readBindingParameters(parameters: JsonObject, allowed: readonly CredentialType[]): BindingWish {
  const outer = unwrap(parseParameters(outerSchema, parameters));
  const named = outer['credential-type'];
  const type = named ?? allowed[0] ?? 'binding-secret';
  if (!allowed.includes(type))
    throw refuse(
      `"credential-type" is ${showValue(type)}; the service instance allows ${allowed.join(', ')} ("credential-types" in its xs-security.json)`,
    );
  if (type === 'x509') return readX509(parameters['x509'] ?? {});
  if (outer.x509 !== undefined)
    throw refuse(
      `"x509" needs the credential type x509; this binding's is ${type}${named === undefined ? ', the default of its service instance: add "credential-type": "x509"' : ''}`,
    );
  return type === 'binding-secret' ? { type, hideSecret: outer['hide-secret'] } : { type };
}

function readX509(x509: unknown): BindingWish {
  const isSelfManaged = typeof x509 === 'object' && x509 !== null && 'certificate' in x509;
  if (!isSelfManaged) {
    const generated = unwrap(parseParameters(knownMembers({ x509: generatedSchema }), { x509 })).x509;
    return {
      type: 'x509',
      source: 'generated',
      keyLength: generated['key-length'],
      validityDays: generated.validity,
    };
  }
  const own = unwrap(parseParameters(knownMembers({ x509: selfManagedSchema }), { x509 })).x509;
  return {
    type: 'x509',
    source: 'self-managed',
    certificate: own.certificate,
    pinning: own['certificate-pinning'],
    hideCertificate: own['hide-certificate'],
  };
}

function unwrap<Output>(result: { readonly output: Output } | { readonly problems: readonly string[] }): Output {
  if ('output' in result) return result.output;
  throw refuse(result.problems.join('. '));
}

function refuse(problem: string): BrokerError {
  return new BrokerError(400, `Error reading the binding parameters: ${problem}`);
}
