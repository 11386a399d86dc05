import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServiceKey, succeed } from '../support/bindings';
import { call, until } from '../support/http';

import { alice, LoginBrowser } from '../support/login-browser';
import { root, startLandscape, type RunningLandscape } from '../support/running-landscape';

const LIMIT_MS = 120_000;
/** In the landscape's own range, where nothing else listens. */
const APPROUTER_PORT = 90;
const peers = join(root, 'test', 'peers', 'node_modules');
/** approuter refuses to be installed on older versions; an optional package of one platform. */
const node22 = join(peers, 'node22', 'bin', 'node');

interface Approuter {
  readonly url: string;
  output(): string;
  stop(): Promise<void>;
}

/** SAP's own front door, unmodified, in the place of our frontend: it logs users in and hands their tokens on. */
(existsSync(node22) ? describe : describe.skip)('@sap/approuter 23', () => {
  let landscape: RunningLandscape;
  let caFile: string;

  beforeAll(async () => {
    landscape = await startLandscape();
    caFile = (await landscape.control('trust', '--file')).stdout.trim();
  }, LIMIT_MS);
  afterAll(async () => {
    await landscape?.stop();
  }, LIMIT_MS);

  describe.each([
    {
      issuer: 'XSUAA',
      instance: 'mtlsXsuaa',
      label: 'xsuaa',
      parameters: { 'credential-type': 'x509' },
      logoutAt: /\/logout\.do/,
    },
    {
      issuer: 'IAS',
      instance: 'clicreIas',
      label: 'identity',
      parameters: { 'credential-type': 'X509_GENERATED' },
      logoutAt: /\/oauth2\/logout/,
    },
  ])('with $issuer', ({ instance, label, parameters, logoutAt }) => {
    let approuter: Approuter;
    let browser: LoginBrowser;

    beforeAll(async () => {
      // Without any, IAS sends nobody back; XSUAA always allows localhost.
      const callback = `http://localhost:${landscape.portBase + APPROUTER_PORT}/login/callback`;
      if (label === 'identity') await succeed(landscape.cf('update-service', instance, '-c', redirectTo(callback)));
      const credentials = await createServiceKey(landscape, { instance, name: 'approuter', parameters });
      approuter = await startApprouter({ label, credentials, backendUrl: landscape.url('certificate'), caFile });
      browser = new LoginBrowser(landscape);
    }, LIMIT_MS);
    afterAll(async () => {
      await approuter?.stop();
    }, LIMIT_MS);

    it('sends a browser to the login page, and back to the page that it wanted', async () => {
      const login = await browser.open(`${approuter.url}/backend/endpoint`);
      expect(login.text).toContain('type="password"');
      const answer = await browser.logIn(login, alice);
      expect(`${answer.status} ${answer.text} ${approuter.output()}`).toMatch(/^200 /);
      expect(answer.url).toBe(`${approuter.url}/backend/endpoint`);
      expect(browser.cookies.has('JSESSIONID')).toBe(true);
    });

    it("calls the backend with the user's token and the certificate that the token is bound to", async () => {
      const { status, text } = await browser.send(`${approuter.url}/backend/endpoint`, undefined, {
        accept: 'application/json',
      });
      expect(status).toBe(200);
      const { claims } = JSON.parse(text) as { claims: Record<string, unknown> };
      expect(Object.values(claims)).toContain(alice.username);
      expect(claims).toHaveProperty(['cnf', 'x5t#S256']);
    });

    it('ends session and login at its logout path', async () => {
      expect(await browser.open(`${approuter.url}/do/logout`)).toHaveProperty('url', expect.stringMatching(logoutAt));
      const again = await browser.open(`${approuter.url}/backend/endpoint`);
      expect(again.text).toContain('type="password"');
    });
  });

  async function startApprouter(options: {
    readonly label: string;
    readonly credentials: object;
    readonly backendUrl: string;
    readonly caFile: string;
  }): Promise<Approuter> {
    const folder = mkdtempSync(join(tmpdir(), 'approuter-'));
    const routes = [{ source: '^/backend/(.*)$', target: '$1', destination: 'backend', csrfProtection: false }];
    const xsApp = { authenticationMethod: 'route', logout: { logoutEndpoint: '/do/logout' }, routes };
    const authenticationType = options.label === 'identity' ? 'ias' : 'xsuaa';
    const withType = { ...xsApp, routes: routes.map((route) => ({ ...route, authenticationType })) };
    writeFileSync(join(folder, 'xs-app.json'), JSON.stringify(withType));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'approuter-under-test', private: true }));
    const port = landscape.portBase + APPROUTER_PORT;
    const instance = {
      label: options.label,
      name: options.label,
      tags: [options.label],
      credentials: options.credentials,
    };
    const destination = {
      name: 'backend',
      url: options.backendUrl,
      forwardAuthToken: true,
      forwardAuthCertificates: true,
    };
    const env = {
      PATH: process.env['PATH'],
      PORT: String(port),
      NODE_EXTRA_CA_CERTS: options.caFile,
      VCAP_SERVICES: JSON.stringify({ [options.label]: [instance] }),
      destinations: JSON.stringify([destination]),
      // Else the first answer is a page whose script keeps the fragment and goes on.
      PRESERVE_FRAGMENT: 'false',
    };
    const child = spawn(node22, [join(peers, '@sap', 'approuter', 'approuter.js')], { cwd: folder, env });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const url = `http://localhost:${port}`;
    await until(
      `the start of approuter (${folder})`,
      () =>
        call(`${url}/nowhere`).then(
          ({ status }) => status,
          () => (child.exitCode === null ? 0 : -1),
        ),
      (status) => status > 0,
      60_000,
    );
    return { url, output: () => output, stop: () => stop(child, folder) };
  }
});

function redirectTo(uri: string): string {
  return JSON.stringify({ 'oauth2-configuration': { 'redirect-uris': [uri] } });
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
}
