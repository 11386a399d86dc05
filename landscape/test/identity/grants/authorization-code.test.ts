import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { bob } from '../../token-core/browser';
import { claimsOf, expectRefusal, startIdentity, tenant, type Answer, type RunningIdentity } from '../running-identity';
import { createLoginClient, createProof, parametersOf, redirect_uri, type LoginClient } from '../running-login';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

const grant_type = 'authorization_code';
let identity: RunningIdentity;
let login: LoginClient;
beforeAll(async () => {
  identity = await startIdentity();
  login = await createLoginClient(identity);
});
afterAll(() => identity.close());

const redeem = (code: string, more: Record<string, string> = {}) =>
  login.withSecret({ grant_type, code, redirect_uri, ...more });

describe('the authorization code grant', () => {
  it('gives access token, refresh token and id token', async () => {
    const answer = await redeem(await login.fetchCode());
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      access_token: expect.any(String) as string,
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      id_token: expect.any(String) as string,
    });
  });

  it('gives an access token with the claims of the user', async () => {
    const { iat = 0, exp = 0, jti, auth_time, sid, ...claims } = claimsOf(await redeem(await login.fetchCode()));
    expect(claims).toEqual({
      sub: '0b7c1d52-8a4e-4f0e-8e55-5c6b1d3f9a01',
      user_uuid: '0b7c1d52-8a4e-4f0e-8e55-5c6b1d3f9a01',
      scim_id: '0b7c1d52-8a4e-4f0e-8e55-5c6b1d3f9a01',
      sap_id_type: 'user',
      email: 'alice@example.com',
      given_name: 'Alice',
      family_name: 'Adams',
      aud: login.client_id,
      azp: login.client_id,
      app_tid: tenant,
      iss: identity.url,
    });
    expect(exp - iat).toBe(3600);
    expect(Number(auth_time)).toBeLessThanOrEqual(iat);
    expect([jti, sid]).toEqual([expect.any(String), expect.stringMatching(/^[0-9a-f]{32}$/)]);
  });

  it('gives an id token that belongs to the access token and to the request', async () => {
    const { json } = await redeem(await login.fetchCode({ parameters: { nonce: 'n-1' } }));
    const hash = createHash('sha256')
      .update(json['access_token'] as string)
      .digest();
    expect(decodeJwt(json['id_token'] as string)).toMatchObject({
      iss: identity.url,
      aud: login.client_id,
      nonce: 'n-1',
      at_hash: hash.subarray(0, 16).toString('base64url'),
      email: 'alice@example.com',
    });
  });

  it('tells the groups of the user where they are asked for', async () => {
    const claims = claimsOf(await redeem(await login.fetchCode({ parameters: { scope: 'openid groups' } })));
    expect(claims['groups']).toEqual(['Engineering']);
  });

  it('never tells the session that the browser’s cookie holds', async () => {
    const browser = login.browser();
    const claims = claimsOf(await redeem(await login.fetchCode({ browser })));
    expect(browser.cookies.get('__Host-ias-session')).toMatch(/^[\w-]{43}$/);
    expect(claims['sid']).not.toBe(browser.cookies.get('__Host-ias-session'));
  });

  it('works over mutual TLS with the client id alone, and binds the tokens', async () => {
    const answer = await login.withCertificate({ grant_type, code: await login.fetchCode(), redirect_uri });
    expect(claimsOf(answer)).toHaveProperty(['cnf', 'x5t#S256']);
  });

  it('takes the secret in header and body at once, as approuter sends it', async () => {
    const { credentials } = await identity.bind(
      await identity.createInstance({ name: 'twice', 'oauth2-configuration': { 'redirect-uris': [redirect_uri] } }),
    );
    const { clientid = '', clientsecret = '' } = credentials;
    const code = await login.fetchCode({ parameters: { client_id: clientid } });
    const answer = await identity.call({
      body: { grant_type, code, redirect_uri, client_id: clientid, client_secret: clientsecret, app_tid: tenant },
      headers: {
        authorization: `Basic ${Buffer.from(`${clientid}:${clientsecret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
    });
    expect(answer.status).toBe(200);
  });

  it.each<[string, (proof: ReturnType<typeof createProof>) => Record<string, string>]>([
    ['S256', ({ code_challenge }) => ({ code_challenge, code_challenge_method: 'S256' })],
    ['plain', ({ code_verifier }) => ({ code_challenge: code_verifier, code_challenge_method: 'plain' })],
  ])('accepts the verifier of a challenge made by %s, and no other', async (_, challenge) => {
    const [proof, other] = [createProof(), createProof()];
    const parameters = challenge(proof);
    const accepted = await redeem(await login.fetchCode({ parameters }), { code_verifier: proof.code_verifier });
    expect(accepted.status).toBe(200);
    const refused = await redeem(await login.fetchCode({ parameters }), { code_verifier: other.code_verifier });
    expectRefusal(refused, 400, 'invalid_grant', 'Invalid code verifier');
  });

  it('takes the subject from the attribute that the application names', async () => {
    const named = await createLoginClient(
      identity,
      {},
      {
        name: 'named',
        'subject-name-identifier': { attribute: 'personnelNumber', 'fallback-attribute': 'mail' },
      },
    );
    const answer = await named.withSecret({ grant_type, code: await named.fetchCode({ user: bob }), redirect_uri });
    expect(claimsOf(answer).sub).toBe('bob@example.com');
  });
});

