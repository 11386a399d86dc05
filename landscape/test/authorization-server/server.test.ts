import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import {
  basic,
  expectRefusal,
  startAuthorizationServer,
  type RunningAuthorizationServer,
} from './running-authorization-server';

jest.setTimeout(30_000);

let server: RunningAuthorizationServer;
const printedLines: string[] = [];
beforeAll(async () => {
  for (const name of ['log', 'info', 'warn', 'error'] as const)
    jest.spyOn(console, name).mockImplementation((...parts: unknown[]) => void printedLines.push(parts.join(' ')));
  server = await startAuthorizationServer();
});
afterAll(async () => {
  await server.close();
  jest.restoreAllMocks();
});

const get = (path: string) => server.call({ method: 'GET', path });
const metadataPaths = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'];

describe('the authorization server', () => {
  it('answers what needs no engine without loading it, and prints nothing', async () => {
    expect((await get('/oauth2/jwks')).status).toBe(200);
    expect((await get(metadataPaths[0] ?? '')).status).toBe(200);
    expect(printedLines).toEqual([]);
  });

  it('prints nothing but what the engine thinks of an old Node when the engine is loaded', async () => {
    const { client_id, client_secret } = await server.register({ client_name: 'first' });
    expect((await server.fetchToken(client_id, { headers: basic(client_id, client_secret) })).status).toBe(200);
    expect((await server.fetchToken(client_id, { headers: basic(client_id, 'wrong') })).status).toBe(401);
    for (const line of printedLines) expect(line).toContain('Unsupported runtime. Use Node.js v22');
    expect(printedLines.length).toBeLessThan(2);
  });

  it('prints nothing when a client hangs up in the middle of a request', async () => {
    const before = printedLines.length;
    const socket = connect({ port: server.portBase + 448, host: 'localhost', ca: server.ca.rootPem });
    await once(socket, 'secureConnect');
    socket.write('POST /oauth2/token HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n');
    socket.write('content-type: application/x-www-form-urlencoded\r\n\r\ngrant_type');
    socket.destroy();
    await once(socket, 'close');
    expect((await get('/oauth2/jwks')).status).toBe(200);
    expect(printedLines).toHaveLength(before);
  });

  it.each(metadataPaths)('describes itself at %s (R-12, R-21, R-55)', async (path) => {
    const { issuer, certificateUrl } = server.addresses;
    const methods = ['client_secret_basic', 'client_secret_post', 'tls_client_auth', 'self_signed_tls_client_auth'];
    expect((await get(path)).json).toEqual({
      issuer,
      token_endpoint: `${issuer}/oauth2/token`,
      token_endpoint_auth_methods_supported: methods,
      introspection_endpoint: `${issuer}/oauth2/introspect`,
      introspection_endpoint_auth_methods_supported: methods,
      registration_endpoint: `${issuer}/oauth2/register`,
      jwks_uri: `${issuer}/oauth2/jwks`,
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      scopes_supported: ['read', 'write'],
      tls_client_certificate_bound_access_tokens: true,
      mtls_endpoint_aliases: {
        token_endpoint: `${certificateUrl}/oauth2/token`,
        introspection_endpoint: `${certificateUrl}/oauth2/introspect`,
      },
    });
  });

  it('publishes the key that its tokens are signed with, and no private member of it', async () => {
    const { client_id, client_secret } = await server.register({});
    const token = await server.fetchToken(client_id, { headers: basic(client_id, client_secret) });
    const { json } = await get('/oauth2/jwks');
    const keys = createLocalJWKSet(json as unknown as JSONWebKeySet);
    const { issuer } = server.addresses;
    const { payload, protectedHeader } = await jwtVerify(String(token.json['access_token']), keys, {
      issuer,
      audience: 'api://backendmtls',
      typ: 'at+jwt',
    });
    expect(payload).toMatchObject({ sub: client_id, client_id });
    expect(protectedHeader.alg).toBe('RS256');
    const [key = {}] = json['keys'] as object[];
    expect(Object.keys(key).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  it('keeps its signing key over a restart, but no clients', async () => {
    const { stateFolder } = server;
    const restarted = await startAuthorizationServer({ stateFolder });
    const { client_id, client_secret } = await server.register({});
    expect((await restarted.call({ method: 'GET', path: '/oauth2/jwks' })).text).toBe((await get('/oauth2/jwks')).text);
    expectRefusal(
      await restarted.fetchToken(client_id, { headers: basic(client_id, client_secret) }),
      401,
      'invalid_client',
      /no such client; register it again after a restart/,
    );
    await restarted.close();
  });

  it('builds no URL from what a caller writes into the Host header', async () => {
    const headers = { host: 'attacker.example' };
    const metadata = await server.call({ method: 'GET', path: metadataPaths[0] ?? '', headers });
    const client = await server.call({ path: '/oauth2/register', json: {}, headers });
    expect(metadata.text + client.text).not.toContain('attacker');
    expect(client.json['registration_client_uri']).toContain(`${server.addresses.issuer}/oauth2/register/`);
  });

  it.each([
    ['GET', '/oauth2/token', 'POST'],
    ['PUT', '/oauth2/introspect', 'POST'],
    ['GET', '/oauth2/register', 'POST'],
    ['PATCH', '/oauth2/register/some', 'GET, PUT, DELETE'],
    ['POST', '/oauth2/jwks', 'GET, HEAD'],
    ['DELETE', '/.well-known/openid-configuration', 'GET, HEAD'],
  ])('answers 405 to %s %s (R-43)', async (method, path, allowed) => {
    const answer = await server.call({ method, path });
    expect({ status: answer.status, allow: answer.headers['allow'] }).toEqual({ status: 405, allow: allowed });
    expect(answer.json['error']).toBe('method_not_allowed');
  });

  it.each(['/', '/oauth/token', '/auth', '/OAUTH2/TOKEN', '/oauth2/token/', '/reg', '/session/end'])(
    'has nothing at %s, and says where the token endpoint is',
    async (path) => {
      const answer = await server.call({ path, headers: { accept: 'application/json' } });
      expect(answer.status).toBe(404);
      expect(answer.json['error_description']).toContain('the token endpoint is /oauth2/token');
    },
  );
});

describe('TLS (R-18, R-32)', () => {
  const handshake = async (options: ConnectionOptions) => {
    const socket = connect({ host: 'localhost', ca: server.ca.rootPem, ...options });
    const outcome = await once(socket, 'secureConnect').then(
      () => socket.getProtocol(),
      (error: NodeJS.ErrnoException) => error.code,
    );
    socket.destroy();
    return outcome;
  };

  it('speaks TLS 1.2 and 1.3 only', async () => {
    for (const port of [server.portBase + 448, server.portBase + 450]) {
      expect(await handshake({ port, maxVersion: 'TLSv1.2' })).toBe('TLSv1.2');
      expect(await handshake({ port })).toBe('TLSv1.3');
      const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
      expect(await handshake({ port, ...old })).toMatch(/PROTOCOL_VERSION/);
    }
  });

  it('does not answer without TLS', async () => {
    const socket = connectTcp({ port: server.portBase + 448, host: '127.0.0.1' });
    socket.write('GET /oauth2/jwks HTTP/1.1\r\nhost: x\r\n\r\n');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    await once(socket, 'close');
    expect(Buffer.concat(chunks).toString()).not.toContain('keys');
  });

  it('lets no client renegotiate: a certificate is shown in the handshake or not at all', async () => {
    const socket = connect({
      port: server.portBase + 450,
      host: 'localhost',
      ca: server.ca.rootPem,
      maxVersion: 'TLSv1.2',
    });
    await once(socket, 'secureConnect');
    const outcome = new Promise<string>((resolve) => {
      socket.once('error', (error: Error) => resolve(error.message));
      socket.renegotiate({}, (error) => resolve(error === null ? 'renegotiated' : error.message));
    });
    expect(await outcome).toMatch(/no renegotiation/i);
    socket.destroy();
  });
});
