import { callBackend, endpointBelow, type BackendUpstream } from '../backend-client';
import type { Config } from '../config';
import { findDestination, type FoundDestination } from '../destination/find';
import { pickAuthToken, readTargetToken, readTokenService } from '../destination/target';
import type { Hop } from '../hops';
import { describeBackendAt, noBackendUrl } from '../scenarios/backend-address';
import { describeServices, noDestinationService } from '../scenarios/destination-scenario';
import type { Obstacle } from '../scenarios/unavailable-scenario';
import { keysHop } from '../scenarios/way';
import { confirmedThumbprint, decodeClaims } from '../tokens/claims';
import { exchangeToken } from '../tokens/jwt-bearer';
import type { Connections } from '../upstream/connections';
import { UpstreamError } from '../upstream/upstream';
import type { UserAction, UserActionOutcome, UserVisit } from './user-action';

export interface UserActionsOptions {
  /** Shows the certificate of the binding of XSUAA, which the user's token is bound to. */
  readonly connections: Connections;
  /** Shows that of the binding of the Destination Service; undefined when none is bound. */
  readonly services: Connections | undefined;
}

type ActionConfig = Pick<Config, 'backendUrl' | 'destination' | 'userDestinationName' | 'timeouts' | 'process'>;

interface Step {
  readonly action: UserAction;
  readonly hops: readonly Hop[];
}

const XSUAA_KEYS = { party: 'xsuaa', keysPath: '/token_keys' } as const;

/** Does what this app can do with the token of a user who is logged in: each time anew, nothing is kept. */
export class UserActions {
  readonly #config: ActionConfig;
  readonly #options: UserActionsOptions;

  constructor(config: ActionConfig, options: UserActionsOptions) {
    this.#config = config;
    this.#options = options;
  }

  async run(accessToken: string): Promise<UserVisit> {
    const backend = await this.#callBackend(accessToken);
    const exchanged = await this.#exchange(accessToken);
    const destination = await this.#resolveDestination(exchanged.token);
    const steps = [backend, exchanged, destination];
    return { actions: steps.map(({ action }) => action), hops: steps.flatMap(({ hops }) => hops) };
  }

