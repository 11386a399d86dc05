import { decodeProtectedHeader } from 'jose';
import { issueClient, keySetOf, type TestClientCertificate } from './client-certificates';
import {
  basic,
  claimsOf,
  expectRefusal,
  startAuthorizationServer,
  type Answer,
  type RegisteredClient,
  type RunningAuthorizationServer,
} from './running-authorization-server';

jest.setTimeout(30_000);

const grant_type = 'client_credentials';

let server: RunningAuthorizationServer;
let certificate: TestClientCertificate;
let secret: RegisteredClient;
let own: RegisteredClient;
beforeAll(async () => {
  jest.spyOn(console, 'warn').mockReturnValue();
  server = await startAuthorizationServer({ resources: ['api://backendmtls', 'https://other.example/api'] });
  certificate = await issueClient();
  secret = await server.register({ client_name: 'secret', scope: 'read' });
  own = await server.register({
    token_endpoint_auth_method: 'self_signed_tls_client_auth',
    jwks: keySetOf(certificate),
    tls_client_certificate_bound_access_tokens: true,
  });
});
afterAll(() => server.close());
afterEach(() => {
  server.clock.offsetMs = 0;
});

const authorized = () => basic(secret.client_id, secret.client_secret);
const fetchSecretToken = (form: Record<string, string> = {}): Promise<Answer> =>
  server.call({ form: { grant_type, ...form }, headers: authorized() });

describe('the token endpoint', () => {
  it('gives a client with a secret an unbound JWT for the backend (R-40, R-46)', async () => {
    const answer = await fetchSecretToken({ scope: 'read' });
    expect(answer.json).toEqual({
      access_token: expect.any(String) as string,
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read',
    });
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
    const claims = claimsOf(answer);
    expect(claims).toEqual({
      iss: server.addresses.issuer,
      sub: secret.client_id,
      client_id: secret.client_id,
      aud: 'api://backendmtls',
      scope: 'read',
      iat: expect.any(Number) as number,
      exp: (claims.iat ?? 0) + 3600,
      jti: expect.any(String) as string,
    });
    expect(decodeProtectedHeader(String(answer.json['access_token']))).toMatchObject({ typ: 'at+jwt', alg: 'RS256' });
    await server.expectNote(`${secret.client_id}, authenticated by client_secret_basic; the token is not bound`);
  });

  it('takes the secret in a Basic header or in the body, on both ports (R-27)', async () => {
    const { client_id, client_secret } = secret;
    for (const url of Object.values(server.addresses)) {
      expect((await server.call({ url, form: { grant_type }, headers: authorized() })).status).toBe(200);
      expect((await server.call({ url, form: { grant_type, client_id, client_secret } })).status).toBe(200);
    }
  });

  it('leaves the token of a client unbound that did not ask for binding, with or without a certificate (R-22)', async () => {
    const withCertificate = await server.fetchToken(secret.client_id, { headers: authorized(), certificate });
    expect(claimsOf(withCertificate)).not.toHaveProperty('cnf');
    const { client_id } = await server.register({
      token_endpoint_auth_method: 'self_signed_tls_client_auth',
      jwks: keySetOf(certificate),
    });
    expect(claimsOf(await server.fetchToken(client_id, { certificate }))).not.toHaveProperty('cnf');
  });

  it('binds the token of a client that asked for it to the certificate of the connection, and gives none without (R-22)', async () => {
    const { client_id, client_secret } = await server.register({ tls_client_certificate_bound_access_tokens: true });
    const headers = basic(client_id, client_secret);
    const bound = await server.fetchToken(client_id, { headers, certificate });
    expect(claimsOf(bound)['cnf']).toEqual({ 'x5t#S256': certificate.thumbprint });
    expectRefusal(
      await server.fetchToken(client_id, { headers }),
      400,
      'invalid_grant',
      /tokens are bound to a certificate \(tls_client_certificate_bound_access_tokens\), and this port asks for no/,
    );
  });

  it('issues by the clock of the landscape', async () => {
    server.clock.offsetMs = 8 * 86_400_000;
    const { iat = 0, exp = 0 } = claimsOf(await fetchSecretToken());
    expect(Math.abs(iat - (Date.now() + server.clock.offsetMs) / 1000)).toBeLessThan(30);
    expect(exp - iat).toBe(3600);
  });

  it('gives the token the audience that is asked for, and knows no others (RFC 8707)', async () => {
    expect(claimsOf(await fetchSecretToken({ resource: 'https://other.example/api' })).aud).toBe(
      'https://other.example/api',
    );
    expectRefusal(await fetchSecretToken({ resource: 'https://else.example/' }), 400, 'invalid_target', /known: api:/);
    const twice = `grant_type=${grant_type}&resource=api%3A%2F%2Fbackendmtls&resource=https%3A%2F%2Fother.example%2Fapi`;
    expectRefusal(await server.call({ form: twice, headers: authorized() }), 400, 'invalid_target', /single resource/);
  });
});

