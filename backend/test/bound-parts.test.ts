import { createLogger, type Followed } from '@mtls/platform';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../src/app';
import { followBoundParts, type BoundParts } from '../src/bound-parts';
import { readConfig } from '../src/config';
import { startTrustedXsuaa } from './support/test-backend';
import type { XsuaaDouble } from './support/xsuaa-double';

const LOOK_MS = 20;

let first: XsuaaDouble;
let second: XsuaaDouble;
let folder: string;
let file: string;
let log: string;
let bound: Followed<BoundParts>;
let server: Server;

beforeAll(async () => {
  [first, second] = [await startTrustedXsuaa(), await startTrustedXsuaa()];
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'backend-rotation-'));
  file = join(folder, 'vcap_services');
  process.env['VCAP_SERVICES_FILE_PATH'] = file;
  writeFileSync(file, bindingOf(first));
  log = '';
  const logger = createLogger({ component: 'backendmtls', destination: { write: (line) => void (log += line) } });
  const config = readConfig();
  bound = followBoundParts({ ...config, reloadCheckMs: LOOK_MS }, logger);
  server = createServer(createApp(config, { bound, logger })).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
});
afterEach(() => {
  bound.stop();
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
  delete process.env['VCAP_SERVICES_FILE_PATH'];
});
afterAll(() => Promise.all([first.stop(), second.stop()]));

/** VCAP_SERVICES with one XSUAA, which signs with keys of its own. */
function bindingOf({ binding, credentials }: XsuaaDouble, clientid = credentials.clientid): string {
  return JSON.stringify({ xsuaa: [{ ...binding, credentials: { ...credentials, clientid } }] });
}

async function get(path: string, jwt?: string): Promise<Response> {
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return fetch(
    `http://127.0.0.1:${port}${path}`,
    jwt === undefined ? {} : { headers: { authorization: `Bearer ${jwt}` } },
  );
}

const statusOf = async (jwt: string) => (await get('/endpoint', jwt)).status;

async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within 5 s: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

describe('followBoundParts', () => {
  it('checks tokens for the binding that replaced another, and forgets those it had accepted for that', async () => {
    const [old, young] = [await first.issue(), await second.issue()];
    expect([await statusOf(old), await statusOf(young)]).toEqual([200, 401]);
    writeFileSync(file, bindingOf(second));
    await eventually(async () => (await statusOf(young)) === 200);
    expect(await statusOf(old)).toBe(401);
    expect(log).toContain('"issuers":["mtlsXsuaa (xsuaa)"]');
  });

  it('accepts the tokens of a new client id', async () => {
    const client = 'sb-mtlsxsuaa!t2';
    const young = await first.issue({ cid: client, azp: client, client_id: client, sub: client, aud: [client] });
    expect(await statusOf(young)).toBe(401);
    writeFileSync(file, bindingOf(first, client));
    await eventually(async () => (await statusOf(young)) === 200);
  });

  it('accepts the tokens that it accepted before, when only the credential changed', async () => {
    const jwt = await first.issue();
    expect(await statusOf(jwt)).toBe(200);
    writeFileSync(file, bindingOf(first).replace('n0t-4-l0g$', 'an0th3r$'));
    await eventually(async () => {
      expect(await statusOf(jwt)).toBe(200);
      return log.includes('the changed files are in use');
    });
    expect(await statusOf(jwt)).toBe(200);
    expect(log).not.toMatch(/n0t-4-l0g|an0th3r/);
  });

  it.each([
    ['half of the file', () => bindingOf(second).slice(0, 100)],
    ['no binding', () => '{}'],
    ['a binding without a client id', () => bindingOf(second, '')],
  ])('keeps the last good binding after %s; /health says so and stays 200', async (_what, text) => {
    const jwt = await first.issue();
    writeFileSync(file, text());
    await eventually(() => bound.isOutdated);
    expect(await statusOf(jwt)).toBe(200);
    const health = await get('/health');
    expect([health.status, await health.json()]).toEqual([200, { status: 'up', bindings: 'outdated' }]);
    expect(log.split('\n').filter((line) => line.includes('"level":"error"'))).toEqual([
      expect.stringContaining('this app goes on with what it has'),
    ]);
    writeFileSync(file, bindingOf(second));
    const young = await second.issue();
    await eventually(async () => (await statusOf(young)) === 200);
    expect(await (await get('/health')).json()).toEqual({ status: 'up' });
  });

  it('checks a request that has begun for the binding that it began with', async () => {
    first.behaviour = { kind: 'latency', ms: 500 };
    const asked = first.requests.length;
    const begun = statusOf(await first.issue());
    await eventually(() => first.requests.length > asked);
    const { current } = bound;
    writeFileSync(file, bindingOf(second));
    await eventually(() => bound.current !== current);
    expect(await begun).toBe(200);
    first.behaviour = { kind: 'keys' };
  });
});
