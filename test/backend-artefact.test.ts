import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { badTokenKinds, makeBadToken } from '../backend/test/support/bad-tokens';
import { IDENTITY_CLIENT, IdentityDouble } from '../backend/test/support/identity-double';
import { vcapServicesOf } from '../backend/test/support/issuer-double';
import { rfc8705 } from '../backend/test/support/published-certificates';
import { XsuaaDouble } from '../backend/test/support/xsuaa-double';
import { call } from './support/http';

const root = join(__dirname, '..');
const dist = join(root, 'backend', 'dist');
/** As in manifest.yml. */
const flags = ['--enable-source-maps', '--max-semi-space-size=8', '--max-old-space-size=64'];
const BAD_TOKENS = 1000;
const PLAIN_ROUTE = 'mine.cfapps.example';
const CERTIFICATE_ROUTE = 'mine.cert.cfapps.example';
const application = JSON.stringify({ application_name: 'mine', application_uris: [PLAIN_ROUTE, CERTIFICATE_ROUTE] });
const families = ['xsuaa', 'identity'] as const;
const kinds = families.flatMap((family) => badTokenKinds[family].map((kind) => ({ family, kind })));
const START_LIMIT_MS = 15_000;

/** This Node, and those that `npm run test:peers` has installed. */
const nodes = [
  process.execPath,
  ...['node22', 'node24'].map((name) => join(root, 'test', 'peers', 'node_modules', name, 'bin', 'node')),
].filter((file) => existsSync(file));

/** The built backend, running in a folder that holds nothing but the artefact. */
interface Artefact {
  readonly url: string;
  readonly child: ChildProcess;
  readonly output: () => string;
}

