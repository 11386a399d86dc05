import { decodeJwt } from 'jose';
import { bob } from '../../token-core/browser';
import { expectRefusal } from '../../token-core/running-client';
import { redirect_uri, startLoginClient, type LoginClient } from '../running-login';
import { claimsOf, type Answer } from '../running-xsuaa';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

const grant_type = 'refresh_token';
let login: LoginClient;
beforeAll(async () => {
  login = await startLoginClient();
});
afterAll(() => login.xsuaa.close());

const redeem = async (parameters = {}) => ({
  grant_type: 'authorization_code',
  code: await login.fetchCode({ parameters }),
  redirect_uri,
});
const refreshTokenOf = (answer: Answer) => answer.json['refresh_token'] as string;
const fetchWithSecret = async () => refreshTokenOf(await login.withSecret(await redeem()));
const fetchBound = async () => refreshTokenOf(await login.withCertificate(await redeem()));

describe('the refresh token grant', () => {
  it('gives new tokens for the same user, and the same refresh token, as UAA does', async () => {
    const first = await login.withSecret(await redeem({ nonce: 'n-2' }));
    const answer = await login.withSecret({ grant_type, refresh_token: refreshTokenOf(first) });
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.json).toSorted()).toEqual(Object.keys(first.json).toSorted());
    expect(answer.json['refresh_token']).toBe(first.json['refresh_token']);
    expect(answer.json['jti']).toBe(claimsOf(answer).jti);
    expect(answer.json['jti']).not.toBe(first.json['jti']);
    expect(claimsOf(answer)).toMatchObject({ user_name: 'alice@example.com', grant_type, cid: login.client_id });
    expect(decodeJwt(answer.json['id_token'] as string)).toMatchObject({ nonce: 'n-2' });
  });

  it('works over the certificate that the token is bound to, and binds the new tokens', async () => {
    const refresh_token = await fetchBound();
    for (let time = 0; time < 2; time += 1) {
      const answer = await login.withCertificate({ grant_type, refresh_token });
      expect(answer.status).toBe(200);
      expect(claimsOf(answer)).toHaveProperty(['cnf', 'x5t#S256']);
    }
  });

  it('takes a token that is not bound over a certificate, too', async () => {
    const answer = await login.withCertificate({ grant_type, refresh_token: await fetchWithSecret() });
    expect(claimsOf(answer)).toHaveProperty(['cnf', 'x5t#S256']);
  });

  it('gives fewer scopes where fewer are asked for, and all of them again the next time', async () => {
    const refresh_token = await fetchWithSecret();
    const narrow = await login.withSecret({ grant_type, refresh_token, scope: 'uaa.user' });
    expect(narrow.json['scope']).toBe('uaa.user');
    const all = await login.withSecret({ grant_type, refresh_token });
    expect(all.json['scope']).toBe('openid uaa.user mtlsxsuaa!t1.Display');
  });

  it('tolerates the empty parameter that approuter sends', async () => {
    const answer = await login.withSecret({ grant_type, refresh_token: await fetchWithSecret(), app_tid: '' });
    expect(answer.status).toBe(200);
  });
});

describe('the refresh token grant refuses', () => {
  it('a token over another certificate of the same client', async () => {
    const refresh_token = await fetchBound();
    const answer = await login.withCertificate({ grant_type, refresh_token }, await login.bindCertificate());
    expectRefusal(answer, 400, 'invalid_grant', 'The refresh token is bound to another client certificate');
    expect((await login.withCertificate({ grant_type, refresh_token })).status).toBe(200);
  });

  it('a bound token with the secret alone', async () => {
    const answer = await login.withSecret({ grant_type, refresh_token: await fetchBound() });
    expectRefusal(answer, 400, 'invalid_grant', /bound to a client certificate, and none was presented/);
  });

  it('a token of another client', async () => {
    const other = await startLoginClient(login.xsuaa, { xsappname: 'thief' });
    const refresh_token = await fetchWithSecret();
    const answer = await other.withSecret({ grant_type, refresh_token });
    expectRefusal(answer, 400, 'invalid_grant', 'Wrong client for this refresh token');
  });

  it('more scopes than the user has allowed', async () => {
    const refresh_token = refreshTokenOf(await login.withSecret(await redeem({ scope: 'openid' })));
    const answer = await login.withSecret({ grant_type, refresh_token, scope: 'openid uaa.user' });
    expectRefusal(answer, 400, 'invalid_scope', /^Unable to narrow the scope/);
  });

  it('a token that has expired after the time that the instance sets', async () => {
    const refresh_token = await fetchWithSecret();
    login.xsuaa.clock.offsetMs = 3_599_000;
    expect((await login.withSecret({ grant_type, refresh_token })).status).toBe(200);
    login.xsuaa.clock.offsetMs = 3_600_001;
    expectRefusal(await login.withSecret({ grant_type, refresh_token }), 401, 'invalid_token', /^The token expired/);
    login.xsuaa.clock.offsetMs = 0;
  });

  it('a token of a user whose logins were ended, and of nobody else', async () => {
    const others = refreshTokenOf(
      await login.withSecret({
        grant_type: 'authorization_code',
        code: await login.fetchCode({ user: bob }),
        redirect_uri,
      }),
    );
    const refresh_token = await fetchWithSecret();
    const user = login.xsuaa.users.find('alice@example.com');
    if (user === undefined) throw new Error('There is no such user.');
    login.xsuaa.revokeUser(user);
    expectRefusal(await login.withSecret({ grant_type, refresh_token }), 401, 'invalid_token', /was revoked/);
    expect((await login.withSecret({ grant_type, refresh_token: others })).status).toBe(200);
  });

  it('what is no refresh token', async () => {
    const { json } = await login.withSecret(await redeem());
    for (const refresh_token of ['made-up', json['access_token'] as string, json['id_token'] as string])
      expectRefusal(await login.withSecret({ grant_type, refresh_token }), 401, 'invalid_token', /^The token expired/);
    expectRefusal(await login.withSecret({ grant_type }), 400, 'invalid_request', 'A refresh token must be supplied.');
  });

  it('to give a refresh token to a client that may not use it', async () => {
    const other = await startLoginClient(login.xsuaa, {
      xsappname: 'norefresh',
      'oauth2-configuration': { 'credential-types': ['binding-secret', 'x509'], 'grant-types': ['authorization_code'] },
    });
    const code = await other.fetchCode();
    const answer = await other.withSecret({ grant_type: 'authorization_code', code, redirect_uri });
    expect(answer.status).toBe(200);
    expect(answer.json).not.toHaveProperty('refresh_token');
  });
});
