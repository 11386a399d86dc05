import { X509Certificate } from 'node:crypto';
import { decodeJwt } from 'jose';
import { issueClient } from '../authorization-server/client-certificates';
import type { Answer } from '../support/https-call';
import { basic, grant_type } from './running-client';
import { startGenericClients, startIdentityClients, startXsuaaClients, type TokenServer } from './token-servers';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(60_000);

/**
 * What reviewers found in other token endpoints for mutual TLS, and what they called it (reviews of RFC 8705 in UAA:
 * cloudfoundry/uaa#4075 and #4076), as tests of all of ours.
 */
describe.each([
  ['XSUAA', startXsuaaClients],
  ['IAS', startIdentityClients],
  ['the authorization server', startGenericClients],
] as const)('the token endpoint of %s', (_name, start) => {
  let server: TokenServer;
  let printed: jest.SpyInstance[];

  beforeAll(async () => {
    server = await start();
    await fetchToken(server.client); // whatever is loaded at the first request
  });
  afterAll(() => server.close());
  beforeEach(() => {
    printed = [
      ...[process.stdout, process.stderr].map((stream) => jest.spyOn(stream, 'write').mockReturnValue(true)),
      // In the tests the console is jest's, which writes elsewhere.
      ...(['log', 'warn', 'error'] as const).map((method) => jest.spyOn(console, method).mockReturnValue(undefined)),
    ];
  });
  afterEach(() => {
    for (const spy of printed) spy.mockRestore();
  });

  it('binds a token to the certificate, and to the client that authenticated with it', async () => {
    const { certificate, id } = server.client;
    const claims = decodeJwt(await fetchToken(server.client));
    const thumbprint = new X509Certificate(certificate.cert).fingerprint256.replaceAll(':', '');
    expect(claims['cnf']).toEqual({ 'x5t#S256': Buffer.from(thumbprint, 'hex').toString('base64url') });
    expect(claims.sub).toBe(id);
  });

  it('gives two clients no subject in common (D2)', async () => {
    const tokens = await Promise.all([server.client, server.other].map(fetchToken));
    const [first, second] = tokens.map((token) => decodeJwt(token));
    expect(first?.sub).not.toBe(second?.sub);
    expect(first?.['cnf']).not.toEqual(second?.['cnf']);
  });

  it.each(['certificate', 'plain'] as const)(
    'gives a client that has a certificate nothing for a secret at its %s URL (A3)',
    async (at) => {
      const { id, certificate } = server.client;
      const { fingerprint256 } = new X509Certificate(certificate.cert);
      for (const secret of ['secret', 'null', 'undefined', id, fingerprint256, certificate.cert]) {
        expectRefusal(await server.call({ at, form: { grant_type, client_id: id, client_secret: secret } }));
        expectRefusal(await server.call({ at, form: { grant_type }, headers: { authorization: basic(id, secret) } }));
      }
      expectRefusal(await server.call({ at, form: { grant_type, client_id: id, client_secret: '' } }));
      expectRefusal(await server.call({ at, form: { grant_type }, headers: { authorization: basic(id, '') } }));
      expectRefusal(await server.call({ at, form: { grant_type, client_id: id } }));
    },
  );

  it('refuses a secret beside the certificate, in the body and in a Basic header', async () => {
    const { id, certificate } = server.client;
    const form = { grant_type, client_id: id };
    expectRefusal(await server.call({ form: { ...form, client_secret: 'secret' }, certificate }));
    expectRefusal(await server.call({ form, headers: { authorization: basic(id, 'secret') }, certificate }));
    expectRefusal(
      await server.call({ form, headers: { authorization: basic(server.other.id, 'secret') }, certificate }),
    );
  });

  it('demands client_id, and one only (RFC 8705 §2)', async () => {
    const { id, certificate } = server.client;
    const ids = [
      '',
      '&client_id=',
      `&client_id=${id}&client_id=${id}`,
      `&client_id=${id}&client_id=${server.other.id}`,
    ];
    for (const more of ids) {
      const form = `grant_type=${grant_type}${more.replaceAll('!', '%21').replaceAll('|', '%7C')}`;
      expectRefusal(await server.call({ form, certificate }));
    }
  });

  it('refuses the certificate of another client, and one that is nobody’s', async () => {
    const { id } = server.client;
    const form = { grant_type, client_id: id };
    expectRefusal(await server.call({ form, certificate: server.other.certificate }));
    expectRefusal(await server.call({ form, certificate: await issueClient() }));
    const lookalike = await issueClient({ subject: [{ CN: ['first'] }] });
    expectRefusal(await server.call({ form, certificate: lookalike }));
  });

  it('refuses an expired certificate, and one that begins tomorrow', async () => {
    const form = { grant_type, client_id: server.client.id };
    expectRefusal(await server.call({ form, certificate: await issueClient({ begin: -20, end: -1 }) }));
    expectRefusal(await server.call({ form, certificate: await issueClient({ begin: 1, end: 20 }) }));
  });

  it.each([
    'password',
    'refresh_token',
    'authorization_code',
    'implicit',
    'user_token',
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    'urn:ietf:params:oauth:grant-type:saml2-bearer',
    'urn:ietf:params:oauth:grant-type:token-exchange',
    'urn:ietf:params:oauth:grant-type:device_code',
    '<script>alert(1)</script>',
  ])('gives a client of client credentials no token of anybody else by the grant %s (B1)', async (grant) => {
    const { id, certificate } = server.client;
    const jwt = await fetchToken(server.client);
    const form = {
      grant_type: grant,
      client_id: id,
      username: 'john.doe@example.com',
      password: 'anything',
      refresh_token: jwt,
      code: 'made-up', // which UAA repeats in its answer
      assertion: jwt,
      subject_token: jwt,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      device_code: jwt,
    };
    const answer = await server.call({ form, certificate });
    expectRefusal(answer);
    for (const echoed of ['<script>', 'john.doe', 'anything', jwt]) expect(answer.text).not.toContain(echoed);
  });

  it('answers every malformed authentication with 400 or 401 and prints nothing (C5)', async () => {
    const { id } = server.client;
    const untrusted = await issueClient();
    const authorizations = [
      undefined,
      'Basic',
      'Basic !!!',
      `Basic ${Buffer.from(id).toString('base64')}`,
      basic(id, ''),
      basic('', ''),
      basic(id, '%'),
      basic(id, '\u0000'),
      basic('\u00e4\u0000', 'x'),
      `Bearer ${'A'.repeat(2000)}`,
      'Negotiate YII=',
    ];
    const ids = [id, 'nobody', '__proto__', 'constructor', '%', 'a'.repeat(5000), '\u0000', "' OR 1=1 --"];
    for (const authorization of authorizations)
      for (const [index, client_id] of ids.entries()) {
        const answer = await server.call({
          form: { grant_type, client_id },
          ...(authorization !== undefined && { headers: { authorization } }),
          ...(index % 2 === 0 && { certificate: untrusted }),
        });
        expectRefusal(answer);
      }
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
  });

  async function fetchToken({ id, certificate }: TokenServer['client']): Promise<string> {
    const answer = await server.call({ form: { grant_type, client_id: id }, certificate });
    if (answer.status !== 200) throw new Error(answer.text);
    return String(answer.json['access_token']);
  }
});

/** A refusal after RFC 6749 §5.2, without a token and without anything of the server's insides. */
function expectRefusal({ status, headers, json, text }: Answer): void {
  expect([400, 401]).toContain(status);
  expect(json).toEqual({ error: expect.any(String) as string, error_description: expect.any(String) as string });
  expect(headers).toMatchObject({ 'cache-control': 'no-store', pragma: 'no-cache' });
  expect(text).not.toMatch(/\n\s+at |node_modules|\.[jt]s:|access_token/);
}
