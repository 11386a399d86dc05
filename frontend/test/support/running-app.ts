import { once } from 'node:events';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHttpServer, createLogger, type Followed, type Logger } from '@mtls/platform';
import { createApp } from '../../src/app';
import { readConfig, type Config } from '../../src/config';
import type { ScenarioResult } from '../../src/scenario';
import type { Scenario } from '../../src/scenarios/scenario';
import { createLogin } from '../../src/login/login';
import { closeBoundParts, createBoundParts, followBoundParts, type BoundParts } from '../../src/bound-parts';
import { openSessionStore } from '../../src/session-store';
import type { CreateAgent } from '../../src/upstream/http-client';

export interface RunningApp {
  readonly url: string;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  /** `GET path` as JSON. */
  run(path?: string): Promise<{ readonly status: number; readonly result: ScenarioResult }>;
  /** Everything logged so far. */
  log(): string;
  stop(): Promise<void>;
}

export type AppSource =
  | { readonly config: Config; readonly createAgent: CreateAgent }
  | { readonly scenarios: readonly Scenario[] }
  /** As the environment configures it; its files are looked at so often. */
  | { readonly reloadCheckMs: number; readonly createAgent: CreateAgent };

/** Serves the app as server.ts does, on a free port, with a public folder of its own. */
export async function startApp(source: AppSource): Promise<RunningApp> {
  let log = '';
  const logger = createLogger({
    component: 'frontendmtls',
    level: 'debug',
    destination: { write: (line) => (log += line) },
  });
  const publicFolder = mkdtempSync(join(tmpdir(), 'frontend-public-'));
  mkdirSync(join(publicFolder, 'assets'));
  writeFileSync(join(publicFolder, 'assets', 'pages.css'), 'body{margin:0}');
  writeFileSync(join(publicFolder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  const parts = provideParts(source, logger);
  const sessionSettings = 'config' in source ? source.config.sessions : IN_MEMORY;
  const store = await openSessionStore(sessionSettings, logger);
  const sessions = { store, requireLogin: sessionSettings.requireLogin };
  const replay = { isOn: 'config' in source && source.config.demoAttacks, appName: 'frontendmtls' };
  const app = createApp({ region: 'local', parts, sessions, replay, publicFolder, logger });
  const server = createHttpServer(app, app);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP
  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}${path}`, { headers, redirect: 'manual' });
  return {
    url,
    get,
    async run(path = '/app') {
      const response = await get(path, { accept: 'application/json' });
      return { status: response.status, result: (await response.json()) as ScenarioResult };
    },
    log: () => log,
    async stop() {
      parts.stop();
      closeBoundParts(parts.current);
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      store.close();
      rmSync(publicFolder, { recursive: true, force: true });
    },
  };
}

const IN_MEMORY = { redis: undefined, idleMs: 60_000, requireLogin: false, instanceIndex: 0 } as const;

function provideParts(source: AppSource, logger: Logger): Followed<BoundParts> {
  if ('reloadCheckMs' in source) {
    const { files, process } = readConfig();
    const { reloadCheckMs, createAgent } = source;
    return followBoundParts({ files, process: { ...process, reloadCheckMs } }, { logger, createAgent });
  }
  const current =
    'scenarios' in source
      ? { scenarios: source.scenarios, login: createLogin(readConfig(), { logger }) }
      : createBoundParts(source.config, { logger, createAgent: source.createAgent });
  return { current, isOutdated: false, stop: () => undefined };
}

/** Waits until `condition` holds, for at most five seconds. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within 5 s: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
