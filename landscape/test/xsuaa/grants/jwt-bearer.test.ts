import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { SigningKey } from '../../../src/token-core/signing-key';
import { bob } from '../../token-core/browser';
import { expectNote, expectRefusal } from '../../token-core/running-client';
import { redirect_uri, startLoginClient, type LoginClient } from '../running-login';
import { claimsOf, type Answer } from '../running-xsuaa';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const response_type = 'token';
const READ = 'destination-xsappname!b2.Read';

let login: LoginClient;
/** The client of an instance of the Destination Service. */
let destination: { readonly instanceId: string; readonly client_id: string; readonly client_secret: string };
let assertion: string;
beforeAll(async () => {
  login = await startLoginClient();
  const instanceId = '7b0c4d1e-4a55-4b54-8f5d-2b1f3c9e0a01';
  await login.xsuaa.broker.createClone({
    instanceId,
    master: 'destination-xsappname',
    authorities: [READ],
    userScopes: [READ],
    grantTypes: ['client_credentials', grant_type],
  });
  const { credentials } = await login.xsuaa.bind(instanceId, { 'credential-type': 'binding-secret' });
  const { clientid: client_id = '', clientsecret: client_secret = '' } = credentials;
  destination = { instanceId, client_id, client_secret };
  assertion = await fetchUserToken();
});
afterAll(() => login.xsuaa.close());

async function fetchUserToken(options: Parameters<LoginClient['fetchCode']>[0] = {}): Promise<string> {
  const code = await login.fetchCode(options);
  const answer = await login.withSecret({ grant_type: 'authorization_code', code, redirect_uri });
  return answer.json['access_token'] as string;
}

function exchange(token: string, more: Record<string, string> = {}): Promise<Answer> {
  const { client_id, client_secret } = destination;
  return login.xsuaa.call({
    body: { grant_type, client_id, client_secret, assertion: token, response_type, ...more },
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
  });
}

describe('the JWT bearer grant', () => {
  it('gives a token of the same user for the calling client, without refresh token and id token', async () => {
    const answer = await exchange(assertion);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      access_token: expect.any(String) as string,
      token_type: 'bearer',
      expires_in: 43_199,
      scope: `uaa.user ${READ}`,
      jti: claimsOf(answer).jti,
    });
    const { user_id, user_name, email, given_name, family_name, origin, user_uuid, auth_time } = decodeJwt(assertion);
    expect(claimsOf(answer)).toMatchObject({
      sub: user_id,
      user_id,
      user_name,
      email,
      given_name,
      family_name,
      origin,
      user_uuid,
      auth_time,
      cid: destination.client_id,
      grant_type,
      aud: ['uaa', 'destination-xsappname!b2', destination.client_id],
    });
    expect(claimsOf(answer)).not.toHaveProperty('authorities');
  });

  it('works over mutual TLS, and binds the new token to the certificate of the calling client', async () => {
    const { credentials } = await login.xsuaa.bind(destination.instanceId, { 'credential-type': 'x509' });
    const { certificate: cert = '', key = '' } = credentials;
    const body = { grant_type, client_id: destination.client_id, assertion };
    const answer = await login.xsuaa.call({ port: 'xsuaaCertificate', body, cert, key });
    expect(answer.status).toBe(200);
    expect(claimsOf(answer)).toHaveProperty(['cnf', 'x5t#S256']);
  });

  it('takes a token that is bound to the certificate of the application', async () => {
    const code = await login.fetchCode();
    const bound = await login.withCertificate({ grant_type: 'authorization_code', code, redirect_uri });
    expect((await exchange(bound.json['access_token'] as string)).status).toBe(200);
  });

  it('gives the scopes that the user has at the calling client, by its roles', async () => {
    const other = await startLoginClient(login.xsuaa, { xsappname: 'second' });
    const ask = async (token: string) => (await other.withSecret({ grant_type, assertion: token })).json;
    const forAlice = await ask(assertion);
    expect(forAlice['scope']).toBe('uaa.user second!t1.Display');
    expect(forAlice).toHaveProperty('refresh_token');
    expect((await ask(await fetchUserToken({ user: bob })))['scope']).toBe('uaa.user');
  });

  it('gives a token that can be exchanged again', async () => {
    const first = await exchange(assertion);
    const second = await login.withSecret({ grant_type, assertion: first.json['access_token'] as string });
    expect(claimsOf(second)).toMatchObject({ user_name: 'alice@example.com', cid: login.client_id });
  });
});

