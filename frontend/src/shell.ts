import { revision } from '@mtls/platform';
import type { Request } from 'express';
import type { ShellModel } from './pages';
import type { CurrentScenarios } from './scenarios/current-scenarios';
import { listEntries } from './scenarios/home';

/** Makes the frame of the page that answers a request. */
export type CreateShell = (req: Request) => ShellModel;

export const PRODUCT = 'Mutual TLS on SAP BTP';

export function createShellFactory(region: string, scenarios: CurrentScenarios): CreateShell {
  const shell = {
    product: PRODUCT,
    region,
    node: process.version,
    revision,
    scenarios: listEntries(scenarios.current).map(({ path, title }) => ({ path, title })),
  };
  return (req) => ({ ...shell, origin: originOf(req) });
}

/** The address in the browser, as the router passes it on; only for commands that a page shows. */
function originOf(req: Request): string | undefined {
  const address = `${req.protocol}://${req.host}`;
  return URL.canParse(address) ? new URL(address).origin : undefined;
}
