import type { Config } from '../config';
import { Grants } from '../grants/grants';
import type { UsedCertificate } from '../scenario';
import type { ScenarioDependencies } from '../scenarios/dependencies';
import { describeServices } from '../scenarios/destination-scenario';
import type { Issuer } from '../tokens/token-endpoint';
import { certificateOf, type Credential } from '../tokens/credential';
import { Connections } from '../upstream/connections';
import { UserActions } from '../user/user-actions';
import { LoginClient } from './login-client';
import { LoginUnavailableError } from './login-errors';
import { TransactionSeal } from './login-transaction';
import type { XsuaaBinding } from './xsuaa-binding';

/** What logging users in takes, made of the binding of XSUAA. */
export interface ReadyLogin {
  readonly client: LoginClient;
  readonly seal: TransactionSeal;
  /** What this app does for a user who is logged in. */
  readonly actions: UserActions;
  /** The grants, each to be run by itself. */
  readonly grants: Grants;
}

/** The login as the service bindings make it. */
export interface Login {
  readonly isReady: boolean;
  /** @throws {LoginUnavailableError} without a binding. */
  require(): ReadyLogin;
  /** That of its binding, if it has one. */
  certificates(): readonly UsedCertificate[];
  /** Ends the connections that it keeps, as soon as the calls that have begun have ended. */
  close(): void;
}

export function createLogin(config: Config, { createAgent }: ScenarioDependencies): Login {
  const { xsuaa: binding, maxSockets } = config;
  if (binding === undefined) return unavailable(config.process.appName);
  const { destination } = config;
  const certificate = certificateOf(binding.credential);
  const connect = ({ credential }: { readonly credential: Credential }): Connections =>
    new Connections(certificateOf(credential), { maxSockets, createAgent });
  const [connections, services] = [connect(binding), destination && connect(destination)];
  const client = {
    credential: binding.credential,
    issuer: describeIssuer(config, binding),
    http: connections.services,
  };
  const ready: ReadyLogin = {
    client: new LoginClient({ binding, ...client }),
    grants: new Grants({
      binding,
      login: client,
      destination: destination &&
        services && {
          credential: destination.credential,
          issuer: describeServices(config, destination).issuer,
          http: services.services,
        },
    }),
    seal: new TransactionSeal(binding.credential),
    actions: new UserActions(config, { connections, services }),
  };
  return {
    isReady: true,
    require: () => ready,
    certificates: () =>
      certificate === undefined ? [] : [{ name: '/login binding', notAfter: certificate.card.notAfter }],
    close: () => {
      connections.retire();
      services?.retire();
    },
  };
}

function unavailable(appName: string): Login {
  return {
    isReady: false,
    require: () => {
      throw new LoginUnavailableError(appName);
    },
    certificates: () => [],
    close: () => undefined,
  };
}

function describeIssuer({ timeouts }: Config, { bindingName, credential }: XsuaaBinding): Issuer {
  return {
    party: 'xsuaa',
    name: 'XSUAA',
    addressFrom: `"${credential.kind === 'certificate' ? 'certurl' : 'url'}" of the service binding "${bindingName}"`,
    timeoutMs: timeouts.tokenMs,
    timeoutSetting: 'TOKEN_TIMEOUT_MS',
    clientRemedy: 'The binding may have been deleted or renewed: bind XSUAA again and restage this app.',
  };
}
