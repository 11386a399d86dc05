import type { AppJson, OverviewJson } from './support/app-json';
import { createServiceKey, readRoot, succeed } from './support/bindings';
import { call, getJson, until } from './support/http';
import { startLandscape, type RunningLandscape } from './support/running-landscape';
import { fetchToken } from './support/token-request';

const LIMIT_MS = 90_000;

/** What users have who have not all services: the same two artefacts, pushed with another manifest. */
describe.each([
  {
    manifest: 'manifest-ias.yml',
    apps: { backend: 'backendclicer', frontend: 'frontendclicer' },
    instances: [['identity', 'application', 'clicreIas', '-c', 'config_ias.json']],
    bound: { path: '/homepage', answer: [200, undefined] },
    unbound: {
      path: '/app',
      code: 'destination-service-not-bound',
      bind: /cf create-service destination lite mtlsDestination.*cf bind-service frontendclicer mtlsDestination/,
    },
    foreign: {
      instance: ['xsuaa', 'application', 'foreign', '-c', 'xs-security.json'],
      parameters: { 'credential-type': 'x509' },
      path: '/oauth/token',
    },
  },
  {
    manifest: 'manifest.yml',
    apps: { backend: 'backendmtls', frontend: 'frontendmtls' },
    instances: [
      ['xsuaa', 'application', 'mtlsXsuaa', '-c', 'xs-security.json'],
      ['destination', 'lite', 'mtlsDestination'],
    ],
    // The destination is made after the push.
    bound: { path: '/app', answer: [502, 'destination-not-found'] },
    unbound: {
      path: '/homepage',
      code: 'identity-not-bound',
      bind: /cf create-service identity application clicreIas.*cf bind-service frontendmtls clicreIas.*X509_GENERATED/,
    },
    foreign: {
      instance: ['identity', 'application', 'foreign', '-c', 'config_ias.json'],
      parameters: { 'credential-type': 'X509_GENERATED' },
      path: '/oauth2/token',
    },
  },
])('$manifest alone', ({ manifest, apps, instances, bound, unbound, foreign }) => {
  let landscape: RunningLandscape;

  beforeAll(async () => {
    landscape = await startLandscape({ args: ['--empty'] });
    for (const instance of instances) await cf('create-service', ...instance);
    await cf('push', '-f', manifest, '--vars-file', 'vars.yml');
  }, LIMIT_MS);

  afterAll(async () => {
    await landscape?.stop();
  }, LIMIT_MS);

  const cf = (...argv: string[]) => succeed(landscape.cf(...argv));
  const page = (path: string) => getJson<AppJson>(`${landscape.url('frontend')}${path}`);

  it('shows on the start page which scenario is bound, and what to bind for the other', async () => {
    const { body } = await getJson<OverviewJson>(`${landscape.url('frontend')}/`);
    const states = Object.fromEntries(body.scenarios.map(({ path, state }) => [path, state]));
    expect(states[bound.path]).toEqual({ kind: 'ready' });
    expect(states[unbound.path]).toEqual({ kind: 'not-bound', bind: expect.stringMatching(unbound.bind) as unknown });
    const { text } = await call(`${landscape.url('frontend')}/`, { headers: { accept: 'text/html' } });
    expect(text).toContain('cf create-service');
  });

  it('answers in the scenario that is not bound with what to bind', async () => {
    const { status, body } = await page(unbound.path);
    expect(status).toBe(503);
    expect(body.error).toMatchObject({
      code: unbound.code,
      remedy: expect.stringMatching(unbound.bind) as unknown,
    });
    const html = await call(`${landscape.url('frontend')}${unbound.path}`, { headers: { accept: 'text/html' } });
    expect(html.status).toBe(503);
    expect(html.text).toContain('cf create-service');
  });

  it('runs the scenario that is bound, as far as this manifest goes', async () => {
    const { status, body } = await page(bound.path);
    expect([status, body.error?.code]).toEqual(bound.answer);
  });

  it('refuses tokens of the service that is not bound, and the log says why', async () => {
    await cf('create-service', ...foreign.instance);
    const credentials = await createServiceKey(landscape, {
      instance: 'foreign',
      name: 'key',
      parameters: foreign.parameters,
    });
    const ca = await readRoot(landscape);
    const token = await fetchToken(credentials, { ca, path: foreign.path });
    const { status, headers } = await call(`${landscape.url('certificate')}/endpoint`, {
      headers: { accept: 'application/json', authorization: `Bearer ${token}` },
      tls: { ca, cert: String(credentials['certificate']), key: String(credentials['key']) },
    });
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toContain('error="invalid_token"');
    await until(
      'a line of the log',
      async () => (await cf('logs', apps.backend, '--recent')).split('\n'),
      (lines) => lines.some((line) => /"error":"invalid_token","detail":".*Audience/.test(line)),
    );
  });
});
