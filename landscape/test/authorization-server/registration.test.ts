import { generateKeyPairSync } from 'node:crypto';
import { issueClient, keySetOf, type TestClientCertificate } from './client-certificates';
import {
  basic,
  claimsOf,
  expectRefusal,
  startAuthorizationServer,
  type RegisteredClient,
  type RunningAuthorizationServer,
} from './running-authorization-server';

jest.setTimeout(30_000);

let server: RunningAuthorizationServer;
let certificate: TestClientCertificate;
beforeAll(async () => {
  jest.spyOn(console, 'warn').mockReturnValue();
  server = await startAuthorizationServer();
  certificate = await issueClient();
});
afterAll(() => server.close());

const post = (json: unknown) => server.call({ path: '/oauth2/register', json });
const expectInvalid = async (metadata: unknown, description: RegExp): Promise<void> =>
  expectRefusal(await post(metadata), 400, 'invalid_client_metadata', description);
const dn = 'CN=client';

describe('registration (RFC 7591)', () => {
  it('gives a client with a secret for the client credentials grant where nothing is said', async () => {
    const { metadata, client_id } = await server.register({ client_name: 'frontend' });
    expect(metadata).toMatchObject({
      client_name: 'frontend',
      client_id: expect.stringMatching(/^[\w-]{20,}$/) as string,
      client_secret: expect.stringMatching(/^[\w-]{40,}$/) as string,
      client_secret_expires_at: 0,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['client_credentials'],
      tls_client_certificate_bound_access_tokens: false,
    });
    await server.expectNote(`${client_id} registered for client_secret_basic`);
  });

  it.each([
    ['tls_client_auth', () => ({ tls_client_auth_subject_dn: dn })],
    ['self_signed_tls_client_auth', () => ({ jwks: keySetOf(certificate) })],
  ])('gives a client without a secret for %s', async (token_endpoint_auth_method, members) => {
    const { metadata } = await server.register({ token_endpoint_auth_method, ...members() });
    expect(metadata).not.toHaveProperty('client_secret');
    expect(metadata).toMatchObject({ token_endpoint_auth_method });
  });

  it('demands exactly one subject value for tls_client_auth (R-7)', async () => {
    const method = { token_endpoint_auth_method: 'tls_client_auth' };
    await expectInvalid(method, /requires one of the certificate subject value parameters/);
    const values = {
      tls_client_auth_subject_dn: dn,
      tls_client_auth_san_dns: 'client.example.com',
      tls_client_auth_san_uri: 'https://client.example.com/',
      tls_client_auth_san_ip: '2001:db8::1',
      tls_client_auth_san_email: 'client@example.com',
    };
    const entries = Object.entries(values);
    for (const [name, value] of entries)
      expect(await post({ ...method, [name]: value })).toMatchObject({ status: 201, json: { [name]: value } });
    for (const [index, one] of entries.entries())
      for (const two of entries.slice(index + 1))
        await expectInvalid({ ...method, ...Object.fromEntries([one, two]) }, /only one .* subject value/);
  });

  it('refuses a subject value that no certificate can match (R-6)', async () => {
    const method = { token_endpoint_auth_method: 'tls_client_auth' };
    await expectInvalid({ ...method, tls_client_auth_subject_dn: 'client' }, /has no "=" \(RFC 4514, e\.g\. CN=/);
    await expectInvalid({ ...method, tls_client_auth_san_ip: 'localhost' }, /san_ip cannot be used: it is no IP/);
    await expectInvalid({ ...method, tls_client_auth_san_dns: ['a'] }, /must be a non-empty string/);
  });

  it('demands the certificate itself for self_signed_tls_client_auth (R-10, R-11)', async () => {
    const method = { token_endpoint_auth_method: 'self_signed_tls_client_auth' };
    const [key] = keySetOf(certificate).keys;
    await expectInvalid(method, /jwks or jwks_uri is mandatory/);
    await expectInvalid({ ...method, jwks: { keys: [] } }, /jwks cannot be used: it holds no key/);
    await expectInvalid({ ...method, jwks: { keys: [{ ...key, x5c: undefined }] } }, /keys\[0\] has no x5c/);
    const [other] = keySetOf(await issueClient()).keys;
    await expectInvalid(
      {
        ...method,
        jwks: {
          keys: [
            {
              ...key,
              ...other,
              x5c: keySetOf(certificate)
                .keys.map((k) => ('x5c' in k ? k.x5c : []))
                .flat(),
            },
          ],
        },
      },
      /keys\[0\]\.x is not that of the key in its x5c\[0\]/,
    );
    await expectInvalid({ ...method, jwks: keySetOf(certificate), jwks_uri: 'https://a.example' }, /must not be used/);
    await expectInvalid({ ...method, jwks_uri: 'http://a.example' }, /no https address/);
  });

  it('refuses a private key in the JWKS, without repeating it', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const rsa = await issueClient({ key: privateKey });
    for (const { x509, privateKey } of [certificate, rsa]) {
      const key = { ...privateKey.export({ format: 'jwk' }), x5c: [x509.raw.toString('base64')] };
      const answer = await post({ token_endpoint_auth_method: 'self_signed_tls_client_auth', jwks: { keys: [key] } });
      expectRefusal(answer, 400, 'invalid_client_metadata', /keys\[0\]\.d must not be provided for (?:EC|RSA) keys/);
      expect(answer.text).not.toContain(key.d);
    }
  });

  it.each<readonly [object, RegExp]>([
    [{ token_endpoint_auth_method: 'none' }, /token_endpoint_auth_method must be/],
    [{ token_endpoint_auth_method: 'client_secret_jwt' }, /token_endpoint_auth_method must be/],
    [{ grant_types: ['authorization_code'] }, /grant_types can only contain/],
    [{ grant_types: ['password'] }, /grant_types can only contain/],
    [{ scope: 'admin' }, /supported scope values/],
    [{ tls_client_certificate_bound_access_tokens: 'true' }, /must be a boolean/],
  ])('refuses %j', async (metadata, description) => {
    await expectInvalid(metadata, description);
  });

  it('takes JSON only, so that no page of a browser can register a client without being asked for first', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
      const answer = await server.call({ path: '/oauth2/register', json: {}, headers: { 'content-type': type } });
      expectRefusal(answer, 400, 'invalid_request', /only application\/json/);
    }
    const asked = await server.call({
      method: 'OPTIONS',
      path: '/oauth2/register',
      headers: { origin: 'https://attacker.example', 'access-control-request-method': 'POST' },
    });
    expect(asked.headers).not.toHaveProperty('access-control-allow-origin');
    for (const json of [[], 'text', undefined]) expect((await post(json)).json['error']).toBe('invalid_request');
    expect(
      (await server.call({ path: '/oauth2/register', form: '{', headers: { 'content-type': 'application/json' } }))
        .json,
    ).toEqual({
      error: 'invalid_request',
      error_description: 'failed to parse the request body',
    });
  });
});

