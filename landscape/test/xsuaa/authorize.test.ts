import { alice, bob, setCookiesOf } from '../token-core/browser';
import { expectNote } from '../token-core/running-client';
import { createProof, parametersOf, redirect_uri, startLoginClient, type LoginClient } from './running-login';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

let login: LoginClient;
beforeAll(async () => {
  login = await startLoginClient();
});
afterAll(() => login.xsuaa.close());

const ask = (parameters: Record<string, string> = {}) => login.browser().get(login.authorizePath(parameters));

async function logIn(user = alice, parameters: Record<string, string> = {}) {
  const browser = login.browser();
  const page = await browser.follow(await browser.get(login.authorizePath(parameters)));
  const answer = await browser.follow(await browser.submitLogin(page, user));
  return { browser, answer };
}

const expectedHeaders = {
  'cache-control': 'no-store',
  'content-language': 'en',
  'x-xss-protection': '1; mode=block',
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
};

describe('/oauth/authorize', () => {
  it('sends a user who is not logged in to the login page', async () => {
    const answer = await ask();
    expect(answer.status).toBe(302);
    expect(answer.headers['location']).toMatch(/^\/login\?continue=/);
    expect(answer.headers).toMatchObject(expectedHeaders);
  });

  it('sends a user who is logged in back to the application, with code and state and the documented headers', async () => {
    const { answer } = await logIn(alice, { state: 'a b&c' });
    expect(answer.status).toBe(302);
    expect(answer.headers).toMatchObject(expectedHeaders);
    expect(String(answer.headers['location'])).toMatch(/^http:\/\/localhost:5002\/login\/callback\?code=/);
    expect(parametersOf(answer)).toEqual({ code: expect.stringMatching(/^[\w-]{32}$/) as string, state: 'a b&c' });
  });

  it('never pins localhost to https, which would end every http port of the machine', async () => {
    expect((await ask()).headers['strict-transport-security']).toBe('max-age=0');
  });

  it('needs no second login in the same browser, and gives another code', async () => {
    const { browser, answer } = await logIn();
    const again = await browser.get(login.authorizePath());
    expect(again.status).toBe(302);
    expect(parametersOf(again)['code']).toMatch(/^[\w-]{32}$/);
    expect(parametersOf(again)['code']).not.toBe(parametersOf(answer)['code']);
  });

  it('keeps the query of the redirect URI', async () => {
    const { answer } = await logIn(alice, { redirect_uri: `${redirect_uri}?authType=xsuaa` });
    expect(parametersOf(answer)).toEqual({ authType: 'xsuaa', code: expect.any(String) as string });
  });

  it('asks for the password again with prompt=login, once', async () => {
    const { browser } = await logIn();
    const page = await browser.follow(await browser.get(login.authorizePath({ prompt: 'login' })));
    expect(page.text).toContain('type="password"');
    expect(parametersOf(await browser.follow(await browser.submitLogin(page, bob)))).toHaveProperty('code');
  });

  it('shows no login page with prompt=none', async () => {
    expect(parametersOf(await ask({ prompt: 'none', state: 's' }))).toMatchObject({
      error: 'login_required',
      state: 's',
    });
    const { browser } = await logIn();
    expect(parametersOf(await browser.get(login.authorizePath({ prompt: 'none' })))).toHaveProperty('code');
  });
});

