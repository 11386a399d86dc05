import { installAppClock, setTokenValidity, type AppClock } from './support/app-clock';
import { readJournal, succeed } from './support/bindings';
import { call } from './support/http';
import { alice, LoginBrowser } from './support/login-browser';
import { startLandscape, type RunningLandscape } from './support/running-landscape';

const START_LIMIT_MS = 90_000;
/** Tokens are renewed in the last quarter of such a short life. */
const VALIDITY_S = 600;
const DUE_S = 500;
const EXPIRED_S = 599;

interface UserJson {
  readonly name: string;
  readonly token: {
    readonly claims: { readonly jti: string; readonly iat: number; readonly grant_type: string };
  };
  readonly actions: readonly { readonly id: string; readonly outcome: { readonly kind: string } }[];
}

describe('the token of a user who is logged in', () => {
  let landscape: RunningLandscape;
  let frontend: string;
  let clock: AppClock;

  beforeAll(async () => {
    landscape = await startLandscape();
    frontend = landscape.url('frontend');
    await setTokenValidity(landscape, VALIDITY_S);
    clock = await installAppClock(landscape, 'frontendmtls');
  }, START_LIMIT_MS);
  afterAll(() => landscape?.stop(), START_LIMIT_MS);
  beforeEach(() => clock.setAhead(0));

  async function loggedIn(): Promise<LoginBrowser> {
    const browser = new LoginBrowser(landscape);
    expect((await browser.logIn(await browser.open(`${frontend}/user`), alice)).url).toBe(`${frontend}/user`);
    return browser;
  }

  async function userJson(browser: LoginBrowser): Promise<UserJson> {
    const { status, text } = await browser.send(`${frontend}/user`, undefined, { accept: 'application/json' });
    expect({ status, text }).toMatchObject({ status: 200 });
    return JSON.parse(text) as UserJson;
  }

  async function countTokenRequests(): Promise<number> {
    const journal = await readJournal(landscape);
    return journal.filter(({ service, path }) => service === 'xsuaa' && path?.startsWith('/oauth/token')).length;
  }

  it.each([
    ['ahead of its end', DUE_S],
    ['when it has expired', EXPIRED_S],
  ])('is renewed %s, with no new login, and is of use for all that it is for', async (_when, ahead) => {
    const browser = await loggedIn();
    const before = (await userJson(browser)).token.claims;
    expect(before.grant_type).toBe('authorization_code');
    const session = browser.cookies.get('JSESSIONID');
    clock.setAhead(ahead);
    const { name, token, actions } = await userJson(browser);
    expect(name).toBe(alice.username);
    expect(token.claims.grant_type).toBe('refresh_token');
    expect(token.claims.jti).not.toBe(before.jti);
    expect(token.claims.iat).toBeGreaterThanOrEqual(before.iat);
    expect(actions.map(({ outcome }) => outcome.kind)).toEqual(['done', 'done', 'done']);
    expect((await userJson(browser)).token.claims.jti).toBe(token.claims.jti);
    expect(browser.cookies.get('JSESSIONID')).toBe(session);
  });

  it('is renewed once for tabs that come at the same time', async () => {
    const browser = await loggedIn();
    const before = await countTokenRequests();
    clock.setAhead(DUE_S);
    // A page that itself asks for no token.
    const tabs = await Promise.all(Array.from({ length: 4 }, () => browser.send(`${frontend}/grants`)));
    expect(tabs.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await countTokenRequests()) - before).toBe(1);
    expect((await userJson(browser)).token.claims.grant_type).toBe('refresh_token');
  });

  it('is used to its end while XSUAA is down, then a page says who does not answer; the login outlasts it', async () => {
    const browser = await loggedIn();
    await succeed(landscape.control('stop', 'xsuaa'));
    try {
      clock.setAhead(DUE_S);
      expect((await browser.send(`${frontend}/grants`)).status).toBe(200);
      clock.setAhead(EXPIRED_S);
      const { status, text } = await browser.send(`${frontend}/grants`);
      expect([status, text]).toEqual([502, expect.stringContaining('XSUAA')]);
    } finally {
      await succeed(landscape.control('start', 'xsuaa'));
    }
    expect((await userJson(browser)).token.claims.grant_type).toBe('refresh_token');
  });

  it('ends with its refresh token: the next page asks for a login, and leads back to where the user was', async () => {
    const [browser, program] = [await loggedIn(), await loggedIn()];
    await succeed(landscape.control('users', 'revoke', alice.username));
    clock.setAhead(DUE_S);
    const refused = await program.send(`${frontend}/user`, undefined, { accept: 'application/json' });
    expect([refused.status, JSON.parse(refused.text)]).toMatchObject([401, { error: { code: 'login-required' } }]);
    const page = await browser.open(`${frontend}/user?tab=3`);
    expect(page.url).toContain(`${landscape.url('xsuaa')}/login`);
    clock.setAhead(0);
    const back = await browser.logIn(page, alice);
    expect([back.status, back.url]).toEqual([200, `${frontend}/user?tab=3`]);
  });

  describe('with REQUIRE_LOGIN', () => {
    beforeAll(async () => {
      await succeed(landscape.cf('set-env', 'frontendmtls', 'REQUIRE_LOGIN', 'true'));
      await succeed(landscape.cf('restart', 'frontendmtls'));
    }, START_LIMIT_MS);

    it.each(['/', '/app', '/homepage', '/user', '/grants', '/nowhere'])('%s is for users only', async (path) => {
      const stranger = new LoginBrowser(landscape);
      const { status, headers, text } = await stranger.send(`${frontend}${path}`);
      const login = `/login?${new URLSearchParams({ return: path }).toString()}`;
      expect([status, headers.location, headers['cache-control']]).toEqual([302, login, 'no-store']);
      expect(text).not.toContain('<main');
      const program = await stranger.send(`${frontend}${path}`, undefined, { accept: 'application/json' });
      expect([program.status, JSON.parse(program.text)]).toMatchObject([401, { error: { code: 'login-required' } }]);
    });

    it('the platform asks for /health without a login', async () => {
      expect((await call(`${frontend}/health`)).status).toBe(200);
    });

    it('who has logged in gets every page, back at the one that was asked for', async () => {
      const browser = new LoginBrowser(landscape);
      const page = await browser.logIn(await browser.open(`${frontend}/app`), alice);
      expect([page.status, page.url]).toEqual([200, `${frontend}/app`]);
      for (const path of ['/', '/homepage', '/user', '/grants'])
        expect((await browser.send(`${frontend}${path}`)).status).toBe(200);
    });
  });
});
