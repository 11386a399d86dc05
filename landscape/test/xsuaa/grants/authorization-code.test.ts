import { decodeJwt } from 'jose';
import { bob } from '../../token-core/browser';
import { expectRefusal } from '../../token-core/running-client';
import { createProof, redirect_uri, startLoginClient, type LoginClient } from '../running-login';
import { claimsOf, type Answer } from '../running-xsuaa';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

const grant_type = 'authorization_code';
let login: LoginClient;
beforeAll(async () => {
  login = await startLoginClient();
});
afterAll(() => login.xsuaa.close());

const redeem = async (code: string, more: Record<string, string> = {}) =>
  login.withSecret({ grant_type, code, redirect_uri, ...more });

describe('the authorization code grant', () => {
  it('gives access token, refresh token and id token, and says what is in them', async () => {
    const answer = await redeem(await login.fetchCode());
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      access_token: expect.any(String) as string,
      token_type: 'bearer',
      refresh_token: expect.stringMatching(/^[0-9a-f]{32}-r$/) as string,
      id_token: expect.any(String) as string,
      expires_in: 43_199,
      scope: 'openid uaa.user mtlsxsuaa!t1.Display',
      jti: claimsOf(answer).jti,
    });
  });

  it('gives an access token with the claims of the user, and none of a technical token', async () => {
    const { iat = 0, exp = 0, jti, rev_sig, auth_time, ...claims } = claimsOf(await redeem(await login.fetchCode()));
    const zone = '5b1d2c6e-0a53-4a6b-9d7e-3f8c1e2a7b40';
    const { client_id } = login;
    expect(claims).toEqual({
      ext_attr: { enhancer: 'XSUAA', subaccountid: zone, serviceinstanceid: login.instanceId },
      sub: '6e1d6a1c-3f0b-4d53-9a55-0e6a7c0b1f01',
      user_id: '6e1d6a1c-3f0b-4d53-9a55-0e6a7c0b1f01',
      user_uuid: '0b7c1d52-8a4e-4f0e-8e55-5c6b1d3f9a01',
      origin: 'sap.default',
      user_name: 'alice@example.com',
      email: 'alice@example.com',
      given_name: 'Alice',
      family_name: 'Adams',
      'xs.user.attributes': { Country: ['DE'] },
      'xs.system.attributes': {
        'xs.saml.groups': ['Engineering'],
        'xs.rolecollections': ['mTLS Reference Viewer'],
      },
      scope: ['openid', 'uaa.user', 'mtlsxsuaa!t1.Display'],
      client_id,
      cid: client_id,
      azp: client_id,
      grant_type,
      iss: `https://local-landscape.localhost:${login.xsuaa.portBase + 444}/oauth/token`,
      zid: zone,
      aud: ['uaa', 'mtlsxsuaa!t1', client_id],
    });
    expect(exp - iat).toBe(43_200);
    expect(Number(auth_time)).toBeLessThanOrEqual(iat);
    expect(jti).toMatch(/^[0-9a-f]{32}$/);
    expect(rev_sig).toMatch(/^[0-9a-f]{8}$/);
  });

  it('gives an id token for the client, with the nonce of the request', async () => {
    const answer = await redeem(await login.fetchCode({ parameters: { nonce: 'n-1' } }));
    const idToken = decodeJwt(answer.json['id_token'] as string);
    expect(idToken).toMatchObject({
      aud: [login.client_id],
      iss: claimsOf(answer).iss,
      sub: claimsOf(answer).sub,
      nonce: 'n-1',
      user_name: 'alice@example.com',
    });
    expect(await login.xsuaa.verifyAccessToken(answer.json['id_token'] as string)).toEqual(idToken);
  });

  it('gives a user without a role no scope of the application', async () => {
    const claims = claimsOf(await redeem(await login.fetchCode({ user: bob })));
    expect(claims).toMatchObject({ user_name: 'bob@example.com', scope: ['openid', 'uaa.user'] });
    expect(claims['xs.user.attributes']).toEqual({});
  });

  it('gives only the scopes that were asked for', async () => {
    const answer = await redeem(await login.fetchCode({ parameters: { scope: 'mtlsxsuaa!t1.Display' } }));
    expect(answer.json['scope']).toBe('mtlsxsuaa!t1.Display');
    expect(answer.json).not.toHaveProperty('id_token');
  });

  it('works over mutual TLS with the client id alone, and binds the tokens', async () => {
    const answer = await login.withCertificate({ grant_type, code: await login.fetchCode(), redirect_uri });
    expect(answer.status).toBe(200);
    expect(claimsOf(answer)).toHaveProperty(['cnf', 'x5t#S256']);
  });

  it.each<[string, (proof: ReturnType<typeof createProof>) => Record<string, string>]>([
    ['S256', ({ code_challenge }) => ({ code_challenge, code_challenge_method: 'S256' })],
    ['plain', ({ code_verifier }) => ({ code_challenge: code_verifier, code_challenge_method: 'plain' })],
    ['plain, since none is named,', ({ code_verifier }) => ({ code_challenge: code_verifier })],
  ])('accepts the verifier of a challenge made by %s', async (_, challenge) => {
    const proof = createProof();
    const code = await login.fetchCode({ parameters: challenge(proof) });
    expect((await redeem(code, { code_verifier: proof.code_verifier })).status).toBe(200);
  });
});

