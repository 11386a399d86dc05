import { createPublicKey } from 'node:crypto';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { startXsuaa, type RunningXsuaa } from './running-xsuaa';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

let xsuaa: RunningXsuaa;
beforeAll(async () => {
  xsuaa = await startXsuaa();
});
afterAll(() => xsuaa.close());

const get = (path: string, headers: Record<string, string> = {}) => xsuaa.call({ method: 'GET', path, headers });
const zone = '5b1d2c6e-0a53-4a6b-9d7e-3f8c1e2a7b40';

async function fetchToken(): Promise<string> {
  const { credentials } = await xsuaa.bind(
    await xsuaa.createInstance({ xsappname: `app${Math.random().toString(36).slice(2)}` }),
  );
  const { clientid: client_id = '', clientsecret: client_secret = '' } = credentials;
  const answer = await xsuaa.call({ body: { grant_type: 'client_credentials', client_id, client_secret } });
  return answer.json['access_token'] as string;
}

describe('/token_keys', () => {
  it.each(['/token_keys', `/token_keys?zid=${zone}`, '/token_keys?zid='])(
    'shows at %s the key that verifies tokens',
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(200);
      const { payload } = await jwtVerify(
        await fetchToken(),
        createLocalJWKSet(answer.json as unknown as JSONWebKeySet),
      );
      expect(payload['zid']).toBe(zone);
    },
  );

  it('shows it as a JWK and as PEM, as libraries of different age want it', async () => {
    const [key, ...others] = (await get('/token_keys')).json['keys'] as Record<string, string>[];
    expect(others).toEqual([]);
    expect(key).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig', e: 'AQAB' });
    const fromJwk = createPublicKey({ key: { ...key }, format: 'jwk' });
    expect(createPublicKey(key?.['value'] ?? '').equals(fromJwk)).toBe(true);
    const { credentials } = await xsuaa.bind(await xsuaa.createInstance({ xsappname: 'keys' }));
    expect(createPublicKey(credentials['verificationkey'] ?? '').equals(fromJwk)).toBe(true);
  });

  it('says 304 when nothing has changed', async () => {
    const { headers } = await get('/token_keys');
    const again = await get('/token_keys', { 'if-none-match': String(headers['etag']) });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('says 400 for a zone that does not exist, which xssec takes for a token from elsewhere', async () => {
    for (const query of ['zid=elsewhere', `zid=${zone}&zid=${zone}`])
      expect((await get(`/token_keys?${query}`)).status).toBe(400);
  });

  it('says 405 to anything but GET', async () => {
    expect((await xsuaa.call({ path: '/token_keys', body: {} })).status).toBe(405);
  });
});

describe('/.well-known/openid-configuration', () => {
  it('names the endpoints, and those for mutual TLS beside them', async () => {
    const { json } = await get('/.well-known/openid-configuration');
    const [url, certUrl] = [`https://localhost:${xsuaa.portBase + 444}`, `https://localhost:${xsuaa.portBase + 445}`];
    expect(json).toMatchObject({
      token_endpoint: `${url}/oauth/token`,
      jwks_uri: `${url}/token_keys`,
      mtls_endpoint_aliases: { token_endpoint: `${certUrl}/oauth/token` },
      tls_client_certificate_bound_access_tokens: true,
    });
    expect((await xsuaa.verifyAccessToken(await fetchToken())).iss).toBe(json['issuer']);
  });
});

describe('any other path', () => {
  it('is not found, as JSON or as text, with the path that was meant', async () => {
    const json = await get('/nothing', { accept: 'application/json' });
    expect(json).toMatchObject({ status: 404, json: { error: 'not_found' } });
    const text = await get('/nothing', { accept: 'text/plain' });
    expect(text.status).toBe(404);
    expect(text.headers['content-type']).toContain('text/plain');
    expect(text.text).toBe('There is nothing at /nothing; the token endpoint is /oauth/token\n');
  });

  it('names the own token endpoint where that of IAS was called', async () => {
    const answer = await xsuaa.call({ path: '/oauth2/token', body: { grant_type: 'client_credentials' } });
    expect(answer.status).toBe(404);
    expect(answer.text).toContain('The token endpoint of XSUAA is /oauth/token');
  });

  it.each(['/%', '/oauth/token/%zz', '/token_keys/%ff'])('gives no stack trace for %s', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.text).not.toMatch(/at .*\(|node_modules|URIError/);
  });

  it('tells nobody what it is made of', async () => {
    expect((await get('/nothing')).headers).not.toHaveProperty('x-powered-by');
  });
});

describe('verifyAccessToken', () => {
  it('verifies a token, until it has expired by the clock of the landscape', async () => {
    const jwt = await fetchToken();
    expect(await xsuaa.verifyAccessToken(jwt)).toMatchObject({ zid: zone });
    xsuaa.clock.offsetMs = 43_201_000;
    await expect(xsuaa.verifyAccessToken(jwt)).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' });
    xsuaa.clock.offsetMs = 0;
  });

  it('rejects a token that was tampered with', async () => {
    const [header, payload = '', signature] = (await fetchToken()).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, scope: ['admin'] })).toString('base64url');
    await expect(xsuaa.verifyAccessToken(`${header}.${forged}.${signature}`)).rejects.toThrow(
      /signature verification failed/,
    );
  });
});
