import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CreateAgent } from '../../src/upstream/http-client';
import { openSockets } from '../support/open-sockets';
import { eventually, startApp, type RunningApp } from '../support/running-app';
import { clientId, identityClientId, startServices, type Services } from '../support/services';
import { sendJson, type StandIn } from '../support/stand-in';
import type { Issued } from '../support/test-ca';

const LOOK_MS = 20;
const before = { ...process.env };

type Pair = Pick<Issued, 'chain' | 'key'>;

let services: Services;
/** Certificates of later bindings of the Destination Service and of Identity. */
let next: { readonly destination: Issued; readonly identity: Issued };
let agents: Agent[];
let folder: string;
let file: string;
let app: RunningApp | undefined;

beforeAll(async () => {
  services = await startServices();
  const [destination, identity] = await Promise.all([services.ca.issueClient(), services.ca.issueClient()]);
  next = { destination, identity };
});
beforeEach(() => {
  services.reset();
  services.behaviour.destination['URL'] = services.certificateRoute.url;
  for (const { thumbprint } of [next.destination, next.identity]) services.behaviour.bound.add(thumbprint);
  agents = [];
  folder = mkdtempSync(join(tmpdir(), 'frontend-rotation-'));
  file = join(folder, 'vcap_services');
  process.env['VCAP_SERVICES_FILE_PATH'] = file;
  process.env['BACKEND_URL'] = services.certificateRoute.url;
});
afterEach(async () => {
  await app?.stop();
  app = undefined;
  rmSync(folder, { recursive: true, force: true });
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
});
afterAll(() => services.stop());

const current = () => ({ destination: services.binding, identity: services.identityBinding });

/** VCAP_SERVICES; a certificate of Identity without a key is one of its owner's. */
function bindings({ destination, identity }: { destination: Pair; identity: Pair | { chain: string } }): string {
  const own = { certificate: identity.chain, 'credential-type': 'X509_PROVIDED' };
  const generated = { ...own, 'credential-type': 'X509_GENERATED', ...('key' in identity && { key: identity.key }) };
  return JSON.stringify({
    destination: [
      {
        label: 'destination',
        name: 'mtlsDestination',
        tags: ['destination'],
        credentials: {
          clientid: clientId,
          'credential-type': 'x509',
          certificate: destination.chain,
          key: destination.key,
          certurl: services.xsuaaCertificate.url,
          uri: services.destinationService.url,
        },
      },
    ],
    identity: [
      {
        label: 'identity',
        name: 'clicreIas',
        credentials: {
          clientid: identityClientId,
          url: services.identity.url,
          ...('key' in identity ? generated : own),
        },
      },
    ],
  });
}

/** As whoever delivers files should do it. */
function replace(target: string, text: string): void {
  writeFileSync(`${target}.new`, text);
  renameSync(`${target}.new`, target);
}

const createAgent: CreateAgent = (options) => {
  const agent = services.createAgent(options);
  agents.push(agent);
  return agent;
};

async function start(): Promise<RunningApp> {
  app = await startApp({ reloadCheckMs: LOOK_MS, createAgent });
  return app;
}

const health = async (): Promise<unknown> => (await app?.get('/health'))?.json();
const becomesOutdated = () =>
  eventually(async () => JSON.stringify(await health()).startsWith('{"status":"up","bindings":"outdated",'));
const errorsLogged = () => (app?.log() ?? '').split('\n').filter((line) => line.includes('"level":"error"'));
const thumbprintAt = async (path: string) => (await app?.run(path))?.result.certificate?.['x5t#S256'];
const shownTo = ({ requests }: StandIn) => [...new Set(requests.map(({ thumbprint }) => thumbprint))];