describe.each(nodes)('the built backend on %s', (node) => {
  let folder: string;
  let xsuaa: XsuaaDouble;
  let identity: IdentityDouble;
  const running: ChildProcess[] = [];

  beforeAll(async () => {
    if (!existsSync(join(dist, 'server.js'))) throw new Error('backend/dist is missing: npm run build makes it.');
    folder = mkdtempSync(join(tmpdir(), 'backend-artefact-'));
    cpSync(dist, join(folder, 'app'), { recursive: true });
    [xsuaa, identity] = await Promise.all([XsuaaDouble.start(), IdentityDouble.start()]);
    writeFileSync(join(folder, 'ca.pem'), `${xsuaa.certificate}\n${identity.certificate}`);
  });
  afterEach(async () => {
    xsuaa.behaviour = { kind: 'keys' };
    identity.behaviour = { kind: 'keys' };
    for (const child of running.splice(0)) await end(child, 'SIGKILL');
  });
  afterAll(async () => {
    await Promise.all([xsuaa.stop(), identity.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('consists of the bundle, its map and a package.json without dependencies', () => {
    expect(readdirSync(join(folder, 'app')).sort()).toEqual(['package.json', 'server.js', 'server.js.map']);
    const { dependencies, engines } = JSON.parse(readFileSync(join(folder, 'app', 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect({ dependencies, engines }).toEqual({ dependencies: undefined, engines: { node: '24.x' } });
  });

  it.each(['VCAP_SERVICES', 'VCAP_SERVICES_FILE_PATH'])('starts with %s and answers a good token', async (name) => {
    const file = join(folder, 'vcap-services.json');
    writeFileSync(file, vcapServicesOf(xsuaa), { mode: 0o600 });
    const bindings = { VCAP_SERVICES: vcapServicesOf(xsuaa), VCAP_SERVICES_FILE_PATH: file }[name];
    const { url } = await start({ [name]: bindings });
    const response = await callWith(url, `Bearer ${await xsuaa.issue({ sub: 'someone' })}`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      message: 'Backend app successfully called.',
      claims: { sub: 'someone' },
    });
    const page = await fetch(`${url}/endpoint`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toContain('<h1>No entry without a valid access token</h1>');
  });

  it.each(families)('with only %s bound accepts its tokens and refuses the other’s', async (family) => {
    const [own, other] = family === 'xsuaa' ? [xsuaa, identity] : [identity, xsuaa];
    const { url } = await start({ VCAP_SERVICES: vcapServicesOf(own) });
    expect((await callWith(url, `Bearer ${await own.issue()}`)).status).toBe(200);
    expect(await problem(url, `Bearer ${await other.issue()}`)).toBe(
      '401 invalid_token The token was issued for another application.',
    );
  });

  it(`survives ${BAD_TOKENS} bad tokens of ${kinds.length} kinds with 401 each, without a restart`, async () => {
    const artefact = await start({ VCAP_SERVICES: vcapServicesOf(xsuaa, identity) });
    const tokens = await Promise.all(
      kinds.map(async ({ family, kind }) => ({
        kind: `${kind} (${family})`,
        authorization: await makeBadToken(kind, family === 'xsuaa' ? xsuaa : identity),
      })),
    );
    const wrong: string[] = [];
    for (let sent = 0; sent < BAD_TOKENS; sent += 1) {
      const { kind, authorization } = tokens[sent % tokens.length] ?? { kind: '', authorization: '' };
      const { status, headers } = await callWith(artefact.url, authorization);
      if (status !== 401 || !headers.get('www-authenticate')?.startsWith('Bearer')) wrong.push(`${kind}: ${status}`);
    }
    expect(wrong).toEqual([]);
    expect(artefact.child.exitCode).toBeNull();
    expect((await callWith(artefact.url, `Bearer ${await xsuaa.issue()}`)).status).toBe(200);
    const answer = await callWith(artefact.url, `Bearer ${await identity.issue()}`);
    expect(await answer.json()).toMatchObject({ claims: { azp: IDENTITY_CLIENT } });
    const log = artefact.output();
    expect(log.match(/"listening"/g)).toHaveLength(1);
    const leaked = tokens.filter(
      ({ authorization }) => authorization.length > 200 && log.includes(authorization.slice(-80)),
    );
    expect(leaked).toEqual([]);
    for (const { credentials } of [xsuaa, identity]) expect(log).not.toContain(credentials.clientsecret);
  });

  it('answers 503 while XSUAA hangs or is down, stays healthy, and works again when it is back', async () => {
    const { url } = await start({ VCAP_SERVICES: vcapServicesOf(xsuaa), UPSTREAM_TIMEOUT_MS: '300' });
    const authorization = `Bearer ${await xsuaa.issue()}`;
    xsuaa.behaviour = { kind: 'hang' };
    expect(await problem(url, authorization)).toMatch(
      /^503 temporarily_unavailable .*XSUAA.*did not answer within 300 ms/,
    );
    await xsuaa.stop();
    expect(await problem(url, authorization)).toContain(`https://${xsuaa.host}/token_keys refused the connection`);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    xsuaa.behaviour = { kind: 'keys' };
    await xsuaa.listen();
    expect((await callWith(url, authorization)).status).toBe(200);
  });

  it('answers 503 while Identity hangs, names it, and works again when it is back', async () => {
    const { url } = await start({ VCAP_SERVICES: vcapServicesOf(identity), UPSTREAM_TIMEOUT_MS: '300' });
    const authorization = `Bearer ${await identity.issue()}`;
    identity.behaviour = { kind: 'hang' };
    expect(await problem(url, authorization)).toMatch(
      /^503 temporarily_unavailable Identity \(IAS\).*did not answer within 300 ms/,
    );
    identity.behaviour = { kind: 'keys' };
    expect((await callWith(url, authorization)).status).toBe(200);
  });

  it('lets a bound token pass with its certificate on the certificate route only, and says which that is', async () => {
    const { url, output } = await start({
      VCAP_SERVICES: vcapServicesOf(xsuaa, identity),
      VCAP_APPLICATION: application,
    });
    expect(output()).toContain(`"certificate_routes":["${CERTIFICATE_ROUTE}"]`);
    for (const issuer of [xsuaa, identity]) {
      const authorization = `Bearer ${await issuer.issue({ cnf: { 'x5t#S256': rfc8705.thumbprint } })}`;
      const statusOf = async (headers: Record<string, string>): Promise<number> =>
        (await call(`${url}/endpoint`, { headers: { authorization, ...headers } })).status;
      const header = { 'x-forwarded-client-cert': rfc8705.certificate };
      const rubbish = { 'x-forwarded-client-cert': rfc8705.certificate.slice(0, -4) };
      expect(await statusOf({ host: CERTIFICATE_ROUTE, ...header })).toBe(200);
      expect(await statusOf({ host: CERTIFICATE_ROUTE })).toBe(401);
      expect(await statusOf({ host: CERTIFICATE_ROUTE, ...rubbish })).toBe(401);
      expect(await statusOf({ host: PLAIN_ROUTE, ...header })).toBe(401);
      expect(await statusOf({ host: PLAIN_ROUTE })).toBe(401);
    }
    expect(output()).not.toContain(rfc8705.certificate.slice(-40));
  });

  it('accepts a bound token on a plain route by the setting, and warns of it at start', async () => {
    const { url, output } = await start({
      VCAP_SERVICES: vcapServicesOf(xsuaa),
      ACCEPT_BOUND_TOKENS_ON_PLAIN_ROUTES: 'true',
    });
    expect(output()).toMatch(/"level":"warn".*ACCEPT_BOUND_TOKENS_ON_PLAIN_ROUTES is true/);
    const jwt = await xsuaa.issue({ cnf: { 'x5t#S256': rfc8705.thumbprint } });
    expect((await callWith(url, `Bearer ${jwt}`)).status).toBe(200);
  });

  it('says 503 and why when it does not trust XSUAA’s certificate', async () => {
    const { url } = await start({ VCAP_SERVICES: vcapServicesOf(xsuaa), NODE_EXTRA_CA_CERTS: undefined });
    expect(await problem(url, `Bearer ${await xsuaa.issue()}`)).toContain('a certificate that this app does not trust');
  });

  it('lists all start-up problems at once, without a stack trace, and exits with 1', async () => {
    const child = spawnArtefact({ PORT: 'http', LOG_LEVEL: 'loud', VCAP_APPLICATION: '{"application_name":"mine"}' });
    const output = capture(child);
    await once(child, 'close');
    expect(child.exitCode).toBe(1);
    expect(output()).toMatch(
      /^backend cannot start\. The configuration has 3 problems:\n {2}- PORT .*\n {2}- LOG_LEVEL .*\n {2}- Neither XSUAA \(tag "xsuaa"\) nor Identity \(label "identity"\) is bound.*cf bind-service mine mtlsXsuaa.*cf bind-service mine clicreIas.*\n$/,
    );
  });

  it('says so when its port is taken, and exits with 1', async () => {
    const { url } = await start({ VCAP_SERVICES: vcapServicesOf(xsuaa) });
    const child = spawnArtefact({ VCAP_SERVICES: vcapServicesOf(xsuaa), PORT: new URL(url).port });
    const output = capture(child);
    await once(child, 'close');
    expect(child.exitCode).toBe(1);
    expect(output()).toMatch(/^backend cannot start\. Another process uses the port: .*Choose another PORT/m);
    expect(output()).not.toMatch(/\n\s+at /);
  });

  it('answers what runs at SIGTERM, refuses new connections and exits with 0', async () => {
    const { url, child, output } = await start({ VCAP_SERVICES: vcapServicesOf(xsuaa) });
    xsuaa.behaviour = { kind: 'latency', ms: 500 };
    const before = xsuaa.requests.length;
    const answered = callWith(url, `Bearer ${await xsuaa.issue()}`);
    await until(() => xsuaa.requests.length > before); // the request waits for the keys
    child.kill('SIGTERM');
    await until(() => output().includes('shutting down'));
    await expect(fetch(`${url}/health`)).rejects.toThrow('fetch failed');
    expect((await answered).status).toBe(200);
    await end(child);
    expect(child.exitCode).toBe(0);
  });

  async function start(env: NodeJS.ProcessEnv): Promise<Artefact> {
    const child = spawnArtefact(env);
    const output = capture(child);
    await until(() => {
      if (child.exitCode !== null) throw new Error(`The backend ended:\n${output()}`);
      return output().includes('"listening"');
    });
    const port = /"port":(\d+)/.exec(output())?.[1] ?? '';
    return { url: `http://127.0.0.1:${port}`, child, output };
  }

  function spawnArtefact(env: NodeJS.ProcessEnv): ChildProcess {
    const defaults = { PORT: '0', HOST: '127.0.0.1', NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') };
    const child = spawn(node, [...flags, 'server.js'], { cwd: join(folder, 'app'), env: { ...defaults, ...env } });
    running.push(child);
    return child;
  }
});

async function callWith(url: string, authorization: string): Promise<Response> {
  const response = await fetch(`${url}/endpoint`, { headers: { authorization } });
  // Read at once, so that the connection serves the next call.
  return new Response(await response.arrayBuffer(), response);
}

async function problem(url: string, authorization: string): Promise<string> {
  const response = await callWith(url, authorization);
  const { error, error_description: description } = (await response.json()) as Record<string, string>;
  return `${response.status} ${error} ${description}`;
}

function capture(child: ChildProcess): () => string {
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return () => output;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('What the test waits for did not happen.');
    await wait(10);
  }
}

async function end(child: ChildProcess, signal?: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  if (signal !== undefined) child.kill(signal);
  await ended;
}
