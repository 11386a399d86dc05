import { generateKeyPairSync } from 'node:crypto';
import { decodeProtectedHeader, decodeJwt, SignJWT, type JWTPayload } from 'jose';
import type { AppJson } from './support/app-json';
import { createServiceKey, credentialsOf, readRoot, succeed, type Credentials } from './support/bindings';
import { call, getJson, until } from './support/http';
import { startLandscape, type RunningLandscape } from './support/running-landscape';
import { fetchToken, requestToken } from './support/token-request';

const LIMIT_MS = 90_000;
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

/** Whose tokens of the identity service the backend takes, and until when. */
describe('tokens of the identity service', () => {
  let landscape: RunningLandscape;
  let ca: string;
  /** Of the frontend's binding at the start. */
  let credentials: Credentials;
  let token: string;

  beforeAll(async () => {
    landscape = await startLandscape();
    ca = await readRoot(landscape);
    credentials = await credentialsOf(landscape, 'frontendmtls', 'identity');
    token = await fetchToken(credentials, { ca });
  }, LIMIT_MS);

  afterAll(async () => {
    await landscape?.stop();
  }, LIMIT_MS);

  const cf = (...argv: string[]) => succeed(landscape.cf(...argv));
  const homepage = () => getJson<AppJson>(`${landscape.url('frontend')}/homepage`);

  describe('are refused, and the log says which check failed, when', () => {
    it(
      'they were issued to and for another application of the tenant',
      async () => {
        await cf('create-service', 'identity', 'application', 'otherIas', '-c', '{"display-name":"other"}');
        const other = await createServiceKey(landscape, { instance: 'otherIas', name: 'key' });
        await expectRefusal(await fetchToken(other, { ca }), /Audience/);
      },
      LIMIT_MS,
    );

    it.each<[string, JWTPayload, RegExp]>([
      ['they name another issuer', { iss: 'https://identity.example' }, /wrong issuer: .*identity\.example/],
      ['they name another tenant', { app_tid: '11111111-2222-4333-8444-555555555555' }, /wrong tenant: .*11111111/],
      ['somebody else has signed them', {}, /Signature/],
    ])('%s', async (_when, changed, check) => {
      await expectRefusal(await forge(changed), check);
    });

    it('are accepted otherwise', async () => {
      expect((await callBackend(token)).status).toBe(200);
    });
  });

  it(
    'are refused once the subaccount does not trust the tenant any more, as those of an untrusted issuer',
    async () => {
      await succeed(landscape.control('identity', 'untrust'));
      await cf('restart', 'backendmtls');
      await expectRefusal(token, /untrusted issuer/);
      const { status, body } = await homepage();
      expect(status).toBe(502);
      expect(body.error).toMatchObject({ hop: { from: 'frontend', to: 'backend' } });

      await succeed(landscape.control('identity', 'trust'));
      await cf('restart', 'backendmtls');
      expect((await callBackend(token)).status).toBe(200);
      expect((await homepage()).status).toBe(200);
    },
    LIMIT_MS,
  );

  it(
    'are not issued to the certificate of a deleted binding any more; those issued before live on',
    async () => {
      // So that the frontend soon wants another token.
      await cf('set-env', 'frontendmtls', 'TOKEN_CACHE_SECONDS', '1');
      await cf('restart', 'frontendmtls');
      expect((await homepage()).status).toBe(200);
      await cf('unbind-service', 'frontendmtls', 'clicreIas');

      const { status, text } = await requestToken(credentials, { ca });
      expect([status, JSON.parse(text)]).toEqual([401, expect.objectContaining({ error: 'invalid_client' })]);
      expect((await callBackend(token)).status).toBe(200);

      const { body } = await until('a refused refresh', homepage, ({ body: { hops } }) => hops[1]?.cache === 'stale');
      expect(body.backend?.status).toBe(200);
      expect(body.hops[1]?.failure).toMatchObject({ code: 'identity-client-refused' });

      await cf('restart', 'frontendmtls');
      expect((await homepage()).body.error?.code).toBe('identity-not-bound');
      await cf('bind-service', 'frontendmtls', 'clicreIas', '-c', '{"credential-type":"X509_GENERATED"}');
      await cf('restart', 'frontendmtls');
      expect((await homepage()).status).toBe(200);
    },
    LIMIT_MS,
  );

  async function callBackend(jwt: string) {
    const { certificate, key } = credentials as Record<string, string>;
    return call(`${landscape.url('certificate')}/endpoint`, {
      headers: { accept: 'application/json', authorization: `Bearer ${jwt}` },
      tls: { ca, cert: certificate, key },
    });
  }

  async function expectRefusal(jwt: string, check: RegExp): Promise<void> {
    const { status, headers } = await callBackend(jwt);
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toContain('error="invalid_token"');
    await until(
      `a line of the log that fits ${check}`,
      async () => (await cf('logs', 'backendmtls', '--recent')).split('\n').slice(-10),
      (lines) => lines.some((line) => check.test(line)),
    );
  }

  /** As the real token but for the signature and what is changed. */
  function forge(changed: JWTPayload): Promise<string> {
    const { kid = '' } = decodeProtectedHeader(token);
    return new SignJWT({ ...decodeJwt(token), ...changed }).setProtectedHeader({ alg: 'RS256', kid }).sign(stranger);
  }
});