describe('followScenarios', () => {
  it('lets new tokens use the certificate of a new binding, and destroys the connections of the old', async () => {
    writeFileSync(file, bindings(current()));
    const running = await start();
    for (const path of ['/app', '/homepage']) expect((await running.run(path)).status).toBe(200);
    const old = [...agents];
    expect(old.filter((agent) => openSockets(agent) > 0)).toHaveLength(3); // two bindings and the keystore
    for (const { requests } of [services.xsuaaCertificate, services.identity]) requests.length = 0;

    replace(file, bindings(next));
    await eventually(async () => (await thumbprintAt('/homepage')) === next.identity.thumbprint);
    expect((await running.run('/app')).status).toBe(200);
    expect(shownTo(services.xsuaaCertificate)).toEqual([next.destination.thumbprint]);
    expect(shownTo(services.identity)).toEqual([next.identity.thumbprint]);
    await eventually(() => old.every((agent) => openSockets(agent) === 0));
    expect(agents.slice(old.length).filter((agent) => openSockets(agent) > 0)).toHaveLength(3);
  });

  it('loses no request of 20 clients while bindings are replaced again and again', async () => {
    writeFileSync(file, bindings(current()));
    const running = await start();
    const failures: unknown[] = [];
    let count = 0;
    const end = new AbortController();
    const clients = Array.from({ length: 20 }, async (_, index) => {
      while (!end.signal.aborted) {
        const { status, result } = await running.run(index % 2 === 0 ? '/app' : '/homepage');
        count += 1;
        if (status !== 200) failures.push(result.error);
      }
    });
    for (const pair of [next, current(), next]) {
      services.identity.requests.length = 0;
      replace(file, bindings(pair));
      await eventually(() => shownTo(services.identity).includes(pair.identity.thumbprint));
    }
    await eventually(() => count >= 100);
    end.abort();
    await Promise.all(clients);
    expect(failures).toEqual([]);
    // Of the two bindings and the keystore; what one of them has not used for a while, the server has closed.
    await eventually(() => agents.filter((agent) => openSockets(agent) > 0).length <= 3);
    expect(agents.length).toBeGreaterThan(3 * 3);
  });

  it('lets a request that has begun end with the old binding, and leaves no connection of it', async () => {
    writeFileSync(file, bindings(current()));
    const running = await start();
    const release: (() => void)[] = [];
    services.identity.handler = ({ thumbprint }, res) =>
      void release.push(() =>
        sendJson(res, 200, { access_token: `opaque-${thumbprint}`, token_type: 'Bearer', expires_in: 600 }),
      );
    const begun = running.run('/homepage');
    await eventually(() => release.length === 1);
    const old = [...agents];
    replace(file, bindings(next));
    await eventually(() => agents.length > old.length);
    release[0]?.();
    const { status, result } = await begun;
    const { thumbprint } = services.identityBinding;
    expect([status, result.certificate?.['x5t#S256']]).toEqual([200, thumbprint]);
    expect(services.certificateRoute.requests.at(-1)).toMatchObject({
      headers: { authorization: `Bearer opaque-${thumbprint}` },
      thumbprint,
    });
    await eventually(() => old.every((agent) => openSockets(agent) === 0));
  });

  it.each([
    ['half of a file', () => bindings(next).slice(0, 900)],
    [
      'a certificate with the key of another',
      () => bindings({ ...next, identity: { chain: next.identity.chain, key: services.keystore.key } }),
    ],
    ['a second binding where one is meant', () => withSecondIdentity(bindings(next))],
  ])('goes on with what it has after %s, and says so in /health and, once, in the log', async (_what, text) => {
    writeFileSync(file, bindings(current()));
    await start();
    expect(await thumbprintAt('/homepage')).toBe(services.identityBinding.thumbprint);
    writeFileSync(file, text());
    await becomesOutdated();
    await new Promise((resolve) => setTimeout(resolve, 5 * LOOK_MS));
    expect(errorsLogged()).toEqual([expect.stringContaining('the changed files cannot be used')]);
    for (const { key } of [next.destination, next.identity, services.keystore])
      expect(app?.log()).not.toContain(key.split('\n')[1]);
    expect(await thumbprintAt('/homepage')).toBe(services.identityBinding.thumbprint);

    writeFileSync(file, bindings(next));
    await eventually(async () => (await thumbprintAt('/homepage')) === next.identity.thumbprint);
    const names = ['/app binding', '/homepage binding'];
    const { certificates = [], ...rest } = (await health()) as { certificates?: Array<{ name: string }> };
    expect(certificates.map(({ name }) => name).sort()).toEqual(names);
    expect(rest).toEqual({ status: 'up' });
  });

  it('takes a key of one’s own anew together with its certificate, whichever comes first', async () => {
    const keyFile = join(folder, 'client.key');
    process.env['IDENTITY_KEY_FILE'] = keyFile;
    const own = (pair: typeof next) => bindings({ ...pair, identity: { chain: pair.identity.chain } });
    writeFileSync(file, own(current()));
    writeFileSync(keyFile, services.identityBinding.key);
    await start();
    expect(await thumbprintAt('/homepage')).toBe(services.identityBinding.thumbprint);
    replace(keyFile, next.identity.key);
    await becomesOutdated();
    expect(await thumbprintAt('/homepage')).toBe(services.identityBinding.thumbprint);
    replace(file, own(next));
    await eventually(async () => (await thumbprintAt('/homepage')) === next.identity.thumbprint);
  });

  it('knows a service that was bound meanwhile, and one that was unbound', async () => {
    writeFileSync(file, '{}');
    const running = await start();
    expect((await running.run('/homepage')).status).toBe(503);
    replace(file, bindings(current()));
    await eventually(async () => (await running.run('/homepage')).status === 200);
    replace(file, '{}');
    await eventually(async () => (await running.run('/homepage')).status === 503);
  });
});

function withSecondIdentity(text: string): string {
  const { identity, ...others } = JSON.parse(text) as { readonly identity: readonly object[] };
  return JSON.stringify({ ...others, identity: [...identity, { ...identity[0], name: 'other' }] });
}
