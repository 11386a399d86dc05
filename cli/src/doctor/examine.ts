import type { ServiceAccess } from '../destination/open-service';
import { findServiceAccess } from '../destination/open-service';
import { Failure } from '../failure';
import { sortWorstFirst, type Finding } from '../findings';
import { readCertificateCredentials, readServiceUri } from '../service-key/client-credentials';
import type { CallSettings } from '../probe/call-settings';
import { performCall, type CallPlan } from '../probe/perform-call';
import { judgeBindings } from './binding-rules';
import { checkDestinations } from './check-destinations';
import { judgeCredentials, type CredentialOptions } from './credential-rules';
import { judgeDestinations, listClients } from './destination-rules';
import type { Evidence } from './evidence';
import { check, checkServer, checkToken, hasTokenToTry, type Check } from './live-checks';

export interface Examination {
  /** What was tried over the network. */
  readonly checks: readonly Check[];
  /** The worst first; each once. */
  readonly findings: readonly Finding[];
}

export interface ExaminationRequest {
  readonly evidence: Evidence;
  readonly credentials: CredentialOptions;
  /** Services that are named by an option. */
  readonly services: readonly ServiceAccess[];
  readonly calls: readonly CallPlan[];
  /** Undefined for an examination without any call. */
  readonly settings: CallSettings | undefined;
}

/** Looks at all that was given, each by itself, against the rest, and over the network. */
export async function examine(request: ExaminationRequest): Promise<Examination> {
  const { evidence, credentials, settings } = request;
  const checks = settings === undefined ? [] : await runChecks(request, settings);
  const findings = [
    ...evidence.findings,
    ...judgeBindings(evidence),
    ...judgeCredentials(evidence.credentials, credentials),
    ...judgeDestinations(evidence),
    ...checks.flatMap((one) => one.findings),
  ];
  const unique = new Map(findings.map((one) => [JSON.stringify([one.code, one.where, one.message]), one]));
  return { checks, findings: sortWorstFirst([...unique.values()]) };
}

async function runChecks(
  { evidence, services, calls }: ExaminationRequest,
  settings: CallSettings,
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const seen of evidence.bindings.filter((one) => hasTokenToTry(one)))
    checks.push(await checkToken(seen, settings));
  const clients = listClients(evidence);
  const { bindings } = evidence;
  for (const access of uniqueServices([...services, ...boundServices(evidence)]))
    checks.push(...(await checkDestinations({ access, clients, bindings }, settings)));
  for (const url of evidence.servers) checks.push(await checkServer(url, settings));
  for (const plan of calls)
    checks.push(
      await check(
        `call of ${plan.url.host}${plan.url.pathname}`,
        async () => (await performCall(plan, settings)).findings,
      ),
    );
  return checks;
}

function boundServices({ bindings }: Evidence): ServiceAccess[] {
  return bindings.flatMap(({ where, binding }) => {
    try {
      const { certificate, key } = readCertificateCredentials(binding);
      const isWithoutKey = certificate !== undefined && key === undefined;
      if (
        readServiceUri(binding) === undefined ||
        (binding.offering ?? 'destination') !== 'destination' ||
        isWithoutKey
      )
        return [];
      return [findServiceAccess({ text: JSON.stringify(binding.credentials), name: where })];
    } catch (error) {
      // What is wrong with the binding is a finding of the binding.
      if (error instanceof Failure) return [];
      throw error;
    }
  });
}

/** The same service twice, once by its key and once by a binding, is looked at once. */
function uniqueServices(services: readonly ServiceAccess[]): ServiceAccess[] {
  return [...new Map(services.map((one) => [`${one.uri} ${one.client.clientId}`, one])).values()];
}