describe('the authorization code grant refuses', () => {
  const expectInvalidGrant = (answer: Answer, description: string | RegExp) =>
    expectRefusal(answer, 400, 'invalid_grant', description);

  it('a code the second time', async () => {
    const code = await login.fetchCode();
    expect((await redeem(code)).status).toBe(200);
    expectInvalidGrant(await redeem(code), 'Invalid authorization code');
  });

  it('a code after two minutes', async () => {
    const code = await login.fetchCode();
    identity.clock.offsetMs = 120_001;
    expectInvalidGrant(await redeem(code), 'Invalid authorization code');
    identity.clock.offsetMs = 0;
  });

  it('a code of another application', async () => {
    const thief = await createLoginClient(identity, {}, { name: 'thief' });
    const code = await login.fetchCode();
    expectInvalidGrant(await thief.withSecret({ grant_type, code, redirect_uri }), 'Invalid authorization code');
  });

  it('another redirect URI than that of the request', async () => {
    const other = 'http://localhost:5003/login/callback';
    expectInvalidGrant(await redeem(await login.fetchCode(), { redirect_uri: other }), 'Redirect URI mismatch.');
  });
});

describe('/oauth2/authorize', () => {
  const ask = (parameters: Record<string, string>, client = login) =>
    client.browser().get(client.authorizePath(parameters));

  it('shows an error page for a redirect URI that is not registered, localhost included', async () => {
    for (const uri of ['http://localhost:5002/', 'https://evil.example.net/login/callback', '//evil.example.net/']) {
      const answer = await ask({ redirect_uri: uri });
      expect(answer.status).toBe(400);
      expect(answer.headers).not.toHaveProperty('location');
    }
  });

  it('demands the scope openid, and knows those of OpenID Connect only', async () => {
    for (const scope of ['', 'email', 'openid uaa.user']) {
      const browser = login.browser();
      const page = await browser.follow(await browser.get(login.authorizePath({ scope })));
      const answer = await browser.follow(await browser.submitLogin(page, bob));
      expect(parametersOf(answer)).toMatchObject({ error: 'invalid_scope' });
    }
  });

  it('demands a challenge by S256 where the application enforces it', async () => {
    const strict = await createLoginClient(
      identity,
      { 'grant-types': ['authorization_code_pkce_s256'] },
      { name: 'strict' },
    );
    const { code_challenge, code_verifier } = createProof();
    const plain = { code_challenge: code_verifier, code_challenge_method: 'plain' };
    for (const parameters of [{}, plain])
      expect(parametersOf(await ask(parameters, strict))).toMatchObject({ error: 'invalid_request' });
    const code = await strict.fetchCode({ parameters: { code_challenge, code_challenge_method: 'S256' } });
    expect((await strict.withSecret({ grant_type, code, code_verifier, redirect_uri })).status).toBe(200);
  });

  it('refuses an application without the grant', async () => {
    const technical = await createLoginClient(
      identity,
      { 'grant-types': ['client_credentials'] },
      { name: 'technical' },
    );
    expect(parametersOf(await ask({}, technical))).toMatchObject({ error: 'unauthorized_client' });
  });
});

describe('/oauth2/logout', () => {
  const logoutPath = (parameters: Record<string, string>) =>
    `/oauth2/logout?${new URLSearchParams(parameters).toString()}`;
  const post_logout_redirect_uri = 'http://localhost:5002/';

  it('ends the login and leads on to where the application may send its users, with its state', async () => {
    const browser = login.browser();
    await login.fetchCode({ browser });
    const { client_id } = login;
    const answer = await browser.get(logoutPath({ post_logout_redirect_uri, client_id, state: 's', app_tid: tenant }));
    expect(answer.headers['location']).toBe('http://localhost:5002/?state=s');
    expect((await browser.get(login.authorizePath())).headers['location']).toMatch(/^\/oauth2\/login/);
  });

  it('takes an id token instead of the client id, and none that it has not signed', async () => {
    const { json } = await redeem(await login.fetchCode());
    const idToken = json['id_token'] as string;
    const leave = (id_token_hint: string) =>
      login.browser().get(logoutPath({ post_logout_redirect_uri, id_token_hint }));
    expect((await leave(idToken)).headers['location']).toBe(post_logout_redirect_uri);
    for (const forged of [`${idToken.slice(0, -8)}AAAAAAAA`, 'rubbish'])
      expect((await leave(forged)).headers).not.toHaveProperty('location');
  });

  it('leads nowhere else', async () => {
    const { client_id } = login;
    for (const uri of ['https://evil.example.net/', redirect_uri, '//evil.example.net']) {
      const answer = await login.browser().get(logoutPath({ post_logout_redirect_uri: uri, client_id }));
      expect([answer.status, answer.headers['location']]).toEqual([200, undefined]);
    }
  });
});
