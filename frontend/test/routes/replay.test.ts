import { startApp, type RunningApp } from '../support/running-app';
import { createConfig, readTestCredential, startServices, type Services } from '../support/services';
import type { Replay } from '../../src/replay/replay';

let services: Services;
let app: RunningApp;

beforeAll(async () => {
  services = await startServices();
});
beforeEach(() => {
  services.reset();
  services.behaviour.destination['URL'] = services.certificateRoute.url;
});
afterEach(() => app.stop());
afterAll(() => services.stop());

async function start(change?: Parameters<typeof createConfig>[1]): Promise<void> {
  app = await startApp({ config: createConfig(services, change), createAgent: services.createAgent });
}

const PROOF = 'c0ffee00'.repeat(8);
const JSON_TYPE = { accept: 'application/json' };

interface Posted {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

async function post(path: string, headers: Record<string, string> = {}, field = PROOF): Promise<Posted> {
  const response = await fetch(`${app.url}${path}`, {
    method: 'POST',
    headers: { cookie: `csrf=${PROOF}`, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: `csrf=${field}`,
    redirect: 'manual',
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

async function replay(path: string): Promise<Replay> {
  const { status, text } = await post(path, JSON_TYPE);
  expect(status).toBe(200);
  return JSON.parse(text) as Replay;
}

const statuses = ({ steps }: Replay) =>
  steps.map(({ result }) =>
    result.kind === 'made' && result.answer.kind === 'answered' ? result.answer.status : undefined,
  );
const backendCalls = () => services.certificateRoute.requests.length + services.plainRoute.requests.length;

describe('the button of a page', () => {
  it.each(['/app', '/homepage'])('on %s sends its form, with the cookie, to the replay of that page', async (path) => {
    await start();
    const page = await app.get(path);
    const [cookie = ''] = page.headers.getSetCookie();
    const [, value = ''] = /^csrf=([\w-]{43}); Path=\/; HttpOnly; SameSite=Lax$/.exec(cookie) ?? [];
    const html = await page.text();
    expect(html).toContain(
      `<form method="post" action="${path}/replay"><input type="hidden" name="csrf" value="${value}"/>`,
    );
    expect((await post(`${path}/replay`, { cookie: `csrf=${value}` }, value)).status).toBe(200);
  });

  it('sets no cookie for a client that asks for JSON', async () => {
    await start();
    expect((await app.get('/app', JSON_TYPE)).headers.getSetCookie()).toEqual([]);
  });
});

describe('POST /app/replay', () => {
  it('replays the token of the keystore, with the certificate of the binding for another one', async () => {
    await start();
    const done = await replay('/app/replay');
    expect(statuses(done)).toEqual([200, 401, 401, 401]);
    expect(done.boundTo).toBe(services.keystore.thumbprint);
    expect(done.steps[2]?.result).toMatchObject({
      request: { certificate: { 'x5t#S256': services.binding.thumbprint } },
    });
  });

  it('takes the token that the page has shown, and fetches none of its own', async () => {
    await start();
    await app.get('/app');
    const fetched = services.tokens.target.length;
    await replay('/app/replay');
    expect(services.tokens.target).toHaveLength(fetched);
    const sent = services.certificateRoute.requests.map(({ headers }) => headers.authorization);
    expect(new Set(sent)).toEqual(new Set([`Bearer ${services.tokens.target[0]}`]));
  });

  it('takes the certificate of Identity for another one where the Destination Service is bound with a secret', async () => {
    await start({ kind: 'secret' });
    expect((await replay('/app/replay')).steps[2]?.result).toMatchObject({
      request: { certificate: { 'x5t#S256': services.identityBinding.thumbprint } },
      answer: { status: 401 },
    });
  });

  it('answers a browser with a page that nobody may keep, without token and key', async () => {
    await start();
    const { headers, text } = await post('/app/replay');
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(text).toContain('The token was refused all 3 times');
    for (const secret of services.secrets()) {
      expect(text).not.toContain(secret);
      expect(app.log()).not.toContain(secret);
    }
  });

  it('answers with the failing hop when there is no token', async () => {
    services.behaviour.certificates = [];
    await start();
    const { status, text } = await post('/app/replay', JSON_TYPE);
    expect(status).toBe(502);
    expect(JSON.parse(text)).toMatchObject({
      error: { code: 'keystore-missing', hop: { to: 'destination-service' } },
      hops: [{ method: 'POST', path: '/app/replay', status: 502 }, {}, {}, {}, {}],
    });
    expect((await post('/app/replay')).text).toContain('but the service did not send it');
    expect(backendCalls()).toBe(0);
  });

  it('says what to bind where the page cannot run', async () => {
    await start({ destination: undefined });
    const { status, text } = await post('/app/replay', JSON_TYPE);
    expect(status).toBe(503);
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'destination-service-not-bound' } });
  });
});

describe('POST /homepage/replay', () => {
  it('replays the token of Identity, with the certificate of the Destination Service’s binding for another one', async () => {
    await start();
    const done = await replay('/homepage/replay');
    expect(statuses(done)).toEqual([200, 401, 401, 401]);
    expect(done.boundTo).toBe(services.identityBinding.thumbprint);
    expect(done.steps[2]?.result).toMatchObject({
      request: { certificate: { 'x5t#S256': services.binding.thumbprint } },
    });
  });

  it('takes the certificate of the binding of XSUAA for another one where that is the only other', async () => {
    const credential = readTestCredential(services, 'certificate');
    const xsuaa = { bindingName: 'mtlsXsuaa', credential, url: new URL(services.xsuaa.url) };
    await start({ destination: undefined, xsuaa });
    expect((await replay('/homepage/replay')).steps[2]?.result).toMatchObject({
      request: { certificate: { 'x5t#S256': services.binding.thumbprint } },
      answer: { status: 401 },
    });
  });

  it.each([
    ['is not bound', { destination: undefined }],
    ['is bound with a secret', { kind: 'secret' as const }],
  ])('shows the command in place of another certificate where the Destination Service %s', async (_what, change) => {
    await start(change);
    const done = await replay('/homepage/replay');
    expect(statuses(done)).toEqual([200, 401, undefined, 401]);
    expect((await post('/homepage/replay')).text).toContain('mtls call other-key.txt https://localhost:');
  });
});

describe('a request that must not be made', () => {
  it.each([
    ['from another site', { 'sec-fetch-site': 'cross-site' }, PROOF],
    ['of another origin', { origin: 'https://evil.example' }, PROOF],
    ['without the cookie', { cookie: '' }, PROOF],
    ['with another field', {}, 'A'.repeat(43)],
  ])('is refused with a page that explains it: one %s', async (_what, headers, field) => {
    await start();
    const { status, text } = await post('/app/replay', headers, field);
    expect(status).toBe(403);
    expect(text).toContain('This request was not made with a button of this app');
    expect(text).toContain('Open the page anew');
    expect(backendCalls()).toBe(0);
  });

  it('is told to a client that asks for JSON', async () => {
    await start();
    const { status, text } = await post('/app/replay', { ...JSON_TYPE, cookie: '' });
    expect(status).toBe(403);
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'request-forged' } });
  });

