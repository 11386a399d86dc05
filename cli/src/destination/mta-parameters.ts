import type { Finding } from '../findings';
import { listOf, memberOf, nameOf, type Descriptor } from './mta-descriptor';

interface Parameters {
  /** Its offering, e.g. `xsuaa`; undefined where the descriptor does not say it. */
  readonly service: unknown;
  readonly config: Descriptor;
  readonly where: string;
}

/** The longest validity of a certificate that XSUAA or IAS makes. */
const MAX_DAYS = 30;

/** Judges the parameters of bindings and service keys: each service spells them in its own way, and takes no other. */
export function judgeParameters(descriptor: Descriptor, file: string): Finding[] {
  return collect(descriptor, file).flatMap((parameters) => [
    ...judgeSpelling(parameters),
    ...judgeValidity(parameters),
  ]);
}

function collect(descriptor: Descriptor, file: string): Parameters[] {
  const services = new Map(
    listOf(descriptor['resources']).map((resource) => [nameOf(resource), memberOf(resource, 'parameters')['service']]),
  );
  return listOf(descriptor['modules']).flatMap((module) =>
    listOf(module['requires']).flatMap((required) => {
      const parameters = memberOf(required, 'parameters');
      const service = services.get(nameOf(required));
      const where = `${file}, module ${nameOf(module)}, requires ${nameOf(required)}`;
      return [
        { service, config: memberOf(parameters, 'config'), where },
        { service, config: memberOf(memberOf(parameters, 'service-key'), 'config'), where: `${where}, service-key` },
      ];
    }),
  );
}

function judgeSpelling({ service, config, where }: Parameters): Finding[] {
  const type = config['credential-type'];
  const finding = (message: string, remedy: string): Finding[] => [
    { code: 'mta-credential-type', severity: 'error', where, message, remedy },
  ];
  if (service === 'destination' && (type !== undefined || 'x509' in config))
    return finding(
      'The Destination Service takes "credential-type" and "x509" only below "xsuaa".',
      'Write it as config: { xsuaa: { credential-type: x509, x509: {…} } }.',
    );
  if (service === 'xsuaa' && typeof type === 'string' && type.startsWith('X509_'))
    return finding(
      `"${type}" is how IAS spells it; XSUAA knows "x509".`,
      'Write credential-type: x509, with key-length and validity below x509.',
    );
  if (service === 'identity' && (type === 'x509' || 'x509' in config))
    return finding(
      '"x509" is how XSUAA spells it; IAS knows X509_GENERATED and X509_PROVIDED, with its parameters beside it.',
      'Write credential-type: X509_GENERATED.',
    );
  return [];
}

function judgeValidity({ service, config, where }: Parameters): Finding[] {
  const x509 =
    service === 'identity' ? config : memberOf(service === 'destination' ? memberOf(config, 'xsuaa') : config, 'x509');
  const { validity, 'validity-type': unit } = x509;
  const isTooLong = typeof validity === 'number' && validity > MAX_DAYS;
  if (!isTooLong && (unit === undefined || unit === 'DAYS')) return [];
  return [
    {
      code: 'mta-validity',
      severity: 'error',
      where,
      message: `The validity is ${String(validity)} ${typeof unit === 'string' ? unit : 'DAYS'}: certificates live ${MAX_DAYS} days at most, and DAYS is the only unit.`,
      remedy: `Write validity: ${MAX_DAYS} and validity-type: DAYS, and renew in time.`,
    },
  ];
}