describe('management of a registration (RFC 7592)', () => {
  let client: RegisteredClient;
  const manage = (method: string, json?: object, token = client.registration_access_token) =>
    server.call({
      method,
      path: new URL(client.registration_client_uri).pathname,
      headers: { authorization: `Bearer ${token}` },
      ...(json && { json }),
    });
  beforeEach(async () => {
    client = await server.register({
      token_endpoint_auth_method: 'self_signed_tls_client_auth',
      jwks: keySetOf(certificate),
      tls_client_certificate_bound_access_tokens: true,
    });
  });

  it('shows and changes a client: the old and the new certificate work side by side while both are registered (R-10)', async () => {
    const next = await issueClient();
    const { client_id } = client;
    expect((await server.fetchToken(client_id, { certificate: next })).status).toBe(401);
    const {
      registration_access_token: _t,
      registration_client_uri: _u,
      client_id_issued_at: _i,
      ...metadata
    } = (await manage('GET')).json;
    const change = (...certificates: TestClientCertificate[]) =>
      manage('PUT', { ...metadata, jwks: keySetOf(...certificates) });
    expect((await change(certificate, next)).status).toBe(200);
    for (const each of [certificate, next])
      expect(claimsOf(await server.fetchToken(client_id, { certificate: each }))).toMatchObject({
        cnf: { 'x5t#S256': each.thumbprint },
      });
    expect((await change(next)).status).toBe(200);
    expect((await server.fetchToken(client_id, { certificate: next })).status).toBe(200);
    expectRefusal(await server.fetchToken(client_id, { certificate }), 401, 'invalid_client', /none of the client's/);
  });

  it('refuses a change that would not have been registered', async () => {
    const { json } = await manage('GET');
    const { registration_access_token: _t, registration_client_uri: _u, client_id_issued_at: _i, ...metadata } = json;
    const answer = await manage('PUT', { ...metadata, jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b' }] } });
    expectRefusal(answer, 400, 'invalid_client_metadata', /keys\[0\] has no x5c/);
    expect((await server.fetchToken(client.client_id, { certificate })).status).toBe(200);
  });

  it('deletes a client: neither it nor its tokens count from then on', async () => {
    const caller = await server.register({});
    const answer = await server.fetchToken(client.client_id, { certificate });
    const introspect = () =>
      server.call({
        path: '/oauth2/introspect',
        form: { token: String(answer.json['access_token']) },
        headers: basic(caller.client_id, caller.client_secret),
      });
    expect((await introspect()).json).toMatchObject({ active: true });
    expect((await manage('DELETE')).status).toBe(204);
    expect((await introspect()).json).toEqual({ active: false });
    expectRefusal(await server.fetchToken(client.client_id, { certificate }), 401, 'invalid_client', /no such client/);
  });

  it("is refused without the client's own registration access token", async () => {
    const other = await server.register({});
    for (const token of ['wrong', other.registration_access_token])
      expectRefusal(await manage('GET', undefined, token), 401, 'invalid_token', /./);
    expect((await server.fetchToken(client.client_id, { certificate })).status).toBe(200);
  });
});
