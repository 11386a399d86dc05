import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bindingCredentials,
  identityCredentials,
  startServices,
  type Services,
} from '../frontend/test/support/services';
import type { AppJson } from './support/app-json';

const root = join(__dirname, '..');
const dist = join(root, 'frontend', 'dist');
/** As in manifest.yml. */
const flags = ['--enable-source-maps', '--max-semi-space-size=8', '--max-old-space-size=64'];
const LIMIT_MS = 15_000;

/** This Node, and those that `npm run test:peers` has installed. */
const nodes = [
  process.execPath,
  ...['node22', 'node24'].map((name) => join(root, 'test', 'peers', 'node_modules', name, 'bin', 'node')),
].filter((file) => existsSync(file));

describe.each(nodes)('the built frontend on %s', (node) => {
  let folder: string;
  let services: Services;
  const running: ChildProcess[] = [];

  beforeAll(async () => {
    if (!existsSync(join(dist, 'server.js'))) throw new Error('frontend/dist is missing: npm run build makes it.');
    folder = mkdtempSync(join(tmpdir(), 'frontend-artefact-'));
    cpSync(dist, join(folder, 'app'), { recursive: true });
    services = await startServices();
    writeFileSync(join(folder, 'ca.pem'), services.ca.rootPem);
  });
  beforeEach(() => services.reset());
  afterEach(async () => {
    for (const child of running.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
  });
  afterAll(async () => {
    await services.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('consists of the bundle, its map, a package.json without dependencies and what browsers load', () => {
    expect(readdirSync(join(folder, 'app')).sort()).toEqual([
      'package.json',
      'public',
      'redis-store.js',
      'redis-store.js.map',
      'server.js',
      'server.js.map',
    ]);
    const { dependencies, engines } = JSON.parse(readFileSync(join(folder, 'app', 'package.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    expect({ dependencies, engines }).toEqual({ dependencies: undefined, engines: { node: '24.x' } });
  });

  it('leaves out what its libraries would load and it never uses, and is small for it', () => {
    const bundle = readFileSync(join(folder, 'app', 'server.js'), 'utf8');
    expect(bundle.length).toBeLessThan(1_000_000);
    expect(bundle).not.toMatch(/gb18030|windows-1252|application\/vnd\.|G\.FormData|getCallSites/);
  });

  it('still knows the media types of what it sends', async () => {
    const { get } = await start({ VCAP_SERVICES: vcapServices('secret') });
    const typeOf = async (path: string): Promise<string | null> => (await get(path, '*/*')).headers.get('content-type');
    expect(await typeOf('/assets/pages.css')).toBe('text/css; charset=utf-8');
    expect(await typeOf('/favicon.svg')).toBe('image/svg+xml');
    expect(await typeOf('/assets/fonts/72-Regular.woff2')).toBe('font/woff2');
  });

  it.each(['certificate', 'secret'] as const)(
    'calls the backend with a %s binding, trusting the CA of NODE_EXTRA_CA_CERTS',
    async (kind) => {
      const { get, output } = await start({ VCAP_SERVICES: vcapServices(kind) });
      const { status, body } = await json(get('/app', 'application/json'));
      expect(status).toBe(200);
      expect(body.backend?.body.message).toBe('Backend app successfully called.');
      expect(body.certificate?.['x5t#S256']).toBe(services.keystore.thumbprint);
      expect(body.hops).toHaveLength(7);
      const page = await get('/app', 'text/html');
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(services.secrets().filter((secret) => output().includes(secret))).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    'calls the certificate route with the keystore’s certificate',
    async () => {
      services.behaviour.destination['URL'] = services.certificateRoute.url;
      const { get } = await start({ VCAP_SERVICES: vcapServices('certificate') });
      const { status, body } = await json(get('/app', 'application/json'));
      expect(status).toBe(200);
      expect(services.certificateRoute.requests[0]?.thumbprint).toBe(services.keystore.thumbprint);
      expect(body.hops.find(({ to }) => to === 'backend')?.authentication).toEqual({
        kind: 'bearer',
        'x5t#S256': services.keystore.thumbprint,
      });
    },
    LIMIT_MS,
  );

  it.each(['X509_GENERATED', 'X509_PROVIDED', 'SECRET'] as const)(
    'calls the backend with a token straight from Identity (%s)',
    async (type) => {
      const keyFile = join(folder, 'client.key');
      writeFileSync(keyFile, services.identityBinding.key, { mode: 0o600 });
      const { get, output } = await start({
        VCAP_SERVICES: vcapIdentity(type),
        BACKEND_URL: services.certificateRoute.url,
        ...(type === 'X509_PROVIDED' && { IDENTITY_KEY_FILE: keyFile }),
      });
      const { status, body } = await json(get('/homepage', 'application/json'));
      expect(status).toBe(200);
      const thumbprint = type === 'SECRET' ? undefined : services.identityBinding.thumbprint;
      expect(body.token?.claims.cnf?.['x5t#S256']).toBe(thumbprint);
      expect(services.certificateRoute.requests[0]?.thumbprint).toBe(thumbprint);
      expect((await get('/homepage', 'text/html')).status).toBe(200);
      expect(services.secrets().filter((secret) => output().includes(secret))).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    'starts with the credential type NONE and says what cannot be done',
    async () => {
      const { get } = await start({ VCAP_SERVICES: vcapIdentity('NONE') });
      const { status, body } = await json(get('/homepage', 'application/json'));
      expect([status, body.error?.code]).toEqual([503, 'identity-client-public']);
    },
    LIMIT_MS,
  );

  it(
    'does not start with the key of another certificate, and names it',
    async () => {
      const keyFile = join(folder, 'other.key');
      writeFileSync(keyFile, services.keystore.key, { mode: 0o600 });
      const { child, output } = launch({ VCAP_SERVICES: vcapIdentity('X509_PROVIDED'), IDENTITY_KEY_FILE: keyFile });
      await once(child, 'exit');
      expect(child.exitCode).toBe(1);
      expect(output()).toContain(`the key in the file ${keyFile} does not belong to the first certificate`);
    },
    LIMIT_MS,
  );

  it(
    'serves style sheet, fonts and icon of its pages',
    async () => {
      const { get } = await start({});
      const page = await (await get('/', 'text/html')).text();
      const links = [...page.matchAll(/(?:href|src)="(\/(?:assets\/|favicon)[^"]+)"/g)].map(([, link]) => link ?? '');
      expect(links.length).toBeGreaterThan(1);
      const css = await (await get('/assets/pages.css', '*/*')).text();
      const fonts = [...css.matchAll(/url\(["']?(fonts\/[^"')]+)["']?\)/g)].map(([, font]) => `/assets/${font}`);
      expect(fonts.length).toBeGreaterThan(0);
      for (const link of [...links, ...fonts]) expect([link, (await get(link, '*/*')).status]).toEqual([link, 200]);
      for (const hidden of ['/server.js', '/package.json', '/server.js.map'])
        expect((await get(hidden, '*/*')).status).toBe(404);
    },
    LIMIT_MS,
  );

  it(
    'says that it does not trust XSUAA without that CA',
    async () => {
      const { get } = await start({ VCAP_SERVICES: vcapServices('certificate'), NODE_EXTRA_CA_CERTS: undefined });
      const { status, body } = await json(get('/app', 'application/json'));
      expect(status).toBe(502);
      expect(body.error).toMatchObject({ code: 'xsuaa-untrusted', hop: { from: 'frontend', to: 'xsuaa' } });
      expect(body.error?.remedy).toContain('NODE_EXTRA_CA_CERTS');
    },
    LIMIT_MS,
  );

  it(
    'starts with nothing bound and says what to bind',
    async () => {
      const { get } = await start({});
      expect((await get('/health', '*/*')).status).toBe(200);
      const { status, body } = await json(get('/app', 'application/json'));
      expect([status, body.error?.code]).toEqual([503, 'destination-service-not-bound']);
    },
    LIMIT_MS,
  );

  it(
    'lists every problem of its configuration at once and exits with 1',
    async () => {
      const broken = { ...bindingCredentials(services, 'certificate'), key: 'x', uri: undefined };
      const VCAP_SERVICES = JSON.stringify({ destination: [{ ...binding, credentials: broken }] });
      const { child, output } = launch({ VCAP_SERVICES, PORT: 'x' });
      await once(child, 'exit');
      expect(child.exitCode).toBe(1);
      expect(output()).toContain('The configuration has 3 problems');
      for (const part of ['PORT is "x"', '"key" is no readable private key', '"uri" is missing'])
        expect(output()).toContain(part);
      expect(output()).not.toMatch(/\n\s+at /);
    },
    LIMIT_MS,
  );

  it(
    'exits with 0 at SIGTERM although it keeps connections to its services',
    async () => {
      const { child, get } = await start({ VCAP_SERVICES: vcapServices('certificate') });
      expect((await get('/app', 'application/json')).status).toBe(200);
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      expect(child.exitCode).toBe(0);
    },
    LIMIT_MS,
  );

  describe('with a file .env in its working directory', () => {
    const settings = () =>
      ['CLIENT_ID=reader', 'CLIENT_SECRET="s3cret # with a hash"', 'ISSUER=https://as.example']
        .map((line) => `OAUTH_${line}\n`)
        .join('');

    it('takes its settings from there, and those of the environment first', async () => {
      const cwd = mkdtempSync(join(folder, 'env-'));
      writeFileSync(join(cwd, '.env'), `${settings()}BACKEND_URL=https://backend.example\nLOG_LEVEL=loud\n`);
      const { get } = await start({ LOG_LEVEL: 'info' }, cwd);
      const home = (await (await get('/home', 'application/json')).json()) as {
        comparison: { state: { kind: string } }[];
      };
      expect(home.comparison.map(({ state }) => state.kind)).toEqual(['ready', 'not-bound']);
    });

    it('names what is wrong in it, with the files that it names', async () => {
      const cwd = mkdtempSync(join(folder, 'env-'));
      const wrong =
        'MTLS_OAUTH_CLIENT_ID=service\nMTLS_OAUTH_CERTIFICATE_FILE=client.crt\nMTLS_OAUTH_KEY_FILE=client.key\n';
      writeFileSync(join(cwd, '.env'), settings() + wrong);
      const { child, output } = launch({}, cwd);
      await once(child, 'close');
      expect(child.exitCode).toBe(1);
      expect(output()).toContain(
        'MTLS_OAUTH_CERTIFICATE_FILE names the file client.crt, which cannot be read (ENOENT)',
      );
      expect(output()).toContain('MTLS_OAUTH_KEY_FILE names the file client.key, which cannot be read (ENOENT)');
      expect(output()).not.toContain('s3cret');
    });

    it('ignores it on Cloud Foundry', async () => {
      const cwd = mkdtempSync(join(folder, 'env-'));
      writeFileSync(join(cwd, '.env'), 'LOG_LEVEL=loud\n');
      const { get } = await start({ VCAP_APPLICATION: '{"application_name":"frontendmtls"}' }, cwd);
      expect((await get('/health', 'application/json')).status).toBe(200);
    });
  });

  const binding = { label: 'destination', name: 'mtlsDestination', plan: 'lite', tags: ['destination'] };

  function vcapServices(kind: 'certificate' | 'secret'): string {
    return JSON.stringify({ destination: [{ ...binding, credentials: bindingCredentials(services, kind) }] });
  }

  function vcapIdentity(type: Parameters<typeof identityCredentials>[1]): string {
    const credentials = identityCredentials(services, type);
    return JSON.stringify({ identity: [{ label: 'identity', name: 'clicreIas', tags: ['ias'], credentials }] });
  }

  function launch(env: Record<string, string | undefined>, cwd = join(folder, 'app')) {
    const child = spawn(node, [...flags, join(folder, 'app', 'server.js')], {
      cwd,
      env: { PATH: '', PORT: '0', HOST: '127.0.0.1', NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'), ...env },
    });
    running.push(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    return { child, output: () => text };
  }

  async function start(env: Record<string, string | undefined>, cwd?: string) {
    const { child, output } = launch(env, cwd);
    const deadline = Date.now() + LIMIT_MS;
    let port: string | undefined;
    while (port === undefined) {
      port = /"port":(\d+)/.exec(output())?.[1];
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`It did not start: ${output()}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const get = (path: string, accept: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}${path}`, { headers: { accept } });
    return { child, output, get };
  }

  async function json(pending: Promise<Response>): Promise<{ readonly status: number; readonly body: AppJson }> {
    const response = await pending;
    return { status: response.status, body: (await response.json()) as AppJson };
  }
});
