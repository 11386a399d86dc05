import { callBackend, type BackendOutcome } from '../backend-client';
import { TOKEN_INVALID } from '../backend-refusal';
import type { Destination } from '../destination/destination';
import type { DestinationOutcome, DestinationSource } from '../destination/destination-source';
import { resolveBelow } from '../destination/target';
import { millisecondsSince } from '../hop-outcome';
import type { Hop } from '../hops';
import type { CertificateCard, ScenarioCard, ScenarioResult } from '../scenario';
import type { Scenario, ScenarioRun } from './scenario';
import type { RotatingConnections } from '../upstream/connections';
import type { Upstream, UpstreamError } from '../upstream/upstream';
import { confirmedThumbprint } from '../tokens/claims';
import { arrivalHop, destinationScenario, summarize } from './describe';

export interface DestinationScenarioOptions {
  readonly destinations: DestinationSource;
  /** For the calls of the backend, which show the keystore's certificate. */
  readonly connections: RotatingConnections;
  readonly backend: Upstream;
  /** The certificate of the service binding, if it has one. */
  readonly bindingCertificate: CertificateCard | undefined;
  /** Ends the connections to the services. */
  readonly closeServices: () => void;
}

const BACKEND_PATH = '/endpoint';

/** Calls the backend with a token that the Destination Service fetches with the uploaded keystore. */
export class DestinationScenario implements Scenario {
  readonly path = destinationScenario.path;
  readonly title = destinationScenario.title;
  readonly #options: DestinationScenarioOptions;
  #lastResult: ScenarioCard['lastResult'];
  #keystore: CertificateCard | undefined;

  constructor(options: DestinationScenarioOptions) {
    this.#options = options;
  }

  async run(): Promise<ScenarioRun> {
    const started = performance.now();
    const { hops, error, ...brought } = await this.#travel();
    const scenarioError = error && { ...error.failure.toFailure(), hop: error.at, status: error.failure.status };
    const result: ScenarioResult = {
      ...brought,
      hops: [arrivalHop(this.path, scenarioError?.status ?? 200, millisecondsSince(started)), ...hops],
      ...(scenarioError && { error: scenarioError }),
    };
    this.#keystore = result.certificate ?? this.#keystore;
    this.#lastResult = summarize(result);
    return { result, ...(error && { cause: error.failure }) };
  }

  card(): ScenarioCard {
    const ends = [this.#keystore, this.#options.bindingCertificate].flatMap((card) => card?.notAfter ?? []).sort();
    return {
      ...destinationScenario,
      state: { kind: 'ready' },
      ...(ends[0] !== undefined && { certificateNotAfter: ends[0] }),
      ...(this.#lastResult && { lastResult: this.#lastResult }),
    };
  }

  close(): void {
    this.#options.closeServices();
    this.#options.connections.close();
  }

  async #travel(): Promise<Journey> {
    const found = await this.#options.destinations.get();
    if (!found.ok) return { hops: found.hops, error: failureAt(found.hop, found.error) };
    const { destination } = found;
    const first = await this.#call(destination);
    if (first.ok || first.error.code !== TOKEN_INVALID) return arrive(found, first);
    return this.#tryAgain(found, first);
  }

  /** Once, and only with another token than the one that was refused. */
  async #tryAgain(refused: Found, first: BackendOutcome): Promise<Journey> {
    const renewed = await this.#options.destinations.renew(refused.destination);
    if (renewed === undefined) return arrive(refused, first);
    if (!renewed.ok || renewed.destination.token.value === refused.destination.token.value)
      return arrive({ ...refused, hops: [...refused.hops, ...renewed.hops] }, first);
    const again = await this.#call(renewed.destination);
    return arrive({ ...renewed, hops: [...refused.hops, first.hop, ...renewed.hops] }, again);
  }

  #call({ target, token, keystore }: Destination): Promise<BackendOutcome> {
    const { connections, backend } = this.#options;
    const url = resolveBelow(target, BACKEND_PATH);
    return callBackend(connections.with(keystore), backend, {
      url,
      token: token.value,
      boundTo: confirmedThumbprint(token.claims),
    });
  }
}

type Found = Extract<DestinationOutcome, { readonly ok: true }>;

type Journey = Pick<ScenarioResult, 'backend' | 'token' | 'certificate' | 'notes' | 'hops'> & {
  readonly error?: JourneyError;
};

interface JourneyError {
  readonly failure: UpstreamError;
  readonly at: Pick<Hop, 'from' | 'to'>;
}

function arrive({ destination, hops: before, notes }: Found, call: BackendOutcome): Journey {
  const { token, keystore, tokenService } = destination;
  const { hop, answer } = call;
  return {
    ...(answer && { backend: answer }),
    ...(token.claims && { token: { claims: token.claims } }),
    ...(keystore && { certificate: keystore.card }),
    ...(notes.length > 0 && { notes }),
    hops: call.ok ? [...before, hop, keysHop(tokenService.party, tokenService.keysPath)] : [...before, hop],
    ...(!call.ok && { error: failureAt(hop, call.error) }),
  };
}

function failureAt({ from, to }: Hop, failure: UpstreamError): JourneyError {
  return { failure, at: { from, to } };
}

/** The backend checks the token with the issuer's keys, which it keeps: this app cannot see whether it fetched them now. */
function keysHop(to: Hop['to'], path: string): Hop {
  return {
    from: 'backend',
    to,
    method: 'GET',
    path,
    purpose: "keys that check the token's signature",
    authentication: { kind: 'none' },
    cache: 'none',
    observed: false,
  };
}
