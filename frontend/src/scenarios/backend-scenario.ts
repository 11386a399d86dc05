import type { AccessGranted, AccessSource, BackendAccess } from '../access';
import { callBackend, endpointBelow, type BackendOutcome, type BackendUpstream } from '../backend-client';
import { TOKEN_INVALID, WRONG_WAY } from '../backend-refusal';
import { ScenarioFailedError } from '../errors';
import type { Hop } from '../hops';
import type { Replay } from '../replay/replay';
import type {
  CertificateCard,
  ScenarioCard,
  ScenarioDescription,
  ScenarioError,
  ScenarioResult,
  UsedCertificate,
} from '../scenario';
import { confirmedThumbprint } from '../tokens/claims';
import type { ClientCertificate } from '../tokens/client-certificate';
import type { Connections } from '../upstream/connections';
import type { UpstreamError } from '../upstream/upstream';
import type { Scenario, ScenarioRun } from './scenario';
import { arrivalHop, keysHop, summarize, type TimedResult } from './way';

export interface BackendScenarioOptions {
  readonly description: ScenarioDescription;
  readonly access: AccessSource;
  readonly backend: BackendUpstream;
  /** The connections that show this certificate. */
  readonly connect: (certificate: ClientCertificate | undefined) => Connections;
  /** Uses a token as a thief would. */
  readonly replay: (access: BackendAccess) => Promise<Replay>;
  /** The certificate of the service binding, if it has one. */
  readonly bindingCertificate: CertificateCard | undefined;
  readonly close: () => void;
}

/** Gets a token somehow, and calls the backend with it and the certificate that belongs to it. */
export class BackendScenario implements Scenario {
  readonly page: ScenarioDescription;
  readonly #options: BackendScenarioOptions;
  #last: TimedResult | undefined;
  #certificate: CertificateCard | undefined;

  constructor(options: BackendScenarioOptions) {
    this.page = options.description;
    this.#options = options;
  }

  async run(): Promise<ScenarioRun> {
    const started = performance.now();
    const { hops, error, ...brought } = await this.#travel();
    const scenarioError = error && toScenarioError(error);
    const result: ScenarioResult = {
      ...brought,
      hops: [arrivalHop({ path: this.page.path, status: scenarioError?.status ?? 200, started }), ...hops],
      ...(scenarioError && { error: scenarioError }),
    };
    this.#certificate = result.certificate ?? this.#certificate;
    this.#last = { result, at: Date.now() };
    return { result, ...(error && { cause: error.failure }) };
  }

  async replay(path: string): Promise<Replay> {
    const started = performance.now();
    const granted = await this.#options.access.get();
    if (granted.ok) return this.#options.replay(granted.access);
    const { hop, hops, error: cause } = granted;
    const error = toScenarioError(failureAt(hop, cause));
    const arrival = arrivalHop({ method: 'POST', path, status: error.status, started });
    const result = { hops: [arrival, ...hops], error };
    this.#last = { result, at: Date.now() };
    throw new ScenarioFailedError({ ...this.page, result }, cause);
  }

  card(): ScenarioCard {
    const { path, title, description } = this.page;
    const ends = this.certificates()
      .map(({ notAfter }) => notAfter)
      .sort();
    return {
      path,
      title,
      description,
      state: { kind: 'ready' },
      ...(ends[0] !== undefined && { certificateNotAfter: ends[0] }),
      ...(this.#last && { lastResult: summarize(this.#last) }),
    };
  }

  certificates(): readonly UsedCertificate[] {
    const { bindingCertificate: binding } = this.#options;
    const brought = this.#certificate;
    const isOther = brought !== undefined && brought['x5t#S256'] !== binding?.['x5t#S256'];
    return [
      ...(binding === undefined ? [] : [this.#describe(binding, 'binding')]),
      ...(isOther ? [this.#describe(brought, 'keystore')] : []),
    ];
  }

  close(): void {
    this.#options.close();
  }

  #describe({ notAfter }: CertificateCard, from: 'binding' | 'keystore'): UsedCertificate {
    return { name: `${this.page.path} ${from}`, notAfter };
  }

  async #travel(): Promise<Journey> {
    const granted = await this.#options.access.get();
    if (!granted.ok) return { hops: granted.hops, error: failureAt(granted.hop, granted.error) };
    const first = await this.#call(granted.access);
    if (!first.ok && WRONG_WAY.has(first.error.code)) this.#options.access.forget(granted.access);
    if (first.ok || first.error.code !== TOKEN_INVALID) return arrive(granted, first);
    return this.#tryAgain(granted, first);
  }

  /** Once, and only with another token than the one that was refused. */
  async #tryAgain(refused: AccessGranted, first: BackendOutcome): Promise<Journey> {
    const renewed = await this.#options.access.renew(refused.access);
    if (renewed === undefined) return arrive(refused, first);
    if (!renewed.ok || renewed.access.token.value === refused.access.token.value)
      return arrive({ ...refused, hops: [...refused.hops, ...renewed.hops] }, first);
    const again = await this.#call(renewed.access);
    return arrive({ ...renewed, hops: [...refused.hops, first.hop, ...renewed.hops] }, again);
  }

  #call({ url, token, certificate }: BackendAccess): Promise<BackendOutcome> {
    const { connect, backend } = this.#options;
    return callBackend(connect(certificate), backend, {
      url: endpointBelow(url),
      token: token.value,
      boundTo: confirmedThumbprint(token.claims),
    });
  }
}

type Journey = Pick<ScenarioResult, 'backend' | 'token' | 'certificate' | 'notes' | 'hops'> & {
  readonly error?: JourneyError;
};

interface JourneyError {
  readonly failure: UpstreamError;
  readonly at: Pick<Hop, 'from' | 'to'>;
}

function arrive({ access, hops: before, notes }: AccessGranted, call: BackendOutcome): Journey {
  const { token, certificate, issuer } = access;
  const { hop, answer } = call;
  return {
    ...(answer && { backend: answer }),
    ...(token.claims && { token: { claims: token.claims } }),
    ...(certificate && { certificate: certificate.card }),
    ...(notes.length > 0 && { notes }),
    hops: call.ok ? [...before, hop, keysHop(issuer)] : [...before, hop],
    ...(!call.ok && { error: failureAt(hop, call.error) }),
  };
}

function failureAt({ from, to }: Hop, failure: UpstreamError): JourneyError {
  return { failure, at: { from, to } };
}

function toScenarioError({ failure, at: hop }: JourneyError): ScenarioError {
  return { ...failure.toFailure(), hop, status: failure.status };
}
