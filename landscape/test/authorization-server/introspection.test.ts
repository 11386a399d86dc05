import { generateKeyPairSync } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { issueClient, keySetOf, type TestClientCertificate } from './client-certificates';
import {
  basic,
  claimsOf,
  expectRefusal,
  startAuthorizationServer,
  type Answer,
  type Call,
  type RegisteredClient,
  type RunningAuthorizationServer,
} from './running-authorization-server';

jest.setTimeout(30_000);

let server: RunningAuthorizationServer;
let certificate: TestClientCertificate;
let resourceServer: RegisteredClient;
let own: RegisteredClient;
let bound: Answer;
beforeAll(async () => {
  jest.spyOn(console, 'warn').mockReturnValue();
  server = await startAuthorizationServer();
  certificate = await issueClient();
  resourceServer = await server.register({ client_name: 'backend' });
  own = await server.register({
    token_endpoint_auth_method: 'self_signed_tls_client_auth',
    jwks: keySetOf(certificate),
    tls_client_certificate_bound_access_tokens: true,
  });
  bound = await server.fetchToken(own.client_id, { certificate, form: { scope: 'read' } });
});
afterAll(() => server.close());
afterEach(() => {
  server.clock.offsetMs = 0;
});

const tokenOf = (answer: Answer): string => String(answer.json['access_token']);
const introspect = (token: string, call: Call = {}): Promise<Answer> =>
  server.call({
    path: '/oauth2/introspect',
    form: { token },
    headers: basic(resourceServer.client_id, resourceServer.client_secret),
    ...call,
  });

describe('introspection (RFC 7662)', () => {
  it('returns the claims of a bound token with the same cnf (R-20, R-54)', async () => {
    const answer = await introspect(tokenOf(bound));
    expect(answer.json).toEqual({ active: true, token_type: 'Bearer', ...claimsOf(bound) });
    expect(answer.json['cnf']).toEqual({ 'x5t#S256': certificate.thumbprint });
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
    await server.expectNote(`${resourceServer.client_id} asked for a token; it is active`);
  });

  it('has no cnf for a token that is not bound', async () => {
    const headers = basic(resourceServer.client_id, resourceServer.client_secret);
    const unbound = await server.fetchToken(resourceServer.client_id, { headers });
    const { json } = await introspect(tokenOf(unbound));
    expect(json).toMatchObject({ active: true });
    expect(json).not.toHaveProperty('cnf');
  });

  it('can be called with a certificate at the other port (R-2)', async () => {
    const form = { token: tokenOf(bound), client_id: own.client_id };
    const call = { path: '/oauth2/introspect', form, certificate };
    expect((await server.call(call)).json).toMatchObject({ active: true });
    const unnamed = await server.call({ ...call, form: { token: tokenOf(bound) } });
    expectRefusal(unnamed, 400, 'invalid_request', /client_id is missing/);
  });

  it('says "not active", and nothing else, of everything that is no valid token of this server (R-54)', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const claims = claimsOf(bound);
    const [header = '', payload = '', signature = ''] = tokenOf(bound).split('.');
    const edited = Buffer.from(JSON.stringify({ ...claims, scope: 'write' })).toString('base64url');
    const tokens = [
      await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'at+jwt' }).sign(privateKey),
      new UnsecuredJWT(claims).encode(),
      `${header}.${edited}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      'opaque',
      own.registration_access_token,
    ];
    for (const token of tokens) {
      const { status, json } = await introspect(token);
      expect({ status, json }).toEqual({ status: 200, json: { active: false } });
    }
  });

  it('says so of an expired token, by the clock of the landscape', async () => {
    server.clock.offsetMs = 3_601_000;
    expect((await introspect(tokenOf(bound))).json).toEqual({ active: false });
  });

  it('authenticates its caller first', async () => {
    const wrong = await introspect(tokenOf(bound), { headers: basic(resourceServer.client_id, 'wrong') });
    expectRefusal(wrong, 401, 'invalid_client', /the client secret is wrong/);
    expectRefusal(await introspect(tokenOf(bound), { headers: {} }), 400, 'invalid_request', /client_id is missing/);
    const missing = await introspect('', {});
    expectRefusal(missing, 400, 'invalid_request', /token/);
    const twice = await introspect('', { form: `token=${tokenOf(bound)}&token=b` });
    expectRefusal(twice, 400, 'invalid_request', /twice/);
  });
});
