import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { succeed } from './support/bindings';
import { alice, bob, hiddenFields, LoginBrowser } from './support/login-browser';
import { root, startLandscape, type RunningLandscape } from './support/running-landscape';

const START_LIMIT_MS = 90_000;
const CALLBACK = /\/login\/callback\?/;

interface UserJson {
  readonly name: string;
  readonly renewsAt: string;
  readonly token: {
    readonly claims: { readonly jti: string; readonly user_name: string; readonly grant_type: string };
  };
  readonly actions: readonly {
    readonly id: string;
    readonly outcome: {
      readonly kind: string;
      readonly claims?: { readonly user_name: string; readonly cid: string };
      readonly body?: { readonly caller: unknown };
      readonly failure?: { readonly message: string };
    };
  }[];
}

describe('the login of users', () => {
  let landscape: RunningLandscape;
  let frontend: string;

  beforeAll(async () => {
    landscape = await startLandscape();
    frontend = landscape.url('frontend');
  }, START_LIMIT_MS);
  afterAll(() => landscape?.stop(), START_LIMIT_MS);

  async function loggedIn(user: { username: string; password: string } = alice): Promise<LoginBrowser> {
    const browser = new LoginBrowser(landscape);
    const page = await browser.logIn(await browser.open(`${frontend}/user`), user);
    expect([page.status, page.url]).toEqual([200, `${frontend}/user`]);
    return browser;
  }

  async function userJson(browser: LoginBrowser): Promise<UserJson> {
    const { status, text } = await browser.send(`${frontend}/user`, undefined, { accept: 'application/json' });
    expect({ status, text }).toMatchObject({ status: 200 });
    return JSON.parse(text) as UserJson;
  }

  async function logOut(browser: LoginBrowser): Promise<ReturnType<LoginBrowser['send']>> {
    const { text } = await browser.send(`${frontend}/user`);
    return browser.send(`${frontend}/logout`, { csrf: hiddenFields(text)['csrf'] ?? '' });
  }

  it('sends a stranger to XSUAA with state, nonce and PKCE, and back to where the stranger was', async () => {
    const browser = new LoginBrowser(landscape);
    const first = await browser.send(`${frontend}/user?tab=2`);
    expect([first.status, first.headers.location]).toEqual([302, '/login?return=%2Fuser%3Ftab%3D2']);
    const { headers } = await browser.send(`${frontend}/login?return=%2Fuser%3Ftab%3D2`);
    const { origin, pathname, searchParams } = new URL(headers.location ?? '');
    expect(`${origin}${pathname}`).toBe(`${landscape.url('xsuaa')}/oauth/authorize`);
    expect(searchParams.get('code_challenge_method')).toBe('S256');
    for (const name of ['state', 'nonce', 'code_challenge']) expect(searchParams.get(name)).toMatch(/^[\w-]{43}$/);
    const page = await browser.logIn(await browser.open(headers.location ?? ''), alice);
    expect([page.status, page.url]).toEqual([200, `${frontend}/user?tab=2`]);
    expect(page.text).toContain('You are logged in as alice@example.com.');
    expect([...browser.cookies.keys()].filter((name) => name.startsWith('login-'))).toEqual([]);
  });

  it('is offered on the start page, to programs, too', async () => {
    const stranger = new LoginBrowser(landscape);
    expect((await stranger.send(`${frontend}/`)).text).toContain('id="scenario-login"');
    const { text } = await stranger.send(`${frontend}/`, undefined, { accept: 'application/json' });
    expect(JSON.parse(text)).toMatchObject({ users: { login: '/user', grants: '/grants' } });
  });

  it('has a certificate whose end start page and health check tell, too', async () => {
    const stranger = new LoginBrowser(landscape);
    const askJson = async (path: string): Promise<unknown> =>
      JSON.parse((await stranger.send(`${frontend}${path}`, undefined, { accept: 'application/json' })).text);
    const { users } = (await askJson('/')) as { users: { certificateNotAfter?: string } };
    expect(Date.parse(users.certificateNotAfter ?? '')).toBeGreaterThan(Date.now());
    expect(await askJson('/health')).toMatchObject({
      certificates: expect.arrayContaining([
        expect.objectContaining({ name: '/login binding', notAfter: users.certificateNotAfter }),
      ]) as unknown,
    });
  });

  it('asks again after a wrong password, and lets nobody in', async () => {
    const browser = new LoginBrowser(landscape);
    const again = await browser.logIn(await browser.open(`${frontend}/user`), { ...alice, password: 'wrong' });
    expect(again.text).toContain('That user and password do not belong together.');
    expect(browser.cookies.has('JSESSIONID')).toBe(false);
    expect((await browser.logIn(again, alice)).url).toBe(`${frontend}/user`);
  });

  it('does three things on behalf of the user, and shows no token', async () => {
    const browser = await loggedIn();
    const { name, actions, token } = await userJson(browser);
    expect(name).toBe(alice.username);
    expect(token.claims).toMatchObject({ user_name: alice.username, grant_type: 'authorization_code' });
    expect(actions.map(({ id, outcome }) => [id, outcome.kind])).toEqual([
      ['backend', 'done'],
      ['exchange', 'done'],
      ['destination', 'done'],
    ]);
    expect(actions[0]?.outcome.body?.caller).toEqual({ kind: 'user', name: alice.username });
    expect(actions[1]?.outcome.claims).toMatchObject({ user_name: alice.username });
    expect(actions[1]?.outcome.claims?.cid).toContain('|destination-xsappname!');
    expect(actions[2]?.outcome.claims).toMatchObject({ user_name: alice.username });
    expect((await browser.send(`${frontend}/user`)).text).not.toMatch(/\beyJ[\w-]{20}/);
  });

  it('answers a program that is not logged in with 401 in JSON', async () => {
    const { status, text } = await new LoginBrowser(landscape).send(`${frontend}/user`, undefined, {
      accept: 'application/json',
    });
    expect([status, JSON.parse(text)]).toMatchObject([401, { error: { code: 'login-required' } }]);
  });

  it('completes the logins of two tabs that were begun at the same time', async () => {
    const browser = new LoginBrowser(landscape);
    const one = await browser.open(`${frontend}/login?return=/user?tab=1`);
    const two = await browser.open(`${frontend}/login?return=/user?tab=2`);
    expect((await browser.logIn(two, alice)).url).toBe(`${frontend}/user?tab=2`);
    expect((await browser.logIn(one, alice)).url).toBe(`${frontend}/user?tab=1`);
  });

  it('gives a new session id at the login, so that one that somebody planted is worth nothing', async () => {
    const planted = await loggedIn(bob);
    const victim = new LoginBrowser(landscape, [['JSESSIONID', planted.cookies.get('JSESSIONID') ?? '']]);
    await victim.logIn(await victim.open(`${frontend}/login`), alice);
    expect((await userJson(victim)).name).toBe(alice.username);
    const { status } = await planted.send(`${frontend}/user`, undefined, { accept: 'application/json' });
    expect(status).toBe(401);
  });

  it('refuses a forged callback, a tampered state, another browser’s, and a replayed one', async () => {
    const browser = new LoginBrowser(landscape);
    const stranger = new LoginBrowser(landscape);
    const forged = await stranger.send(`${frontend}/login/callback?code=abc&state=def`);
    expect([forged.status, forged.text]).toEqual([400, expect.stringContaining('belongs to no login')]);
    const { url } = await browser.logIn(await browser.open(`${frontend}/user`), alice, CALLBACK);
    const tampered = new URL(url);
    tampered.searchParams.set('state', 'A'.repeat(43));
    expect((await browser.send(tampered.href)).status).toBe(400);
    expect((await stranger.send(url)).status).toBe(400);
    const cookies = new Map(browser.cookies);
    expect((await browser.send(url)).status).toBe(303);
    expect((await browser.send(url)).status).toBe(400);
    // Also a browser that has kept the cookie: XSUAA takes a code once.
    const replay = await new LoginBrowser(landscape, cookies).send(url);
    expect([replay.status, replay.text]).toEqual([400, expect.stringContaining('complete already')]);
    expect(stranger.cookies.has('JSESSIONID')).toBe(false);
  });

  it.each(['https://evil.example/', '//evil.example/', '/\\evil.example', '/%09/evil.example', '/login'])(
    'leads back to no other site: %s',
    async (target) => {
      const browser = await loggedIn();
      const { url } = await browser.open(`${frontend}/login?return=${encodeURIComponent(target)}`);
      expect(new URL(url).origin).toBe(frontend);
    },
  );

  it('ends session and login at the logout, which takes a form of this app', async () => {
    const browser = await loggedIn();
    const forged = await browser.send(`${frontend}/logout`, { csrf: 'x'.repeat(43) });
    expect(forged.status).toBe(403);
    const foreign = await browser.send(`${frontend}/logout`, {}, { origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    expect((await userJson(browser)).name).toBe(alice.username);
    const before = new Map(browser.cookies);
    const page = await logOut(browser);
    const next = /url=(.*)$/.exec(String(page.headers['refresh']))?.[1] ?? '';
    expect(new URL(next).pathname).toBe('/logout.do');
    expect((await browser.open(next)).url).toBe(`${frontend}/`);
    expect(browser.cookies.has('JSESSIONID')).toBe(false);
    expect((await browser.open(`${frontend}/user`)).url).toContain(`${landscape.url('xsuaa')}/login?`);
    // The session is gone on the server, too.
    const kept = new LoginBrowser(landscape, before);
    expect((await kept.send(`${frontend}/user`)).status).toBe(302);
  });

  it('explains the four grants, and runs each with what is secret masked', async () => {
    const browser = await loggedIn();
    const page = await browser.send(`${frontend}/grants`);
    expect(page.status).toBe(200);
    const csrf = hiddenFields(page.text)['csrf'] ?? '';
    const run = async (grant: string): Promise<unknown> => {
      const { status, text } = await browser.send(
        `${frontend}/grants`,
        { csrf, grant },
        { accept: 'application/json' },
      );
      expect({ status, text }).toMatchObject({ status: 200 });
      expect(text).not.toMatch(/\beyJ[\w-]{20}/);
      return (JSON.parse(text) as { run: unknown }).run;
    };
    const ran = async (grant: string, claims: object): Promise<void> =>
      expect(await run(grant)).toMatchObject({ grant, response: { status: 200, body: { access_token: '…' }, claims } });
    await ran('client-credentials', { grant_type: 'client_credentials' });
    await ran('jwt-bearer', { user_name: alice.username, grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer' });
    await ran('refresh-token', { user_name: alice.username, grant_type: 'refresh_token' });
    const again = await browser.open(`${frontend}/login?return=/grants`);
    expect([again.status, again.url]).toEqual([200, `${frontend}/grants`]);
    expect((await browser.send(`${frontend}/grants`, { csrf, grant: 'password' })).status).toBe(400);
    expect((await browser.send(`${frontend}/grants`, { csrf: 'x'.repeat(43), grant: 'jwt-bearer' })).status).toBe(403);
  });

  it('says which scope a user lacks', async () => {
    await landscape.cf('set-env', 'backendmtls', 'REQUIRED_SCOPE', 'Display');
    expect(await landscape.cf('restart', 'backendmtls')).toMatchObject({ code: 0 });
    const [allowed, refused] = [await userJson(await loggedIn(alice)), await userJson(await loggedIn(bob))];
    expect(allowed.actions[0]?.outcome.kind).toBe('done');
    expect(refused.actions[0]?.outcome.failure?.message).toContain('The token lacks the scope Display.');
  }, 60_000);

  describe('with a secret in the binding', () => {
    beforeAll(async () => {
      const descriptor = JSON.parse(readFileSync(join(root, 'xs-security.json'), 'utf8')) as object;
      const configuration = { 'credential-types': ['x509', 'binding-secret'] };
      const withSecrets = JSON.stringify({ ...descriptor, 'oauth2-configuration': configuration });
      await succeed(landscape.cf('update-service', 'mtlsXsuaa', '-c', withSecrets));
      await succeed(landscape.cf('unbind-service', 'frontendmtls', 'mtlsXsuaa'));
      await succeed(
        landscape.cf('bind-service', 'frontendmtls', 'mtlsXsuaa', '-c', '{"credential-type": "binding-secret"}'),
      );
      await succeed(landscape.cf('restart', 'frontendmtls'));
    }, START_LIMIT_MS);

    it('logs in, acts on behalf of the user and refreshes, all with tokens that are bound to nothing', async () => {
      const browser = await loggedIn();
      const { token, actions } = await userJson(browser);
      expect(token.claims).toMatchObject({ user_name: alice.username, grant_type: 'authorization_code' });
      expect(token.claims).not.toHaveProperty('cnf');
      expect(actions.map(({ outcome }) => outcome.kind)).toEqual(['done', 'done', 'done']);
      const { text } = await browser.send(`${frontend}/grants`);
      const form = { csrf: hiddenFields(text)['csrf'] ?? '', grant: 'refresh-token' };
      const refreshed = await browser.send(`${frontend}/grants`, form, { accept: 'application/json' });
      expect(JSON.parse(refreshed.text)).toMatchObject({
        run: { response: { status: 200, claims: { user_name: alice.username, grant_type: 'refresh_token' } } },
      });
    });
  });
});
