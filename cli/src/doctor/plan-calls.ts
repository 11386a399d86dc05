import { Failure, UsageFailure } from '../failure';
import { readAddress } from '../probe/call-settings';
import type { CallPlan } from '../probe/perform-call';
import { flattenCredentials, nameOf } from '../service-key/bindings';
import { readCertificateCredentials } from '../service-key/client-credentials';
import { version } from '../../package.json';
import type { SeenBinding } from './evidence';
import { describeTokenRequest, hasTokenToTry } from './live-checks';

export interface CallChoice {
  readonly url?: readonly string[];
  /** Name of the service instance or binding whose client calls. */
  readonly service?: string;
}

/**
 * Plans the calls that a user asks for: with the certificate alone where the service itself takes it, else with a token. None for a client that cannot
 * call: why is a finding already.
 * @throws {UsageFailure} `address`, `service-unknown`, `several-services`.
 */
export function planCalls(bindings: readonly SeenBinding[], { url: urls = [], service }: CallChoice): CallPlan[] {
  if (urls.length === 0) return [];
  const caller = chooseCaller(bindings, service);
  const authentication = caller === undefined ? {} : describeCaller(caller);
  const addresses = urls.map((text) => readAddress(text, text));
  if (authentication === undefined) return [];
  return addresses.map((url) => ({
    url,
    method: 'GET',
    headers: { accept: 'application/json, */*;q=0.8', 'user-agent': `mtls/${version}` },
    ...authentication,
  }));
}

function describeCaller(caller: SeenBinding): Pick<CallPlan, 'identity' | 'token'> | undefined {
  try {
    const request = describeTokenRequest(caller);
    const identity = request.authentication.kind === 'certificate' ? request.authentication.identity : undefined;
    const takesCertificateAlone =
      identity !== undefined && typeof flattenCredentials(caller.binding.credentials)['tokenurl'] === 'string';
    return { identity, ...(!takesCertificateAlone && { token: { kind: 'fetch', request } as const }) };
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

function chooseCaller(bindings: readonly SeenBinding[], service: string | undefined): SeenBinding | undefined {
  const clients = bindings.filter((seen) => hasTokenToTry(seen));
  if (service !== undefined) {
    const named = clients.find(({ binding }) => binding.instance === service || binding.binding === service);
    if (named !== undefined) return named;
    throw new UsageFailure(
      'service-unknown',
      `There is no service "${service}" with a client.`,
      `Use --service with one of: ${clients.map(({ binding }) => nameOf(binding)).join(', ')}.`,
    );
  }
  const withCertificate = clients.filter(
    ({ binding }) => readCertificateCredentials(binding).certificate !== undefined,
  );
  const [first, second] = withCertificate.length > 0 ? withCertificate : clients;
  if (second === undefined) return first;
  throw new UsageFailure(
    'several-services',
    `Several clients could make the call: ${clients.map(({ where }) => where).join('; ')}.`,
    'Choose one with --service NAME.',
  );
}