describe('the JWT bearer grant refuses', () => {
  const expectInvalidGrant = async (token: string, cause: RegExp) =>
    expectRefusal(await exchange(token), 400, 'invalid_grant', cause);

  it('a token without the scope uaa.user, which has to be asked for where scopes are named', async () => {
    await expectInvalidGrant(await fetchUserToken({ parameters: { scope: 'openid' } }), /lacks the scope uaa\.user/);
    const withIt = await fetchUserToken({ parameters: { scope: 'openid uaa.user' } });
    expect((await exchange(withIt)).status).toBe(200);
  });

  it('a technical token, which speaks for no user', async () => {
    const { json } = await login.withSecret({ grant_type: 'client_credentials' });
    await expectInvalidGrant(json['access_token'] as string, /it is no token of a user/);
  });

  it('an id token, and a refresh token', async () => {
    const code = await login.fetchCode();
    const { json } = await login.withSecret({ grant_type: 'authorization_code', code, redirect_uri });
    await expectInvalidGrant(json['id_token'] as string, /lacks the scope uaa\.user/);
    await expectInvalidGrant(json['refresh_token'] as string, /no token that this XSUAA has signed/);
  });

  it('an expired token', async () => {
    login.xsuaa.clock.offsetMs = 43_201_000;
    await expectInvalidGrant(assertion, /it has expired/);
    login.xsuaa.clock.offsetMs = 0;
  });

  it('a token of an application that does not exist any more', async () => {
    const other = await startLoginClient(login.xsuaa, { xsappname: 'removed' });
    const { json } = await other.withSecret({
      grant_type: 'authorization_code',
      code: await other.fetchCode(),
      redirect_uri,
    });
    await login.xsuaa.broker.deleteInstance(other.instanceId);
    await expectInvalidGrant(json['access_token'] as string, /does not exist any more/);
  });

  it('an unsigned token, one with another signature, and one that was changed', async () => {
    const claims = decodeJwt(assertion);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const [header = '', , signature = ''] = assertion.split('.');
    const changed = Buffer.from(JSON.stringify({ ...claims, user_id: 'x' })).toString('base64url');
    const forged = [
      new UnsecuredJWT(claims).encode(),
      await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(privateKey),
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from('a'.repeat(32))),
      `${header}.${changed}.${signature}`,
      `${header}.${assertion.split('.')[1]}.`,
      'rubbish',
      'a.b.c',
    ];
    for (const token of forged) await expectInvalidGrant(token, /it is no token that this XSUAA has signed/);
    await expectNote(login.xsuaa, 'it is no token that this XSUAA has signed');
  });

  it.each<[string, (claims: JWTPayload) => JWTPayload, RegExp]>([
    ['of a foreign issuer', (claims) => ({ ...claims, iss: 'https://evil.example.net' }), /issued by somebody else/],
    ['of another identity zone', (claims) => ({ ...claims, zid: 'elsewhere' }), /of another identity zone/],
    [
      'without an expiry',
      (claims) => Object.fromEntries(Object.entries(claims).filter(([name]) => name !== 'exp')),
      /no token that this XSUAA has signed/,
    ],
    ['of a user who does not exist', (claims) => ({ ...claims, user_id: 'nobody' }), /its user does not exist/],
    ['that is not valid yet', (claims) => ({ ...claims, nbf: (claims.iat ?? 0) + 3600 }), /no token that this XSUAA/],
    ['whose scope is no list', (claims) => ({ ...claims, scope: 'uaa.user' }), /lacks claims/],
  ])('a token %s, even if the key has signed it', async (_, change, cause) => {
    const key = await SigningKey.open({
      stateFolder: login.xsuaa.ca.rootFile.replace(/\/ca\/[^/]+$/, ''),
      service: 'xsuaa',
      kidPrefix: '',
      now: Date.now,
    });
    await expectInvalidGrant(await key.sign(change(decodeJwt(assertion)), {}), cause);
  });

  it('no assertion, and scopes that the user does not have', async () => {
    expectRefusal(await exchange(''), 400, 'invalid_request', 'Assertion is missing');
    expectRefusal(await exchange(assertion, { scope: 'nonsense' }), 400, 'invalid_scope', /^nonsense is invalid/);
  });
});