  async #callBackend(token: string): Promise<Step> {
    const describe = (outcome: UserActionOutcome): UserAction => ({
      id: 'backend',
      title: 'Call the backend',
      description:
        'With the user’s own token, as it came with the login: the backend sees who the user is and what the user may do.',
      outcome,
    });
    const { backendUrl, process } = this.#config;
    if (backendUrl === undefined) return { action: describe(obstructed(noBackendUrl(process.appName))), hops: [] };
    const outcome = await callBackend(this.#options.connections, describeBackend(this.#config), {
      url: endpointBelow(backendUrl),
      token,
      boundTo: confirmedThumbprint(decodeClaims(token)),
    });
    if (!outcome.ok)
      return { action: describe({ kind: 'failed', failure: outcome.error.toFailure() }), hops: [outcome.hop] };
    const { body, status } = outcome.answer;
    return {
      action: describe({ kind: 'done', summary: `The backend answered ${status}.`, body }),
      hops: [outcome.hop, keysHop(XSUAA_KEYS)],
    };
  }

  async #exchange(assertion: string): Promise<Step & { readonly token?: string }> {
    const describe = (outcome: UserActionOutcome): UserAction => ({
      id: 'exchange',
      title: 'Exchange the token for one of the Destination Service',
      description:
        'With the JWT bearer grant (RFC 7523): the user’s token is handed to XSUAA by the client of another service, and a ' +
        'token of the same user for that service comes back.',
      outcome,
    });
    const { destination } = this.#config;
    const { services } = this.#options;
    if (destination === undefined || services === undefined)
      return { action: describe(obstructed(noDestinationService(this.#config.process.appName))), hops: [] };
    const { issuer } = describeServices(this.#config, destination);
    const outcome = await exchangeToken(services.services, {
      issuer,
      credential: destination.credential,
      purpose: 'the user’s token, exchanged for one of the Destination Service',
      assertion,
    });
    const hops = [outcome.hop];
    if (!outcome.ok) return { action: describe({ kind: 'failed', failure: outcome.error.toFailure() }), hops };
    const { value: token } = outcome.value;
    const summary = 'XSUAA has issued a token of the same user for the Destination Service.';
    return { action: describe({ kind: 'done', summary, claims: decodeClaims(token) }), hops, token };
  }

  async #resolveDestination(token: string | undefined): Promise<Step> {
    const { destination, userDestinationName: name } = this.#config;
    const { services } = this.#options;
    const describe = (outcome: UserActionOutcome): UserAction => ({
      id: 'destination',
      title: `Resolve the destination ${name} for the user`,
      description:
        'With the exchanged token: the Destination Service hands it on to the destination’s token service, so that the ' +
        'token which comes with the destination is this user’s, too.',
      outcome,
    });
    if (destination === undefined || services === undefined)
      return { action: describe(obstructed(noDestinationService(this.#config.process.appName))), hops: [] };
    if (token === undefined) return { action: describe(NO_TOKEN), hops: [] };
    const outcome = await findDestination(services.services, describeServices(this.#config, destination).service, {
      serviceUrl: destination.serviceUrl,
      destinationName: name,
      token,
      purpose: `the destination ${name}, for the user`,
      tokenRetrieval: 'perform',
    });
    if (!outcome.ok) {
      const { code, message, remedy } = outcome.error.toFailure();
      const failure = { code, message, remedy: code === 'destination-not-found' ? howToCreate(name) : remedy };
      return { action: describe({ kind: 'failed', failure }), hops: [outcome.hop] };
    }
    return { action: describe(readUserToken(outcome.value)), hops: [outcome.hop, retrievalHop(outcome.value)] };
  }
}

/** The Destination Service answers 200 also where it got no token. */
function readUserToken(found: FoundDestination): UserActionOutcome {
  const authentication = found.destinationConfiguration['Authentication'];
  try {
    const { claims } = readTargetToken(pickAuthToken(found));
    return { kind: 'done', summary: `Authentication ${String(authentication)} brought a token of this user.`, claims };
  } catch (error) {
    if (error instanceof UpstreamError) return { kind: 'failed', failure: error.toFailure() };
    throw error;
  }
}

/** This app cannot see the service's own call. */
function retrievalHop(found: FoundDestination): Hop {
  const { party, path } = readTokenService(found);
  return {
    from: 'destination-service',
    to: party,
    method: 'POST',
    path,
    purpose: 'the user’s token, exchanged once more: for the backend',
    authentication: { kind: 'none' },
    cache: 'none',
    observed: false,
  };
}

const NO_TOKEN: UserActionOutcome = {
  kind: 'not-possible',
  message: 'The step before has brought no token to ask the Destination Service with.',
  remedy: 'Mend that step first.',
};

/** The same keeps a scenario from running. */
function obstructed({ message, remedy }: Obstacle): UserActionOutcome {
  return { kind: 'not-possible', message, remedy };
}

function howToCreate(name: string): string {
  return (
    'Create it: `mtls destination deploy --destination destination/destination_for_user` with the other options that created ' +
    'the destination of the app, or import that file in the cockpit (Connectivity, Destinations; destination/README.md says ' +
    `what to fill in). If yours has another name than "${name}", set USER_DESTINATION_NAME to it.`
  );
}

function describeBackend(config: ActionConfig): BackendUpstream {
  return describeBackendAt(config, {
    tokenInvalid: 'Check that the backend is bound to the same instance of XSUAA as this app, and log in again.',
    forbidden:
      'Let an administrator assign a role collection that holds the missing scope to the user (`mTLS Reference Viewer` ' +
      'holds Display), and log in again.',
    bindingRequired:
      'Bind XSUAA with a certificate in place of a secret, or set CERTIFICATE_BINDING of the backend to if-bound.',
  });
}
