import type { JournalJson } from './app-json';
import { readJournal } from './bindings';
import type { RunningLandscape } from './running-landscape';

/** How often each thing was asked for, e.g. `xsuaa GET /token_keys` (of the query only options such as `$skip…` are told apart), and how many TLS handshakes each port has served, e.g. `router:443`. */
export interface ServiceCosts {
  readonly calls: Readonly<Record<string, number>>;
  readonly handshakes: Readonly<Record<string, number>>;
}

/** Runs something, and counts what it costs the services and the certificate routes; plain routes are not counted. */
export async function countCosts(landscape: RunningLandscape, run: () => Promise<void>): Promise<ServiceCosts> {
  const { length } = await readJournal(landscape);
  await run();
  const entries = (await readJournal(landscape)).slice(length);
  const offset = ({ port }: JournalJson): number => port - landscape.portBase;
  const isPlainRoute = (entry: JournalJson): boolean => entry.service === 'router' && offset(entry) < 400;
  const requests = entries.filter((entry) => entry.kind === 'request' && !isPlainRoute(entry));
  return {
    calls: count(
      requests.map(({ service, method, path }) => `${service} ${method} ${path?.replace(/\?(?!\$).*/, '')}`),
    ),
    handshakes: count(
      entries.filter(({ kind }) => kind === 'handshake').map((entry) => `${entry.service}:${offset(entry)}`),
    ),
  };
}

function count(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