describe('/oauth/authorize shows an error page and does not redirect', () => {
  it.each<[string, Record<string, string>, string]>([
    ['for a client that does not exist', { client_id: 'sb-nobody!t1' }, 'There is no client'],
    ['for a redirect URI of somebody else', { redirect_uri: 'https://evil.example.net/' }, 'Invalid redirect'],
    [
      'for a host that only begins like a registered one',
      { redirect_uri: 'https://app.example.org.evil.net/exact' },
      'Invalid redirect',
    ],
    [
      'for another path than the registered one',
      { redirect_uri: 'https://app.example.org/exact/more' },
      'Invalid redirect',
    ],
    [
      'for another scheme than the registered one',
      { redirect_uri: 'http://app.example.org/exact' },
      'Invalid redirect',
    ],
    [
      'for a host that the wildcard does not mean',
      { redirect_uri: 'https://example.com/callback/x' },
      'Invalid redirect',
    ],
    [
      'for a user name that looks like a host',
      { redirect_uri: 'https://app.example.org@evil.net/exact' },
      'Invalid redirect',
    ],
    [
      'for a backslash, which browsers take for a slash',
      { redirect_uri: 'https://evil.net\\.example.com/callback/' },
      'Invalid redirect',
    ],
    ['for a script', { redirect_uri: 'javascript://localhost/%0aalert(1)' }, 'Invalid redirect'],
    ['for a fragment', { redirect_uri: 'http://localhost:5002/#x' }, 'Invalid redirect'],
    ['for a path', { redirect_uri: '/login/callback' }, 'Invalid redirect'],
    ['without a client', { client_id: '' }, 'client_id is missing'],
    ['without a redirect URI', { redirect_uri: '' }, 'redirect_uri is missing'],
  ])('%s', async (_, parameters, text) => {
    const answer = await ask({ state: 's', ...parameters });
    expect(answer.status).toBe(400);
    expect(answer.headers).not.toHaveProperty('location');
    expect(answer.headers['content-type']).toContain('text/html');
    expect(answer.headers).toMatchObject(expectedHeaders);
    expect(answer.text).toContain(text);
  });

  it('for two clients or two redirect URIs', async () => {
    for (const name of ['client_id', 'redirect_uri'])
      expect(await login.browser().get(`${login.authorizePath()}&${name}=x`)).toMatchObject({
        status: 400,
        text: expect.stringContaining(`The parameter ${name} is repeated.`) as string,
      });
  });

  it('and escapes what it repeats', async () => {
    const { text } = await ask({ client_id: '<script>alert(1)</script>' });
    expect(text).toContain('&lt;script>alert(1)');
    expect(text).not.toContain('<script');
  });
});

describe('/oauth/authorize tells the application by a redirect', () => {
  it.each<[string, Record<string, string>, string]>([
    ['that there is no response type', { response_type: '' }, 'invalid_request'],
    ['that it gives codes only', { response_type: 'token' }, 'unsupported_response_type'],
    ['that a challenge is too short', { code_challenge: 'x', code_challenge_method: 'S256' }, 'invalid_request'],
    [
      'that it does not know the challenge method',
      { code_challenge: createProof().code_challenge, code_challenge_method: 'S512' },
      'invalid_request',
    ],
    ['that a method without a challenge makes no sense', { code_challenge_method: 'S256' }, 'invalid_request'],
  ])('%s', async (_, parameters, error) => {
    const answer = await ask({ state: 's', ...parameters });
    expect(answer.status).toBe(302);
    expect(String(answer.headers['location'])).toMatch(new RegExp(`^${redirect_uri}\\?`));
    expect(parametersOf(answer)).toMatchObject({ error, state: 's' });
  });

  it('that a parameter is repeated', async () => {
    const answer = await login.browser().get(`${login.authorizePath()}&scope=openid&scope=uaa.user`);
    expect(parametersOf(answer)).toMatchObject({ error: 'invalid_request' });
  });

  it('that a scope does not exist, or is not the user’s', async () => {
    const { answer } = await logIn(alice, { scope: 'openid nonsense' });
    expect(parametersOf(answer)).toMatchObject({ error: 'invalid_scope' });
    const { answer: notHers } = await logIn(alice, { scope: 'mtlsxsuaa!t1.Admin' });
    expect(parametersOf(notHers)).toMatchObject({ error: 'invalid_scope' });
  });

  it('that the client may not use codes', async () => {
    const technical = await startLoginClient(login.xsuaa, {
      xsappname: 'technical',
      'oauth2-configuration': { 'credential-types': ['binding-secret', 'x509'], 'grant-types': ['client_credentials'] },
    });
    const answer = await technical.browser().get(technical.authorizePath());
    expect(parametersOf(answer)).toMatchObject({ error: 'unauthorized_client' });
  });
});

describe('redirect URIs', () => {
  it.each([
    'https://eu.example.com/callback/a/b',
    'https://app.example.org/exact',
    'https://localhost/',
    'http://localhost',
  ])('may be %s', async (uri) => {
    expect((await ask({ redirect_uri: uri })).headers['location']).toMatch(/^\/login/);
  });
});