describe('the authorization code grant refuses', () => {
  const proof = createProof();
  const challenge = { code_challenge: proof.code_challenge, code_challenge_method: 'S256' };
  const expectInvalidGrant = (answer: Answer, description: string | RegExp) =>
    expectRefusal(answer, 400, 'invalid_grant', description);

  it('a code the second time', async () => {
    const code = await login.fetchCode();
    expect((await redeem(code)).status).toBe(200);
    expectInvalidGrant(await redeem(code), 'Invalid authorization code');
  });

  it('a code that it never gave', async () => {
    expectInvalidGrant(await redeem('made-up'), 'Invalid authorization code');
    expectRefusal(await redeem(''), 400, 'invalid_request', 'An authorization code must be supplied.');
  });

  it('a code after five minutes', async () => {
    const code = await login.fetchCode();
    login.xsuaa.clock.offsetMs = 300_001;
    expectInvalidGrant(await redeem(code), 'Invalid authorization code');
    login.xsuaa.clock.offsetMs = 0;
  });

  it('a code of another client, and for ever', async () => {
    const other = await startLoginClient(login.xsuaa, { xsappname: 'thief' });
    const code = await login.fetchCode();
    expectInvalidGrant(await other.withSecret({ grant_type, code, redirect_uri }), 'Invalid authorization code');
    expectInvalidGrant(await redeem(code), 'Invalid authorization code');
  });

  it('a code of an instance that was deleted and made again', async () => {
    const before = await startLoginClient(login.xsuaa, { xsappname: 'remade' });
    const code = await before.fetchCode();
    await login.xsuaa.broker.deleteInstance(before.instanceId);
    const after = await startLoginClient(login.xsuaa, { xsappname: 'remade' });
    expect(after.client_id).toBe(before.client_id);
    expectInvalidGrant(await after.withSecret({ grant_type, code, redirect_uri }), 'Invalid authorization code');
  });

  it.each(['http://localhost:5002/login/other', 'https://app.example.org/exact', ''])(
    'a code with the redirect URI "%s", which is not that of the request',
    async (other) => {
      expectInvalidGrant(await redeem(await login.fetchCode(), { redirect_uri: other }), 'Redirect URI mismatch.');
    },
  );

  it('another verifier, and gives no second guess', async () => {
    const code = await login.fetchCode({ parameters: challenge });
    const { code_verifier } = createProof();
    expectInvalidGrant(await redeem(code, { code_verifier }), 'Invalid code verifier');
    expectInvalidGrant(await redeem(code, { code_verifier: proof.code_verifier }), 'Invalid authorization code');
  });

  it('the challenge itself as the verifier of S256', async () => {
    const code = await login.fetchCode({ parameters: challenge });
    expectInvalidGrant(await redeem(code, { code_verifier: proof.code_challenge }), 'Invalid code verifier');
  });

  it('a missing, a superfluous and a malformed verifier', async () => {
    expectInvalidGrant(
      await redeem(await login.fetchCode({ parameters: challenge })),
      'PKCE error: Code verifier must be provided for this authorization code.',
    );
    expectInvalidGrant(
      await redeem(await login.fetchCode(), { code_verifier: proof.code_verifier }),
      'PKCE error: Code verifier not required for this authorization code.',
    );
    const code = await login.fetchCode({ parameters: challenge });
    expectRefusal(await redeem(code, { code_verifier: 'short' }), 400, 'invalid_request', /^Code verifier length/);
  });
});
