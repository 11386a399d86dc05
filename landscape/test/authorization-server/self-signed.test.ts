import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { issueClient, keySetOf, readLandscapeIssuer, type TestClientCertificate } from './client-certificates';
import {
  claimsOf,
  expectRefusal,
  startAuthorizationServer,
  type RunningAuthorizationServer,
} from './running-authorization-server';

jest.setTimeout(30_000);

const DAY_MS = 86_400_000;
const metadata = {
  token_endpoint_auth_method: 'self_signed_tls_client_auth',
  tls_client_certificate_bound_access_tokens: true,
};

let server: RunningAuthorizationServer;
let certificate: TestClientCertificate;
let client_id: string;
beforeAll(async () => {
  jest.spyOn(console, 'warn').mockReturnValue();
  server = await startAuthorizationServer();
  certificate = await issueClient();
  ({ client_id } = await server.register({ ...metadata, jwks: keySetOf(certificate) }));
});
afterAll(() => server.close());
afterEach(() => {
  server.clock.offsetMs = 0;
});

const expectUnregistered = async (id: string, other: TestClientCertificate): Promise<void> =>
  expectRefusal(
    await server.fetchToken(id, { certificate: other }),
    401,
    'invalid_client',
    /the certificate is none of the client's registered ones/,
  );

describe('self_signed_tls_client_auth (RFC 8705 §2.2)', () => {
  it('gives a registered certificate a token that is bound to it, whatever its chain (R-10, R-13)', async () => {
    const answer = await server.fetchToken(client_id, { certificate });
    expect(claimsOf(answer)['cnf']).toEqual({ 'x5t#S256': certificate.thumbprint });
    const issued = await issueClient({ issuer: readLandscapeIssuer(server.stateFolder) });
    const client = await server.register({ ...metadata, jwks: keySetOf(issued) });
    expect((await server.fetchToken(client.client_id, { certificate: issued })).status).toBe(200);
  });

  it('refuses a certificate that is not registered (R-3, R-10)', async () => {
    await expectUnregistered(client_id, await issueClient());
    await expectUnregistered(client_id, await issueClient({ issuer: readLandscapeIssuer(server.stateFolder) }));
  });

  it('refuses another certificate for the same key: the certificate is registered, not the key (R-10)', async () => {
    await expectUnregistered(client_id, await issueClient({ key: certificate.privateKey }));
  });

  it('refuses swapped certificates of two clients, and takes each with its own (R-3)', async () => {
    const second = await issueClient();
    const other = await server.register({ ...metadata, jwks: keySetOf(second) });
    await expectUnregistered(client_id, second);
    await expectUnregistered(other.client_id, certificate);
    expect((await server.fetchToken(client_id, { certificate })).status).toBe(200);
    expect((await server.fetchToken(other.client_id, { certificate: second })).status).toBe(200);
  });

  it('refuses a request without client_id or without certificate (R-2, R-4)', async () => {
    const form = { grant_type: 'client_credentials' };
    expectRefusal(await server.call({ form, certificate }), 400, 'invalid_request', /client_id is missing/);
    const answer = await server.fetchToken(client_id, { url: server.addresses.certificateUrl });
    expectRefusal(answer, 401, 'invalid_client', /no client certificate was presented/);
  });

  it('refuses a registered certificate that has expired, by the machine and by the landscape', async () => {
    const expired = await issueClient({ begin: -20, end: -1 });
    const client = await server.register({ ...metadata, jwks: keySetOf(expired) });
    const refused = await server.fetchToken(client.client_id, { certificate: expired });
    expectRefusal(refused, 401, 'invalid_client', /the client certificate expired on/);
    server.clock.offsetMs = 31 * DAY_MS;
    const later = await server.fetchToken(client_id, { certificate });
    expectRefusal(later, 401, 'invalid_client', /the client certificate expired on/);
  });
});

describe('jwks_uri (R-10)', () => {
  let keyServer: Server;
  let requests: string[];
  let respond: () => { status: number; body: string; headers?: Record<string, string> };
  let jwks_uri: string;
  beforeAll(async () => {
    const { key, certificate: cert } = await server.ca.issueServer();
    keyServer = createServer({ key, cert }, (req, res) => {
      requests.push(`${req.method} ${req.url}`);
      const { status, body, headers } = respond();
      res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
    });
    keyServer.listen(0, '127.0.0.1');
    await once(keyServer, 'listening');
    // A server's address has a port.
    jwks_uri = `https://localhost:${(keyServer.address() as AddressInfo).port}/jwks`;
  });
  beforeEach(() => {
    requests = [];
  });
  afterAll(async () => {
    keyServer.closeAllConnections();
    keyServer.close();
    await once(keyServer, 'close');
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.spyOn(console, 'warn').mockReturnValue();
  });

  it('is fetched when the client comes, and again after a minute: a rotation needs no new registration', async () => {
    const next = await issueClient();
    respond = () => ({ status: 200, body: JSON.stringify(keySetOf(certificate)) });
    const client = await server.register({ ...metadata, jwks_uri });
    expect(requests).toEqual([]);
    expect((await server.fetchToken(client.client_id, { certificate })).status).toBe(200);
    respond = () => ({ status: 200, body: JSON.stringify(keySetOf(next)) });
    await expectUnregistered(client.client_id, next);
    expect(requests).toEqual(['GET /jwks']);
    const now = Date.now;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + 61_000);
    expect((await server.fetchToken(client.client_id, { certificate: next })).status).toBe(200);
    await expectUnregistered(client.client_id, certificate);
    expect(requests).toEqual(['GET /jwks', 'GET /jwks']);
  });

  it.each([
    ['is not there', /the status 404/, { status: 404, body: '{}' }],
    ['is no JSON', /it is no JSON Web Key Set/, { status: 200, body: 'SECRET of another service' }],
    ['redirects', /the status 302/, { status: 302, body: '', headers: { location: '/jwks' } }],
    ['holds too much', /exceeded/, { status: 200, body: `{"keys":[],"x":"${'x'.repeat(200_000)}"}` }],
    [
      'holds no certificate',
      /keys\[0\] has no x5c/,
      { status: 200, body: '{"keys":[{"kty":"RSA","n":"AQ","e":"AQAB"}]}' },
    ],
  ])('refuses the client when the key set %s, says so and repeats nothing of it', async (_, why, content) => {
    respond = () => content;
    const client = await server.register({ ...metadata, jwks_uri });
    const answer = await server.fetchToken(client.client_id, { certificate });
    expectRefusal(answer, 401, 'invalid_client', /^Client authentication failed: .* Key Set failed to be refreshed: /);
    expectRefusal(answer, 401, 'invalid_client', why);
    expect(answer.text).not.toContain('SECRET');
    expect(requests).toHaveLength(1);
  });

  it('is not read from a server that has no trusted certificate', async () => {
    const own = await issueClient({ purpose: 'server', names: [{ type: 'dns', value: 'localhost' }] });
    const rogue = createServer({ key: own.key, cert: own.cert }, (_req, res) =>
      res.end(JSON.stringify(keySetOf(certificate))),
    );
    rogue.listen(0, '127.0.0.1');
    await once(rogue, 'listening');
    const client = await server.register({
      ...metadata,
      jwks_uri: `https://localhost:${(rogue.address() as AddressInfo).port}/`,
    });
    expect((await server.fetchToken(client.client_id, { certificate })).status).toBe(401);
    rogue.close();
    await once(rogue, 'close');
  });
});