describe('the login', () => {
  it('names the application, fills in the hint, and may lead to the application only', async () => {
    const browser = login.browser();
    const page = await browser.follow(await browser.get(login.authorizePath({ login_hint: 'alice@example.com' })));
    expect(page.status).toBe(200);
    expect(page.headers).toMatchObject(expectedHeaders);
    expect(page.text).toContain(login.client_id);
    expect(page.text).toContain('value="alice@example.com"');
    expect(page.headers['content-security-policy']).toContain("form-action 'self' http://localhost:5002;");
  });

  it('ignores the hint that names an identity provider', async () => {
    const browser = login.browser();
    const page = await browser.follow(
      await browser.get(login.authorizePath({ login_hint: '{"origin":"sap.default"}' })),
    );
    expect(page.text).toMatch(/<input name="username" autocomplete="username" required autofocus\/>/);
  });

  it('gives cookies that scripts cannot read, over TLS only', async () => {
    const browser = login.browser();
    const page = await browser.follow(await browser.get(login.authorizePath()));
    const [csrf, ...others] = setCookiesOf(page);
    expect(others).toEqual([]);
    expect(csrf).toMatch(
      /^X-Uaa-Csrf=[\w-]{22}; Path=\/; Max-Age=86400; Expires=[^;]+ GMT; HttpOnly; Secure; SameSite=Lax$/,
    );
    const cookies = setCookiesOf(await browser.submitLogin(page, alice));
    expect(cookies).toHaveLength(2);
    expect(cookies[1]).toMatch(/^__Host-xsuaa-session=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
  });

  it.each([
    ['a wrong password', { ...alice, password: 'wrong' }],
    ['the password of somebody else', { ...alice, password: bob.password }],
    ['a user who does not exist', { username: 'eve@example.com', password: 'x' }],
    ['no password', { ...alice, password: '' }],
  ])('shows the form again after %s, with what was typed, and then takes the right one', async (_, wrong) => {
    const browser = login.browser();
    const page = await browser.follow(await browser.get(login.authorizePath({ state: 's' })));
    const again = await browser.follow(await browser.submitLogin(page, wrong));
    expect(again.text).toContain('That user and password do not belong together.');
    expect(again.text).toContain(`value="${wrong.username}"`);
    expect([...browser.cookies.keys()]).toEqual(['X-Uaa-Csrf']);
    const answer = await browser.follow(await browser.submitLogin(again, alice));
    expect(parametersOf(answer)).toMatchObject({ code: expect.any(String) as string, state: 's' });
  });

  it('takes a user name in other letters', async () => {
    expect(parametersOf((await logIn({ ...alice, username: 'ALICE@Example.com' })).answer)).toHaveProperty('code');
  });

  it('shows who is logged in when no application waits', async () => {
    const browser = login.browser();
    const page = await browser.follow(await browser.get('/'));
    expect((await browser.follow(await browser.submitLogin(page, alice))).text).toContain('alice@example.com');
  });

  it('writes no password, code or state into the journal', async () => {
    login.xsuaa.journal.clear();
    const { answer } = await logIn(alice, { state: 'secret-state' });
    await expectNote(login.xsuaa, 'alice@example.com has logged in');
    const text = JSON.stringify(login.xsuaa.journal.entries());
    for (const secret of [alice.password, parametersOf(answer)['code'] ?? '-', 'secret-state'])
      expect(text).not.toContain(secret);
  });
});

describe('attacks on the login', () => {
  async function openForm() {
    const browser = login.browser();
    return { browser, page: await browser.follow(await browser.get(login.authorizePath())) };
  }
  const fields = (token: string) => ({ 'X-Uaa-Csrf': token, continue: '', ...alice });

  it('a form of another site, without the cookie or without the token, logs nobody in', async () => {
    const { browser } = await openForm();
    const token = browser.cookies.get('X-Uaa-Csrf') ?? '';
    const attempts = [
      await login.browser().post('/login.do', fields(token)),
      await browser.post('/login.do', fields('')),
      await browser.post('/login.do', fields('AAAAAAAAAAAAAAAAAAAAAA')),
      await browser.post('/login.do', fields(token), { origin: 'https://evil.example.net' }),
      await browser.post('/login.do', fields(token), { origin: 'null' }),
      await browser.post('/login.do', fields(token), { 'sec-fetch-site': 'cross-site' }),
      await browser.post('/login.do', fields(token), { 'sec-fetch-site': 'same-site' }),
    ];
    for (const answer of attempts) {
      expect(answer.status).toBe(403);
      expect(setCookiesOf(answer)).toEqual([]);
    }
    expect((await browser.post('/login.do', fields(token), { 'sec-fetch-site': 'same-origin' })).status).toBe(302);
  });

  it('a token that somebody else has planted does not help, when it is sent by another origin', async () => {
    const { browser } = await openForm();
    browser.cookies.set('X-Uaa-Csrf', 'BBBBBBBBBBBBBBBBBBBBBB');
    const answer = await browser.post('/login.do', fields('BBBBBBBBBBBBBBBBBBBBBB'), {
      origin: 'http://localhost:5002',
    });
    expect(answer.status).toBe(403);
  });

  it('a session id that the browser brings along is not taken over (fixation)', async () => {
    const { browser, page } = await openForm();
    const planted = 'A'.repeat(43);
    browser.cookies.set('__Host-xsuaa-session', planted);
    await browser.submitLogin(page, alice);
    expect(browser.cookies.get('__Host-xsuaa-session')).not.toBe(planted);
    const thief = login.browser();
    thief.cookies.set('__Host-xsuaa-session', planted);
    expect((await thief.get(login.authorizePath())).headers['location']).toMatch(/^\/login/);
  });

  it('a session ends when the logins of its user are ended', async () => {
    const { browser } = await logIn(bob);
    const user = login.xsuaa.users.find(bob.username);
    if (user === undefined) throw new Error('There is no such user.');
    login.xsuaa.revokeUser(user);
    expect((await browser.get(login.authorizePath())).headers['location']).toMatch(/^\/login/);
  });

  it('a session ends when another user logs in with the same browser', async () => {
    const { browser } = await logIn();
    const old = browser.cookies.get('__Host-xsuaa-session') ?? '';
    const page = await browser.follow(await browser.get(login.authorizePath({ prompt: 'login' })));
    await browser.submitLogin(page, bob);
    const thief = login.browser();
    thief.cookies.set('__Host-xsuaa-session', old);
    expect((await thief.get(login.authorizePath())).headers['location']).toMatch(/^\/login/);
  });

  it.each(['https://evil.example.net/', '//evil.example.net/', '/\\evil.example.net'])(
    'the page after the login is never %s',
    async (address) => {
      const { browser } = await openForm();
      const token = browser.cookies.get('X-Uaa-Csrf') ?? '';
      const answer = await browser.post('/login.do', { ...fields(token), continue: address });
      expect(String(answer.headers['location'])).toMatch(/^\/oauth\/authorize\?/);
      expect(await browser.follow(answer)).toMatchObject({ status: 400 });
    },
  );
});

describe('/logout.do', () => {
  const logoutPath = (parameters: Record<string, string>) => `/logout.do?${new URLSearchParams(parameters).toString()}`;

  it('ends the login and leads on to where the client may send its users', async () => {
    const { browser } = await logIn();
    const { client_id } = login;
    const answer = await browser.get(logoutPath({ redirect: 'http://localhost:5002/', client_id }));
    expect(answer.status).toBe(302);
    expect(answer.headers['location']).toBe('http://localhost:5002/');
    expect(answer.headers).toMatchObject(expectedHeaders);
    expect((await browser.get(login.authorizePath())).headers['location']).toMatch(/^\/login/);
  });

  it('ends the session itself, not only the cookie', async () => {
    const { browser } = await logIn();
    const stolen = browser.cookies.get('__Host-xsuaa-session') ?? '';
    await browser.get('/logout.do');
    const thief = login.browser();
    thief.cookies.set('__Host-xsuaa-session', stolen);
    expect((await thief.get(login.authorizePath())).headers['location']).toMatch(/^\/login/);
  });

  it.each<[string, () => Record<string, string>]>([
    ['an address of somebody else', () => ({ redirect: 'https://evil.example.net/', client_id: login.client_id })],
    ['an address without a client', () => ({ redirect: 'http://localhost:5002/' })],
    ['a client that does not exist', () => ({ redirect: 'http://localhost:5002/', client_id: 'sb-nobody!t1' })],
    ['no address', () => ({ client_id: login.client_id })],
  ])('ends the login and stays here for %s', async (_, parameters) => {
    const { browser } = await logIn();
    const answer = await browser.get(logoutPath(parameters()));
    expect(answer.status).toBe(200);
    expect(answer.headers).not.toHaveProperty('location');
    expect(answer.text).toContain('You are logged out');
    expect([...browser.cookies.keys()]).toEqual(['X-Uaa-Csrf']);
  });
});

describe('methods', () => {
  it.each(['/oauth/authorize', '/login', '/logout.do'])('%s takes no POST', async (path) => {
    expect((await login.browser().post(path, {})).status).toBe(405);
  });

  it('/login.do takes nothing else', async () => {
    expect((await login.browser().get('/login.do')).status).toBe(405);
  });
});
