import { execFileSync } from 'node:child_process';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { expectRefusal, startIdentity, tenant, type BoundService, type RunningIdentity } from './running-identity';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

let identity: RunningIdentity;
let bound: BoundService;
beforeAll(async () => {
  identity = await startIdentity();
  bound = await identity.bind(await identity.createInstance({ 'display-name': 'Shown' }));
});
afterAll(() => identity.close());

const get = (path: string, headers: Record<string, string> = {}) => identity.call({ method: 'GET', path, headers });

async function fetchToken(): Promise<string> {
  return (await identity.fetchToken(bound.credentials)).json['access_token'] as string;
}

describe('/.well-known/openid-configuration', () => {
  it('names the issuer, the endpoints and what clients ask for before they call', async () => {
    const { url } = identity;
    const { status, json } = await get('/.well-known/openid-configuration');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      issuer: url,
      token_endpoint: `${url}/oauth2/token`,
      authorization_endpoint: `${url}/oauth2/authorize`,
      end_session_endpoint: `${url}/oauth2/logout`,
      jwks_uri: `${url}/oauth2/certs`,
      grant_types_supported: ['client_credentials', 'authorization_code', 'refresh_token'],
      token_endpoint_auth_methods_supported: ['tls_client_auth', 'client_secret_basic', 'client_secret_post'],
      tls_client_certificate_bound_access_tokens: true,
    });
  });

  it('names the issuer and the endpoints that bindings and tokens name', async () => {
    const { json } = await get('/.well-known/openid-configuration');
    const { credentials } = bound;
    expect(json['authorization_endpoint']).toBe(credentials['authorization_endpoint']);
    expect(json['end_session_endpoint']).toBe(credentials['end_session_endpoint']);
    const keys = createLocalJWKSet((await get('/oauth2/certs')).json as unknown as JSONWebKeySet);
    const verified = jwtVerify(await fetchToken(), keys, {
      issuer: json['issuer'] as string,
      audience: credentials['clientid'] ?? '',
    });
    expect((await verified).payload['app_tid']).toBe(tenant);
  });

  it('has no aliases for mutual TLS: it works at the same URL', async () => {
    expect((await get('/.well-known/openid-configuration')).json).not.toHaveProperty('mtls_endpoint_aliases');
  });
});

describe('/oauth2/certs', () => {
  it('shows the one key with its certificate, and nothing private', async () => {
    const [key = {}, ...others] = (await get('/oauth2/certs')).json['keys'] as Record<string, string | string[]>[];
    expect(others).toEqual([]);
    expect(Object.keys(key).toSorted()).toEqual(['e', 'kid', 'kty', 'n', 'use', 'x5c', 'x5t#S256']);
    const [der = ''] = key['x5c'] as string[];
    const certificate = new X509Certificate(Buffer.from(der, 'base64'));
    expect(certificate.publicKey.equals(createPublicKey({ key: { ...key }, format: 'jwk' }))).toBe(true);
  });

  it('shows a thumbprint that openssl computes, too', async () => {
    const [key = {}] = (await get('/oauth2/certs')).json['keys'] as Record<string, string | string[]>[];
    const folder = mkdtempSync(join(tmpdir(), 'landscape-x5t-'));
    try {
      const file = join(folder, 'certificate.der');
      writeFileSync(file, Buffer.from(String(key['x5c']), 'base64'));
      const args = ['x509', '-inform', 'der', '-in', file, '-noout', '-fingerprint', '-sha256'];
      const hex = execFileSync('openssl', args, { encoding: 'utf8' }).split('=')[1] ?? '';
      const fingerprint = Buffer.from(hex.replaceAll(/[:\s]/g, ''), 'hex').toString('base64url');
      expect(key['x5t#S256']).toBe(fingerprint);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('says 304 when nothing has changed', async () => {
    const { headers } = await get('/oauth2/certs');
    expect((await get('/oauth2/certs', { 'if-none-match': String(headers['etag']) })).status).toBe(304);
  });

  it('is for GET', async () => {
    expectRefusal(await identity.call({ path: '/oauth2/certs', body: {} }), 405, 'method_not_allowed', /'POST'/);
  });
});

describe('/Applications/v1', () => {
  const path = '/Applications/v1';
  const basic = ({ credentials }: BoundService) => ({
    authorization: `Basic ${Buffer.from(`${credentials['clientid']}:${credentials['clientsecret']}`).toString('base64')}`,
  });
  const SCHEMA = 'urn:sap:identity:application:schemas:extension:sci:1.0:Authentication';

  it('shows an application its own entry with the subjects of its certificates', async () => {
    const instanceId = await identity.createInstance({ 'display-name': 'Mine' });
    const secret = await identity.bind(instanceId);
    const { id, credentials } = await identity.bind(instanceId, {
      'credential-type': 'X509_GENERATED',
      'app-identifier': 'web',
    });
    const clientId = credentials['clientid'] ?? '';
    const entry = {
      totalResults: 1,
      applications: [
        {
          id: instanceId,
          name: instanceId,
          branding: { displayName: 'Mine' },
          [SCHEMA]: {
            clientId,
            apiCertificates: [{ id, dn: expect.stringContaining(`L=${clientId}, CN=web`) as string }],
          },
        },
      ],
    };
    expect((await get(path, basic(secret))).json).toMatchObject(entry);
    const { certificate: cert = '', key = '' } = credentials;
    const answer = await identity.call({ method: 'GET', path: `${path}?client_id=${clientId}`, cert, key });
    expect(answer.json).toMatchObject(entry);
    expect(answer.text).not.toContain(secret.credentials['clientsecret']);
  });

  it('wants to know who asks, and not by a secret in the URL', async () => {
    expectRefusal(await get(path), 401, 'invalid_client', /neither a client secret nor a client certificate/);
    const { clientid: client_id = '', clientsecret: client_secret = '' } = bound.credentials;
    const query = new URLSearchParams({ client_id, client_secret }).toString();
    expect((await get(`${path}?${query}`)).status).toBe(401);
    expect((await get(`${path}?client_id=a&client_id=b`)).status).toBe(401);
  });
});

describe('any other path', () => {
  it('is not found, as JSON or as text, with the path that was meant', async () => {
    const json = await get('/nothing', { accept: 'application/json' });
    expect(json).toMatchObject({ status: 404, json: { error: 'not_found' } });
    const text = await get('/nothing', { accept: 'text/plain' });
    expect(text.text).toBe('There is nothing at /nothing; the token endpoint is /oauth2/token\n');
  });

  it('names the own token endpoint where that of XSUAA was called', async () => {
    const answer = await identity.call({ path: '/oauth/token', body: { grant_type: 'client_credentials' } });
    expect(answer.status).toBe(404);
    expect(answer.text).toContain('The token endpoint of SAP Cloud Identity Services is /oauth2/token');
  });

  it.each(['/%', '/oauth2/token/%zz'])('gives no stack trace for %s', async (path) => {
    const answer = await get(path);
    expect([400, 404]).toContain(answer.status);
    expect(answer.text).not.toMatch(/at .*\(|node_modules|URIError/);
  });

  it('tells nobody what it is made of', async () => {
    expect((await get('/nothing')).headers).not.toHaveProperty('x-powered-by');
  });
});