describe('refusals of the token endpoint (R-41)', () => {
  it.each<readonly [string, Record<string, string>, RegExp]>([
    ['invalid_request', { grant_type: '' }, /grant_type/],
    ['unsupported_grant_type', { grant_type: 'password' }, /unsupported grant_type/],
    ['unsupported_grant_type', { grant_type: 'authorization_code' }, /unsupported grant_type/],
    ['unsupported_grant_type', { grant_type: 'refresh_token' }, /unsupported grant_type/],
    ['invalid_scope', { scope: 'admin' }, /unknown scope; known: read write/],
    ['invalid_scope', { scope: 'openid' }, /unknown scope/],
    ['invalid_scope', { scope: 'write' }, /not allowed/],
    ['invalid_scope', { scope: 'read\u0000' }, /invalid characters/],
  ])('answers %s to %j', async (error, form, description) => {
    expectRefusal(await fetchSecretToken(form), 400, error, description);
  });

  it('answers unauthorized_client to a client that may not use the grant', async () => {
    const client = await server.register({ grant_types: [] });
    const answer = await server.fetchToken(client.client_id, {
      headers: basic(client.client_id, client.client_secret),
    });
    expectRefusal(answer, 400, 'unauthorized_client', /not allowed for this client/);
  });

  it('answers invalid_client with 401, and a challenge where Basic was used', async () => {
    const wrong = await server.call({ form: { grant_type }, headers: basic(secret.client_id, 'wrong') });
    expectRefusal(wrong, 401, 'invalid_client', /^Client authentication failed: the client secret is wrong$/);
    expect(wrong.headers['www-authenticate']).toMatch(/^Basic realm="https:\/\/localhost:\d+"/);
    const unknown = await server.call({ form: { grant_type }, headers: basic('nobody', 'wrong') });
    expectRefusal(unknown, 401, 'invalid_client', /there is no such client/);
    const inBody = await server.fetchToken(secret.client_id, { form: { client_secret: 'wrong' } });
    expectRefusal(inBody, 401, 'invalid_client', /the client secret is wrong/);
    expect(inBody.headers).not.toHaveProperty('www-authenticate');
    expectRefusal(
      await server.fetchToken(secret.client_id),
      401,
      'invalid_client',
      /registered for client_secret_basic and must authenticate by that alone/,
    );
  });

  it('takes no certificate for a secret, and no secret for a certificate (R-42)', async () => {
    const swapped = await server.fetchToken(secret.client_id, { certificate });
    expectRefusal(swapped, 401, 'invalid_client', /registered for client_secret_basic and must authenticate by that/);
    const other = await server.fetchToken(own.client_id, {
      certificate,
      form: { client_secret: secret.client_secret },
    });
    expectRefusal(other, 401, 'invalid_client', /registered for self_signed_tls_client_auth and must/);
  });

  it('refuses two client authentications in one request (R-42)', async () => {
    const { client_id, client_secret } = secret;
    const why = /only be provided using one mechanism/;
    for (const form of [{ client_id, client_secret }, { client_secret: 'wrong' }])
      expectRefusal(await fetchSecretToken(form), 400, 'invalid_request', why);
    const mixed = await server.call({
      form: { grant_type, client_id: own.client_id },
      headers: authorized(),
      certificate,
    });
    expectRefusal(mixed, 400, 'invalid_request', /client_id mismatch/);
  });

  it.each([
    ['grant_type', 'grant_type=client_credentials&grant_type=client_credentials'],
    ['scope', 'grant_type=client_credentials&scope=read&scope=read'],
    ['client_id', 'grant_type=client_credentials&client_id=a&client_id=b'],
    ['client_secret', 'grant_type=client_credentials&client_secret=a&client_secret=b'],
  ])('refuses %s twice (R-43)', async (name, form) => {
    const answer = await server.call({ form, headers: authorized() });
    expectRefusal(answer, 400, 'invalid_request', new RegExp(`${name}.* must not be provided twice`));
  });

  it('takes an empty parameter as omitted, and ignores what it does not know (R-43)', async () => {
    expect((await fetchSecretToken({ client_secret: '', scope: '', resource: '', foo: 'bar' })).status).toBe(200);
    const answer = await server.fetchToken(own.client_id, { certificate, form: { client_secret: '' } });
    expect(answer.status).toBe(200);
  });

  it('reads a form and nothing else (R-43)', async () => {
    const answer = await server.call({ json: { grant_type }, headers: authorized() });
    expectRefusal(answer, 400, 'invalid_request', /only application\/x-www-form-urlencoded/);
    const query = await server.call({
      path: `/oauth2/token?grant_type=${grant_type}&client_id=${secret.client_id}`,
      form: '',
      headers: authorized(),
    });
    expectRefusal(query, 400, 'invalid_request', /grant_type/);
    const large = await fetchSecretToken({ foo: 'x'.repeat(100_000) });
    expectRefusal(large, 400, 'invalid_request', /failed to parse/);
  });

  it('answers in JSON whatever a browser would rather have', async () => {
    const accept = 'text/html,application/xhtml+xml';
    const answer = await server.call({ form: {}, headers: { accept } });
    expectRefusal(answer, 400, 'invalid_request', /client_id is missing/);
  });

  it.each(['Basic', 'Basic !!!', 'Basic YWJj', 'Bearer abc', `Basic ${Buffer.from('a:').toString('base64')}`])(
    'refuses the header "%s"',
    async (authorization) => {
      const answer = await server.call({ form: { grant_type }, headers: { authorization } });
      expectRefusal(answer, 400, 'invalid_request', /./);
    },
  );

  it('lets no page of a browser read an answer', async () => {
    const origin = 'https://attacker.example';
    const answer = await server.call({ form: { grant_type }, headers: { ...authorized(), origin } });
    expect(answer.status).toBe(400);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

it('keeps secrets and tokens out of the journal', async () => {
  const answer = await fetchSecretToken();
  await server.call({ path: `/oauth2/token?client_secret=${secret.client_secret}`, form: '' });
  await server.expectNote('client_id is missing');
  const journal = JSON.stringify(server.journal.entries());
  for (const text of [secret.client_secret, secret.registration_access_token, String(answer.json['access_token'])])
    expect(journal).not.toContain(text);
});
