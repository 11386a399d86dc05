import request from 'supertest';
import { createTestBackend, startTrustedXsuaa, type TestBackend } from '../support/test-backend';
import type { Behaviour } from '../support/issuer-double';
import { ZONE, type XsuaaDouble } from '../support/xsuaa-double';

describe('XSUAA as the issuer', () => {
  let xsuaa: XsuaaDouble;

  beforeAll(async () => {
    xsuaa = await startTrustedXsuaa();
  });
  afterAll(() => xsuaa.stop());
  beforeEach(() => {
    xsuaa.requests.length = 0;
    xsuaa.behaviour = { kind: 'keys' };
    xsuaa.otherKeys = [];
  });

  describe('fetches the signing keys', () => {
    it('once for many first requests at the same time, and not again', async () => {
      const { app } = createTestBackend(xsuaa);
      const jwts = await Promise.all(Array.from({ length: 20 }, () => xsuaa.issue()));
      const answers = await Promise.all(jwts.map((jwt) => call(app, jwt)));
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      expect(xsuaa.requests).toEqual([`/token_keys?zid=${ZONE}`]);
    });

    it('again after a quarter of an hour, once for all and in the background: the old ones serve meanwhile', async () => {
      const { app } = createTestBackend(xsuaa, { upstreamTimeoutMs: 10_000 });
      const jwts = await Promise.all(Array.from({ length: 20 }, () => xsuaa.issue({ exp: inAnHour() })));
      expect((await call(app, jwts[0] ?? '')).status).toBe(200);
      const first = [...xsuaa.requests];
      const later = Date.now() + 16 * 60_000;
      const clock = jest.spyOn(Date, 'now').mockImplementation(() => later);
      xsuaa.behaviour = { kind: 'hang' };
      const answers = await Promise.all(jwts.map((jwt) => call(app, jwt)));
      clock.mockRestore();
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      expect(xsuaa.requests).toEqual([...first, ...first]);
    });

    it('although one key of the set is damaged', async () => {
      xsuaa.otherKeys = [{ kid: 'broken', kty: 'RSA', e: 'AQAB' }];
      expect((await call(createTestBackend(xsuaa).app, await xsuaa.issue())).status).toBe(200);
    });

    it('with the correlation id of the request', async () => {
      await call(createTestBackend(xsuaa).app, await xsuaa.issue(), { 'x-correlation-id': 'a1b2-c3' });
      expect(xsuaa.lastHeaders['x-vcap-request-id']).toBe('a1b2-c3');
    });

    it.each(['x'.repeat(12_000), 'two words', 'caf\u00e9'])(
      'without a correlation id that could break the request (%.10s)',
      async (id) => {
        const { status } = await call(createTestBackend(xsuaa).app, await xsuaa.issue(), { 'x-correlation-id': id });
        expect({ status, sent: xsuaa.lastHeaders['x-vcap-request-id'] }).toEqual({ status: 200, sent: undefined });
      },
    );
  });

  describe('answers 503, and the next call succeeds when XSUAA is back', () => {
    const cases: [string, Behaviour, RegExp][] = [
      ['hangs', { kind: 'hang' }, /did not answer within 300 ms/],
      ['answers without an end', { kind: 'drip' }, /broke its answer off, or did not end it within 300 ms/],
      ['resets the connection', { kind: 'reset' }, /broke the connection off/],
      ['answers 500', { kind: 'answer', status: 500, body: 'no' }, /answered 500/],
      ['answers 404', { kind: 'answer', status: 404, body: 'no' }, /answered 404/],
      ['redirects', { kind: 'answer', status: 302, body: '' }, /answered 302/],
      ['answers HTML', { kind: 'answer', status: 200, body: '<h1>Maintenance</h1>' }, /no key set/],
      ['answers other JSON', { kind: 'answer', status: 200, body: '{"status":"maintenance"}' }, /no key set/],
      ['answers an empty key set', { kind: 'answer', status: 200, body: '{"keys":[]}' }, /no key set/],
    ];

    it.each(cases)('when it %s', async (_name, behaviour, explanation) => {
      const backend = createTestBackend(xsuaa, { upstreamTimeoutMs: 300 });
      xsuaa.behaviour = behaviour;
      await expectUnavailable(backend, explanation);
      xsuaa.behaviour = { kind: 'keys' };
      expect((await call(backend.app, await xsuaa.issue())).status).toBe(200);
    });

    it('when it does not listen', async () => {
      const backend = createTestBackend(xsuaa);
      await xsuaa.stop();
      await expectUnavailable(backend, /refused the connection/);
      await xsuaa.listen();
      expect((await call(backend.app, await xsuaa.issue())).status).toBe(200);
    });

    it('when its host has no address', async () => {
      const credentials = { uaadomain: 'xsuaa.invalid' };
      const backend = createTestBackend(xsuaa, { credentials });
      const response = await call(backend.app, await xsuaa.issue());
      expect(response.status).toBe(503);
      expect(response.body).toMatchObject({
        error_description: expect.stringContaining('https://xsuaa.invalid/token_keys') as string,
      });
    });

    it('when its certificate is for another host', async () => {
      const { port } = new URL(`https://${xsuaa.host}`);
      const backend = createTestBackend(xsuaa, { credentials: { uaadomain: `127.0.0.1:${port}` } });
      const response = await call(backend.app, await xsuaa.issue());
      expect(response.body).toMatchObject({
        error: 'temporarily_unavailable',
        error_description: expect.stringMatching(/certificate that this app does not trust/) as string,
      });
    });

    async function expectUnavailable(backend: TestBackend, explanation: RegExp): Promise<void> {
      const response = await call(backend.app, await xsuaa.issue());
      expect(response.status).toBe(503);
      expect(response.headers['retry-after']).toBe('5');
      expect(response.headers['www-authenticate']).toBeUndefined();
      const { error, error_description: description } = response.body as Record<string, string>;
      expect(error).toBe('temporarily_unavailable');
      expect(description).toMatch(explanation);
      expect(description).toContain(`XSUAA cannot be asked for its signing keys: https://${xsuaa.host}/token_keys`);
      expect(await backend.takeLogLine()).toMatchObject({ level: 'error', error: 'temporarily_unavailable' });
    }
  });

  it('keeps working from what it remembers while XSUAA is away', async () => {
    const backend = createTestBackend(xsuaa);
    expect((await call(backend.app, await xsuaa.issue())).status).toBe(200);
    await xsuaa.stop();
    expect((await call(backend.app, await xsuaa.issue())).status).toBe(200);
    await xsuaa.listen();
  });

  it('takes 400 on the keys for a verdict on the token: XSUAA knows that it is not for this application', async () => {
    const backend = createTestBackend(xsuaa);
    xsuaa.behaviour = { kind: 'answer', status: 400, body: '{"error":"invalid"}' };
    const response = await call(backend.app, await xsuaa.issue());
    expect({ status: response.status, body: response.body as unknown }).toMatchObject({
      status: 401,
      body: { error: 'invalid_token', error_description: 'The token was issued for another application.' },
    });
  });

  describe('accepts the zones', () => {
    const other = 'fa11bad0-8d1e-4b5f-9a0c-2f1f4b3f8a11';
    const bare = { zoneid: undefined, identityzoneid: undefined, tenantid: undefined };
    const cases: [string, Record<string, unknown>, Record<string, unknown>, number][] = [
      ['of the binding', {}, { zid: ZONE }, 200],
      ['of the binding, named identityzoneid', { ...bare, identityzoneid: ZONE }, { zid: ZONE }, 200],
      ['of the binding, named tenantid', { ...bare, tenantid: ZONE }, { zid: other }, 401],
      ['of subscribers in a shared tenant mode', { tenantmode: 'shared' }, { zid: other }, 200],
      ['of anybody when the binding names none', bare, { zid: other }, 200],
      ['without a name when the binding names none', bare, { zid: undefined }, 200],
      ['with an odd name in no case', bare, { zid: 'a/../b?c' }, 401],
      ['that are no text in no case', bare, { zid: 5 }, 401],
    ];

    it.each(cases)('%s', async (_name, credentials, claims, status) => {
      const { app } = createTestBackend(xsuaa, { credentials });
      expect((await call(app, await xsuaa.issue(claims))).status).toBe(status);
    });

    it('without remembering the keys of ever more of them', async () => {
      const { app } = createTestBackend(xsuaa, { credentials: { tenantmode: 'shared' } });
      const zones = Array.from({ length: 1001 }, (_, index) => `zone-${index}`);
      for (const zid of zones) await call(app, await xsuaa.issue({ zid }));
      expect(xsuaa.requests).toHaveLength(1001);
      await call(app, await xsuaa.issue({ zid: 'zone-1000' }));
      expect(xsuaa.requests).toHaveLength(1001);
      await call(app, await xsuaa.issue({ zid: 'zone-0' })); // forgotten with the first thousand
      expect(xsuaa.requests).toHaveLength(1002);
    }, 30_000);
  });

  async function call(app: TestBackend['app'], jwt: string, headers: Record<string, string> = {}) {
    return request(app).get('/endpoint').set(headers).set('authorization', `Bearer ${jwt}`);
  }
});

function inAnHour(): number {
  return Math.floor(Date.now() / 1000) + 3600;
}
