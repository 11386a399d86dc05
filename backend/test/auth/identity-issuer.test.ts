import { setImmediate } from 'node:timers/promises';
import request from 'supertest';
import { IdentityIssuer } from '../../src/auth/identity-issuer';
import { VerifiedTokens } from '../../src/auth/verified-tokens';
import { badTokenKinds, makeBadToken } from '../support/bad-tokens';
import { IDENTITY_CLIENT, TENANT, type IdentityDouble } from '../support/identity-double';
import type { Behaviour } from '../support/issuer-double';
import { rfc8705 } from '../support/published-certificates';
import { CERTIFICATE_ROUTE, createTestBackend, startTrustedIdentity, type TestBackend } from '../support/test-backend';

const DISCOVERY = '/.well-known/openid-configuration';
const KEYS = '/oauth2/certs';
/** Stands for the double's host, which has its port only once it runs. */
const HOST = Symbol('host');

describe('SAP Cloud Identity Services as the issuer', () => {
  let ias: IdentityDouble;

  beforeAll(async () => {
    ias = await startTrustedIdentity();
  });
  afterAll(() => ias.stop());
  beforeEach(() => {
    ias.requests.length = 0;
    ias.behaviour = { kind: 'keys' };
    ias.otherKeys = [];
    ias.accepts = () => true;
  });

  it('lets a token of its application pass and shows what was verified (S1-7)', async () => {
    const cnf = { 'x5t#S256': rfc8705.thumbprint };
    const response = await call(createTestBackend(ias).app, await ias.issue({ cnf }), {
      host: CERTIFICATE_ROUTE,
      'x-forwarded-client-cert': rfc8705.certificate,
    });
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({
      claims: { sub: IDENTITY_CLIENT, app_tid: TENANT, iss: `https://${ias.host}`, aud: IDENTITY_CLIENT, cnf },
    });
  });

  it.each([
    ['SECRET', { clientsecret: 'x' }],
    ['X509_GENERATED', { clientsecret: undefined, certificate: 'x', key: 'x' }],
    ['X509_PROVIDED', { clientsecret: undefined, certificate: 'x' }],
    ['NONE', { clientsecret: undefined }],
  ])('needs no credential of its own: a binding of the type %s checks tokens alike', async (type, members) => {
    const { app } = createTestBackend(ias, { credentials: { 'credential-type': type, ...members } });
    expect((await call(app, await ias.issue())).status).toBe(200);
    expect((await call(app, (await makeBadToken('another tenant', ias)).slice('Bearer '.length))).status).toBe(401);
  });

  it.each([
    ['bearer in lower case (S1-27)', 'bearer', {}, {}],
    ['an issuer without a scheme', 'Bearer', { iss: HOST }, {}],
    ['a custom issuer, and the tenant as ias_iss', 'Bearer', { iss: 'https://sso.acme.example', ias_iss: HOST }, {}],
    ['its tenant under the old name', 'Bearer', { app_tid: undefined, zone_uuid: TENANT }, {}],
    ['several audiences', 'Bearer', { aud: ['other', IDENTITY_CLIENT] }, {}],
    ['no tenant where the binding names none', 'Bearer', { app_tid: undefined }, { app_tid: undefined }],
    ['domains that are the text of a list', 'Bearer', {}, { domains: '["accounts.ondemand.com"]' }],
  ])('accepts %s', async (_name, scheme, claims, credentials) => {
    const { app } = createTestBackend(ias, { credentials });
    const named = Object.entries(claims).map(([name, value]): [string, unknown] => [
      name,
      value === HOST ? ias.host : value,
    ]);
    const authorization = `${scheme} ${await ias.issue(Object.fromEntries(named))}`;
    await request(app).get('/endpoint').set('authorization', authorization).expect(200);
  });

  it('accepts the tenant under its other name, and takes the keys from the binding’s URL all the same', async () => {
    const [clientid, url] = [IDENTITY_CLIENT, `https://${ias.host}`];
    const issuers = [ias.host, 'tenant.accounts.example'];
    const binding = {
      kind: 'identity',
      name: 'clicreIas',
      credentials: { clientid, url },
      issuers,
      tenant: TENANT,
    } as const;
    const { signatureCache } = new VerifiedTokens(10);
    const issuer = new IdentityIssuer(binding, { timeoutMs: 1000, signatureCache });
    const context = await issuer.createSecurityContext(await ias.issue({ iss: 'https://tenant.accounts.example' }), {});
    expect(context.token.payload.iss).toBe('https://tenant.accounts.example');
    expect(ias.requests).toContain(KEYS);
  });

  describe('refuses', () => {
    it.each(badTokenKinds.identity)('a token of the kind "%s" with 401', async (kind) => {
      const backend = createTestBackend(ias);
      const response = await request(backend.app)
        .get('/endpoint')
        .set('authorization', await makeBadToken(kind, ias));
      expect(response.status).toBe(401);
      expect(response.headers['www-authenticate']).toMatch(
        /^Bearer($| error="invalid_token", error_description="[^"]+"$)/,
      );
      expect(await backend.takeLogLine()).toMatchObject({ level: 'warn', response_status: 401 });
    });

    it.each([
      ['another application', 'The token was issued for another application.', /^WrongAudienceError: .*another-client/],
      ['another issuer', 'The token was issued by another issuer.', /^wrong issuer: iss is "https:\/\/other\.accounts/],
      ['no issuer', 'The token was issued by another issuer.', /^wrong issuer: iss is nothing/],
      [
        'another tenant',
        'The token was issued for another tenant of this application.',
        /^wrong tenant: app_tid is "fa11bad0-/,
      ],
      ['signature changed', 'The signature of the token is wrong.', /^InvalidTokenSignatureError/],
      ['a client that is a number', 'The token names its parties in a way that cannot be read.', /^azp is 5$/],
    ])('%s, and the log says which check failed', async (kind, description, detail) => {
      const backend = createTestBackend(ias);
      const response = await request(backend.app)
        .get('/endpoint')
        .set('authorization', await makeBadToken(kind, ias));
      expect(response.body).toEqual({ error: 'invalid_token', error_description: description });
      expect((await backend.takeLogLine())['detail']).toMatch(detail);
    });

    it('without fetching anything for tokens that no key can make good', async () => {
      const { app } = createTestBackend(ias);
      for (const kind of badTokenKinds.identity) {
        if (!/aud|tenant|application|issuer|expired|valid yet|garbage|null|no signature|parts|skip/.test(kind))
          continue;
        await request(app)
          .get('/endpoint')
          .set('authorization', await makeBadToken(kind, ias))
          .expect(401);
      }
      expect(ias.requests).toEqual([]);
    });

    it('a stranger’s many clients without a request for each', async () => {
      const { app } = createTestBackend(ias);
      for (let count = 0; count < 20; count += 1) {
        const [header, , signature] = (await ias.issue()).split('.');
        const claims = { ...ias.goodToken.claims, azp: `client-${count}` };
        const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
        expect((await call(app, [header, payload, signature].join('.'))).status).toBe(401);
      }
      expect(ias.requests).toEqual([DISCOVERY, KEYS]);
    });
  });

  describe('fetches the signing keys', () => {
    it('once for many first requests at the same time, and not again', async () => {
      const { app } = createTestBackend(ias);
      const jwts = await Promise.all(Array.from({ length: 20 }, () => ias.issue()));
      const answers = await Promise.all(jwts.map((jwt) => call(app, jwt)));
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      expect(ias.requests).toEqual([DISCOVERY, KEYS]);
    });

    it('again after a quarter of an hour, once for all and in the background: the old ones serve meanwhile', async () => {
      const { app } = createTestBackend(ias, { upstreamTimeoutMs: 10_000 });
      const jwts = await Promise.all(Array.from({ length: 20 }, () => ias.issue({ exp: inAnHour() })));
      expect((await call(app, jwts[0] ?? '')).status).toBe(200);
      const first = [...ias.requests];
      const later = Date.now() + 16 * 60_000;
      const clock = jest.spyOn(Date, 'now').mockImplementation(() => later);
      ias.behaviour = { kind: 'hang' };
      const answers = await Promise.all(jwts.map((jwt) => call(app, jwt)));
      await untilAsked(KEYS, 2);
      clock.mockRestore();
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      expect(first).toEqual([DISCOVERY, KEYS]);
      // What was discovered is a quarter of an hour old as well.
      expect(ias.requests.toSorted()).toEqual([...first, ...first].toSorted());
    });

    it('with the headers that tell the service who asks and for whom', async () => {
      await call(createTestBackend(ias).app, await ias.issue(), { 'x-correlation-id': 'a1b2-c3' });
      expect(ias.lastHeaders).toMatchObject({
        'x-client_id': IDENTITY_CLIENT,
        'x-app_tid': TENANT,
        'x-azp': IDENTITY_CLIENT,
        'x-vcap-request-id': 'a1b2-c3',
      });
    });

    it.each(['x'.repeat(12_000), 'two words', 'caf\u00e9'])(
      'without a correlation id that could break the request (%.10s)',
      async (id) => {
        const { status } = await call(createTestBackend(ias).app, await ias.issue(), { 'x-correlation-id': id });
        expect({ status, sent: ias.lastHeaders['x-vcap-request-id'] }).toEqual({ status: 200, sent: undefined });
      },
    );

    it('although one key of the set is damaged', async () => {
      ias.otherKeys = [{ kid: 'broken', kty: 'RSA', e: 'AQAB' }];
      expect((await call(createTestBackend(ias).app, await ias.issue())).status).toBe(200);
    });

    it('and asks once more whether it may accept the token of another client', async () => {
      const { app } = createTestBackend(ias);
      const jwt = await ias.issue({ azp: 'consumer', azp_app_tid: 'sender-tenant' });
      expect((await call(app, jwt)).status).toBe(200);
      expect(ias.requests).toEqual([DISCOVERY, KEYS, KEYS]);
      expect(ias.lastHeaders).toMatchObject({ 'x-azp': 'consumer', 'x-azp_app_tid': 'sender-tenant' });
      expect((await call(app, jwt)).status).toBe(200);
      expect(ias.requests).toHaveLength(3);
    });
  });

  it('does not remember ever more clients whose tokens it accepts', async () => {
    const { clientid, url } = ias.credentials;
    const binding = {
      kind: 'identity',
      name: 'clicreIas',
      credentials: { clientid, url },
      issuers: [ias.host],
    } as const;
    const { signatureCache } = new VerifiedTokens(10);
    const issuer = new IdentityIssuer({ ...binding, tenant: TENANT }, { timeoutMs: 1000, signatureCache });
    const accept = async (azp: string) => issuer.createSecurityContext(await ias.issue({ azp }), {});
    for (let index = 0; index <= 1000; index += 1) await accept(`client-${index}`);
    await accept('client-1000'); // the own client's keys were forgotten with all others
    const { length } = ias.requests;
    expect(length).toBeGreaterThan(1000);
    await accept('client-1000');
    expect(ias.requests).toHaveLength(length);
    await accept('client-0');
    expect(ias.requests).toHaveLength(length + 1);
  });

  describe('takes 400 on the keys for a verdict on the token', () => {
    it('when the service does not let this application accept anything', async () => {
      ias.accepts = () => false;
      await expectRefusedByService(await ias.issue());
    });

    it('when it does not let this application accept that client', async () => {
      ias.accepts = (headers) => headers['x-azp'] === IDENTITY_CLIENT;
      await expectRefusedByService(await ias.issue({ azp: 'consumer' }));
    });

    async function expectRefusedByService(jwt: string): Promise<void> {
      const backend = createTestBackend(ias);
      const response = await call(backend.app, jwt);
      expect({ status: response.status, body: response.body as unknown }).toEqual({
        status: 401,
        body: {
          error: 'invalid_token',
          error_description: 'The issuer does not let this application accept the token.',
        },
      });
      expect((await backend.takeLogLine())['detail']).toBe('refused by the issuer: "not for this application"');
    }
  });

  describe('answers 503, and the next call succeeds when it is back', () => {
    const cases: [string, Behaviour, RegExp][] = [
      ['hangs', { kind: 'hang' }, /did not answer within 300 ms/],
      ['answers without an end', { kind: 'drip' }, /broke its answer off, or did not end it within 300 ms/],
      ['resets the connection', { kind: 'reset' }, /broke the connection off/],
      ['answers 500', { kind: 'answer', status: 500, body: 'no' }, /answered 500/],
      ['answers 400 where 200 is due', { kind: 'answer', status: 400, body: 'no' }, /answered 400/],
      ['answers HTML', { kind: 'answer', status: 200, body: '<h1>Maintenance</h1>' }, /something that is no key set/],
      ['answers other JSON', { kind: 'answer', status: 200, body: '{"status":"maintenance"}' }, /no key set/],
      [
        'names keys without TLS',
        { kind: 'answer', status: 200, body: '{"jwks_uri":"http://a.example"}' },
        /no key set/,
      ],
    ];

    it.each(cases)('when it %s', async (_name, behaviour, explanation) => {
      const backend = createTestBackend(ias, { upstreamTimeoutMs: 300 });
      ias.behaviour = behaviour;
      await expectUnavailable(backend, explanation, DISCOVERY);
      ias.behaviour = { kind: 'keys' };
      expect((await call(backend.app, await ias.issue())).status).toBe(200);
    });

    it('when it does not listen', async () => {
      const backend = createTestBackend(ias);
      await ias.stop();
      await expectUnavailable(backend, /refused the connection/, DISCOVERY);
      await ias.listen();
      expect((await call(backend.app, await ias.issue())).status).toBe(200);
    });

    it('when only its keys cannot be had, and names their URL', async () => {
      const backend = createTestBackend(ias);
      jest.spyOn(ias, 'publicKey', 'get').mockReturnValue({});
      await expectUnavailable(backend, /something that is no key set/, KEYS);
      jest.restoreAllMocks();
      expect((await call(backend.app, await ias.issue())).status).toBe(200);
    });

    async function expectUnavailable(backend: TestBackend, explanation: RegExp, path: string): Promise<void> {
      const response = await call(backend.app, await ias.issue());
      expect(response.status).toBe(503);
      expect(response.headers['www-authenticate']).toBeUndefined();
      const { error, error_description: description } = response.body as Record<string, string>;
      expect(error).toBe('temporarily_unavailable');
      expect(description).toMatch(explanation);
      expect(description).toContain(`Identity (IAS) cannot be asked for its signing keys: https://${ias.host}${path}`);
      expect(await backend.takeLogLine()).toMatchObject({ level: 'error', error: 'temporarily_unavailable' });
    }
  });

  it('keeps working from what it remembers while the service is away', async () => {
    const { app } = createTestBackend(ias);
    expect((await call(app, await ias.issue())).status).toBe(200);
    await ias.stop();
    expect((await call(app, await ias.issue())).status).toBe(200);
    await ias.listen();
  });

  /** The request for keys follows on a connection of its own. */
  async function untilAsked(path: string, times: number): Promise<void> {
    const deadline = performance.now() + 5000;
    while (ias.requests.filter((asked) => asked === path).length < times && performance.now() < deadline)
      await setImmediate();
  }

  async function call(app: TestBackend['app'], jwt: string, headers: Record<string, string> = {}) {
    return request(app).get('/endpoint').set(headers).set('authorization', `Bearer ${jwt}`);
  }
});

function inAnHour(): number {
  return Math.floor(Date.now() / 1000) + 3600;
}
