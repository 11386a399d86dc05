import { literal, number, optional, string } from 'valibot';
import { BrokerError, type JsonObject } from '../broker';
import { flag, knownMembers, oneOf, parseParameters, showValue, wholeNumber } from '../parameter-schema';

/** What a service key asks for, defaults filled in. */
export type KeyWish =
  | { readonly type: 'clientsecret' }
  | {
      readonly type: 'certificate';
      /** Bits. */
      readonly keyLength: number;
      readonly validityDays: number;
    }
  | {
      readonly type: 'certificate_external';
      /** As given: PEM, if it is right. */
      readonly certificate: string;
      readonly pinning: boolean;
    };

const keyTypes = ['clientsecret', 'certificate', 'certificate_external'] as const;

const secretSchema = knownMembers({ 'key-type': optional(literal('clientsecret')) });

const certificateSchema = knownMembers({
  'key-type': literal('certificate'),
  validity: optional(wholeNumber(1, 365, 'days'), 365),
  'key-length': optional(oneOf([2048, 4096]), 2048),
});

const externalSchema = knownMembers({
  'key-type': literal('certificate_external'),
  'X.509': string('a certificate in PEM'),
  /** SAP Help's sample has both, though they say nothing of a certificate that exists already. */
  validity: optional(number()),
  'key-length': optional(number()),
  'certificate-pinning': optional(flag(), true),
});

/**
 * Reads the parameters of a service key; without a type it gets client id and secret.
 * @throws {BrokerError} that lists every problem with parameter, value and what is allowed.
 */
export function readKeyParameters(parameters: JsonObject): KeyWish {
  const named = parameters['key-type'] ?? 'clientsecret';
  const type = keyTypes.find((candidate) => candidate === named);
  if (type === undefined) throw refuse([`"key-type" is ${showValue(named)}; it must be one of ${keyTypes.join(', ')}`]);
  if (type === 'certificate') {
    const wish = unwrap(parseParameters(certificateSchema, parameters));
    return { type, keyLength: wish['key-length'], validityDays: wish.validity };
  }
  if (type === 'certificate_external') {
    const wish = unwrap(parseParameters(externalSchema, parameters));
    return { type, certificate: wish['X.509'], pinning: wish['certificate-pinning'] };
  }
  unwrap(parseParameters(secretSchema, parameters));
  return { type };
}

function unwrap<Output>(result: { readonly output: Output } | { readonly problems: readonly string[] }): Output {
  if ('output' in result) return result.output;
  throw refuse(result.problems);
}

function refuse(problems: readonly string[]): BrokerError {
  return new BrokerError(400, `Error reading the parameters of the service key: ${problems.join('. ')}`);
}
