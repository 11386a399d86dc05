import { revision } from '@mtls/platform';
import type { Request } from 'express';
import type { CurrentLogin } from './bound-parts';
import { findLogin } from './login/require-login';
import type { Account, ShellModel } from './pages';
import { proveForm } from './request-forgery';
import { originOf } from './request-origin';
import { LOGOUT } from './routes/login';
import type { CurrentScenarios } from './scenarios/current-scenarios';
import { listEntries } from './scenarios/home';
import { decodeClaims, userName } from './tokens/claims';

/** Makes the frame of the page that answers a request. */
export type CreateShell = (req: Request) => ShellModel;

export const PRODUCT = 'Mutual TLS on SAP BTP';

export interface ShellOptions {
  readonly region: string;
  readonly scenarios: CurrentScenarios;
  readonly login: CurrentLogin;
}

export function createShellFactory({ region, scenarios, login }: ShellOptions): CreateShell {
  const shell = {
    product: PRODUCT,
    region,
    node: process.version,
    revision,
    scenarios: listEntries(scenarios.current).map(({ path, title }) => ({ path, title })),
  };
  return (req) => ({
    ...shell,
    origin: shownOrigin(req),
    ...(login.current.isReady && { account: describeAccount(req) }),
  });
}

/** Only pages with a login know who is logged in: the others do not read the session. */
function describeAccount(req: Request): Account {
  const tokens = findLogin(req);
  if (tokens === undefined || req.res === undefined) return { kind: 'unknown' };
  const name = userName(decodeClaims(tokens.accessToken));
  return { kind: 'user', name, logout: { action: LOGOUT, proof: proveForm(req, req.res) } };
}

/** The address in the browser, as the router passes it on; only for commands that a page shows. */
function shownOrigin(req: Request): string | undefined {
  const address = originOf(req);
  return URL.canParse(address) ? new URL(address).origin : undefined;
}