  it.each(['GET', 'PUT', 'DELETE'])('is refused with 405 by the method %s', async (method) => {
    await start();
    const response = await fetch(`${app.url}/app/replay`, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });
});

describe('too many replays', () => {
  it('are refused with 429, whatever page they are for, and a forged one counts for nothing', async () => {
    await start();
    for (let made = 0; made < 20; made += 1) await post('/app/replay', { origin: 'https://evil.example' });
    const answers = await Promise.all(
      Array.from({ length: 11 }, (_, index) => post(index % 2 === 0 ? '/app/replay' : '/homepage/replay', JSON_TYPE)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers.get('retry-after')).toMatch(/^[123]$/);
    expect(refused?.text).toContain('too-many-requests');
  }, 20_000);
});

describe('where DEMO_ATTACKS is not true', () => {
  it('the page has no button and no cookie, and says how to switch it on or do it by hand', async () => {
    await start({ demoAttacks: false });
    const page = await app.get('/app');
    expect(page.headers.getSetCookie()).toEqual([]);
    const html = await page.text();
    expect(html).not.toContain('<form');
    expect(html).toContain('<code>cf set-env frontendmtls DEMO_ATTACKS true</code>');
    expect(html).toContain('mtls call key.txt');
  });

  it('the replay is refused with the setting to change, and calls nobody', async () => {
    await start({ demoAttacks: false });
    const { status, text } = await post('/app/replay', JSON_TYPE);
    expect(status).toBe(403);
    expect(JSON.parse(text)).toMatchObject({
      error: { code: 'demo-attacks-off', remedy: expect.stringContaining('DEMO_ATTACKS true') as string },
    });
    expect(backendCalls()).toBe(0);
  });
});
