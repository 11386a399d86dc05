import { Failure, UsageFailure } from '../failure';
import { nameOf, type NamedCredentials } from './bindings';
import { hasClient, readCertificateCredentials, readServiceUri } from './client-credentials';

export type BindingPurpose = 'certificate' | 'client' | 'destination' | 'xsuaa';

export interface BindingQuery {
  readonly purpose: BindingPurpose;
  /** Name of the service instance or of the binding. */
  readonly service?: string | undefined;
  /** Where the bindings came from, for messages. */
  readonly source: string;
}

/**
 * Chooses the one binding that serves the purpose.
 * @throws {UsageFailure} `service-unknown` or `several-services`, which list the candidates.
 * @throws {Failure} `service-missing` when none serves the purpose.
 */
export function selectBinding(bindings: readonly NamedCredentials[], query: BindingQuery): NamedCredentials {
  const named = query.service === undefined ? bindings : bindings.filter((one) => isNamed(one, query.service));
  if (query.service !== undefined && named.length === 0)
    throw new UsageFailure(
      'service-unknown',
      `${query.source} has no service "${query.service}".`,
      bindings.length === 0 ? 'It holds no credentials at all.' : `Use --service with one of: ${list(bindings)}.`,
    );
  const fitting = named.filter((one) => serves[query.purpose](one));
  const [first, second] = fitting;
  if (first === undefined) throw nothingFits(named, query);
  if (second !== undefined)
    throw new UsageFailure(
      'several-services',
      `${query.source} has several services that could be meant: ${list(fitting)}.`,
      query.purpose === 'certificate' || query.purpose === 'client'
        ? 'Choose one with --service NAME.'
        : 'Give a file that holds one of them, e.g. the output of "cf service-key INSTANCE KEY".',
    );
  return first;
}

function isNamed({ instance, binding }: NamedCredentials, name: string | undefined): boolean {
  return instance === name || binding === name;
}

const serves: Readonly<Record<BindingPurpose, (binding: NamedCredentials) => boolean>> = {
  certificate: (binding) => readCertificateCredentials(binding).certificate !== undefined,
  client: hasClient,
  // A service key does not say of which offering it is: only the Destination Service's has an API address in `uri`.
  destination: (binding) =>
    (binding.offering ?? 'destination') === 'destination' && readServiceUri(binding) !== undefined,
  xsuaa: (binding) => (binding.offering ?? 'xsuaa') === 'xsuaa' && readServiceUri(binding) === undefined,
};

const expectations: Readonly<Record<BindingPurpose, { what: string; remedy: string }>> = {
  certificate: {
    what: 'a certificate',
    remedy:
      'Bind it, or create the service key, with -c \'{"credential-type":"x509","x509":{"key-length":2048,"validity":30,"validity-type":"DAYS"}}\'.',
  },
  client: {
    what: 'credentials of a client ("clientid")',
    remedy: 'Use the output of "cf service-key INSTANCE KEY" or of "cf env APP".',
  },
  destination: {
    what: 'credentials of the Destination Service (with "uri")',
    remedy: 'Use the output of "cf service-key mtlsDestination KEY".',
  },
  xsuaa: {
    what: 'credentials of XSUAA',
    remedy: 'Use the output of "cf service-key mtlsXsuaa KEY" or of "cf env" for an app that is bound to it.',
  },
};

function nothingFits(bindings: readonly NamedCredentials[], { purpose, source }: BindingQuery): Failure {
  const { what, remedy } = expectations[purpose];
  const seen = bindings.map((binding) => {
    const type = readCertificateCredentials(binding).credentialType;
    return `${nameOf(binding)}${type === undefined ? '' : ` (credential type ${type})`}`;
  });
  return new Failure(
    'service-missing',
    `${source} holds no ${what.replace(/^an? /, '')}${seen.length === 0 ? '' : `; it has: ${seen.join(', ')}`}.`,
    remedy,
  );
}

function list(bindings: readonly NamedCredentials[]): string {
  return bindings.map((binding) => nameOf(binding)).join(', ');
}
