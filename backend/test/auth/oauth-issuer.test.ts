import request from 'supertest';
import { badTokenKinds, makeBadToken } from '../support/bad-tokens';
import type { Behaviour } from '../support/issuer-double';
import { DISCOVERY, KEYS, OAUTH_AUDIENCE, OAUTH_CLIENT, RFC_8414, type OAuthDouble } from '../support/oauth-double';
import { rfc8705 } from '../support/published-certificates';
import {
  CERTIFICATE_ROUTE,
  createTestBackend,
  PLAIN_ROUTE,
  startTrustedOAuthServer,
  type TestBackend,
} from '../support/test-backend';

describe('an authorization server of any vendor as the issuer', () => {
  let server: OAuthDouble;

  beforeAll(async () => {
    server = await startTrustedOAuthServer();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    server.requests.length = 0;
    server.behaviour = { kind: 'keys' };
    server.otherKeys = [];
    server.metadata = {};
    server.metadataPath = RFC_8414;
  });

  it('lets a token for this app pass and shows what was verified', async () => {
    const response = await call(createTestBackend(server).app, await server.issue());
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({
      claims: { sub: OAUTH_CLIENT, client_id: OAUTH_CLIENT, iss: server.issuer, aud: OAUTH_AUDIENCE, scope: 'read' },
    });
  });

  it.each([
    ['several audiences', { aud: ['api://other', OAUTH_AUDIENCE] }, {}],
    ['its type with the prefix of media types', {}, { typ: 'application/at+jwt' }],
    ['its type in capitals', {}, { typ: 'AT+JWT' }],
    ['an expiry half a minute ago, as clocks differ', { exp: Math.floor(Date.now() / 1000) - 30 }, {}],
  ])('accepts a token with %s', async (_name, claims, header) => {
    expect((await call(createTestBackend(server).app, await server.issue(claims, header))).status).toBe(200);
  });

  describe('a token that is bound to a certificate', () => {
    const cnf = { 'x5t#S256': rfc8705.thumbprint };

    it('passes with that certificate', async () => {
      const { status, body } = await call(createTestBackend(server).app, await server.issue({ cnf }), {
        host: CERTIFICATE_ROUTE,
        'x-forwarded-client-cert': rfc8705.certificate,
      });
      expect({ status, body: body as unknown }).toMatchObject({ status: 200, body: { claims: { cnf } } });
    });

    it.each([CERTIFICATE_ROUTE, PLAIN_ROUTE])('is refused without it at %s', async (host) => {
      const { status, headers } = await call(createTestBackend(server).app, await server.issue({ cnf }), { host });
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toMatch(
        /^Bearer error="invalid_token", error_description="The token is bound/,
      );
    });
  });

  describe('refuses', () => {
    it.each(badTokenKinds.oauth)('a token of the kind "%s" with 401', async (kind) => {
      const backend = createTestBackend(server);
      const response = await request(backend.app)
        .get('/endpoint')
        .set('authorization', await makeBadToken(kind, server));
      expect(response.status).toBe(401);
      expect(response.headers['www-authenticate']).toMatch(
        /^Bearer($| error="invalid_token", error_description="[^"]+"$)/,
      );
      expect(await backend.takeLogLine()).toMatchObject({ level: 'warn', response_status: 401 });
    });

    it.each([
      ['another audience', 'The token was issued for another application.', /^WrongAudienceError: /],
      ['another issuer', 'The token was issued by another issuer.', /^wrong issuer: iss is "https:\/\/other\.example"/],
      ['expired', 'The token has expired.', /^ExpiredTokenError/],
      ['not valid yet', 'The token is not valid yet.', /^NotYetValidTokenError/],
      ['signature changed', 'The signature of the token is wrong.', /^InvalidTokenSignatureError/],
      [
        'HS256 with the public key as secret',
        'The signature algorithm of the token is not accepted.',
        /^UnsupportedAlgorithmError/,
      ],
      [
        'a key id that is not published',
        'The token is not signed with a key that its issuer publishes.',
        /^MissingKidError/,
      ],
      [
        'the type of any JWT',
        'The token is no JWT access token: its header typ must be at+jwt (RFC 9068).',
        /^wrong type: typ is "JWT"/,
      ],
      [
        'no client',
        'The token lacks the claim client_id, which an access token must have (RFC 9068).',
        /^client_id: missing/,
      ],
      ['an issue time that is a text', 'The claim iat of the token has a wrong form.', /^iat: invalid/],
      [
        'an extension that must be understood',
        'The token demands extensions that this app does not know.',
        /^critical extension: crit is/,
      ],
    ])('%s, and says which check failed', async (kind, description, detail) => {
      const backend = createTestBackend(server);
      const response = await request(backend.app)
        .get('/endpoint')
        .set('authorization', await makeBadToken(kind, server));
      expect(response.body).toEqual({ error: 'invalid_token', error_description: description });
      expect((await backend.takeLogLine())['detail']).toMatch(detail);
    });

    it('without fetching anything for tokens that no key can make good', async () => {
      const { app } = createTestBackend(server);
      for (const kind of badTokenKinds.oauth) {
        if (!/aud|issuer|type|expired|valid yet|garbage|null|HS256|no signature|parts|skip/.test(kind)) continue;
        await request(app)
          .get('/endpoint')
          .set('authorization', await makeBadToken(kind, server))
          .expect(401);
      }
      expect(server.requests).toEqual([]);
    });

    it('a token that it has accepted before, as soon as that has expired', async () => {
      const backend = createTestBackend(server);
      const exp = Math.floor(Date.now() / 1000) - 57;
      const jwt = await server.issue({ exp });
      expect((await call(backend.app, jwt)).status).toBe(200);
      jest.spyOn(Date, 'now').mockReturnValue((exp + 61) * 1000);
      expect((await call(backend.app, jwt)).status).toBe(401);
      jest.restoreAllMocks();
    });
  });

  describe('fetches the signing keys', () => {
    it('once for many first requests at the same time, and not again', async () => {
      const { app } = createTestBackend(server);
      const jwts = await Promise.all(Array.from({ length: 20 }, () => server.issue()));
      const answers = await Promise.all(jwts.map((jwt) => call(app, jwt)));
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      expect(server.requests).toEqual([RFC_8414, KEYS]);
    });

    it('by the metadata of OpenID Connect where there is no other', async () => {
      server.metadataPath = DISCOVERY;
      expect((await call(createTestBackend(server).app, await server.issue())).status).toBe(200);
      expect(server.requests).toEqual([RFC_8414, DISCOVERY, KEYS]);
    });

    it('although one key of the set is damaged', async () => {
      server.otherKeys = [{ kid: 'broken', kty: 'RSA', e: 'AQAB' }];
      expect((await call(createTestBackend(server).app, await server.issue())).status).toBe(200);
    });

    it('never from where a token says', async () => {
      const { app } = createTestBackend(server);
      const authorization = await makeBadToken('signed with another key, which the header carries', server);
      await request(app).get('/endpoint').set('authorization', authorization).expect(401);
      expect(server.requests).toEqual([RFC_8414, KEYS]);
    });

    it('not for each of a stranger’s key ids', async () => {
      const { app } = createTestBackend(server);
      for (let count = 0; count < 20; count += 1)
        expect((await call(app, await server.issue({}, { kid: `key-${count + 2}` }))).status).toBe(401);
      expect(server.requests).toEqual([RFC_8414, KEYS]);
    });
  });

  describe('answers 503, and the next call succeeds when it is back', () => {
    const cases: [string, Behaviour, RegExp][] = [
      ['hangs', { kind: 'hang' }, /did not answer within 300 ms/],
      ['answers without an end', { kind: 'drip' }, /broke its answer off, or did not end it within 300 ms/],
      ['resets the connection', { kind: 'reset' }, /broke the connection off/],
      ['answers 500', { kind: 'answer', status: 500, body: 'no' }, /answered 500/],
      ['answers HTML', { kind: 'answer', status: 200, body: '<h1>Maintenance</h1>' }, /something that is no key set/],
      ['answers other JSON', { kind: 'answer', status: 200, body: '{"status":"maintenance"}' }, /no key set/],
      [
        'answers without end',
        { kind: 'answer', status: 200, body: 'x'.repeat(1_000_000) },
        /broke its answer off|no key/,
      ],
      ['redirects', { kind: 'answer', status: 302, body: '' }, /answered 302/],
    ];

    it.each(cases)('when it %s', async (_name, behaviour, explanation) => {
      const backend = createTestBackend(server, { upstreamTimeoutMs: 300 });
      server.behaviour = behaviour;
      await expectUnavailable(backend, explanation);
      server.behaviour = { kind: 'keys' };
      expect((await call(backend.app, await server.issue())).status).toBe(200);
    });

    it.each([
      ['is that of another issuer', { issuer: 'https://other.example' }],
      ['has a slash more than the configured one', { issuer: 'https://localhost/' }],
      ['names keys without TLS', { jwks_uri: 'http://localhost/keys' }],
      ['names no keys', { jwks_uri: undefined }],
    ])('when its metadata %s', async (_name, metadata) => {
      const backend = createTestBackend(server);
      server.metadata = metadata;
      await expectUnavailable(backend, /something that is no key set/);
      expect(server.requests).toEqual([RFC_8414]);
      server.metadata = {};
      expect((await call(backend.app, await server.issue())).status).toBe(200);
    });

    it('when it does not listen', async () => {
      const backend = createTestBackend(server);
      await server.stop();
      await expectUnavailable(backend, /refused the connection/);
      await server.listen();
      expect((await call(backend.app, await server.issue())).status).toBe(200);
    });

    async function expectUnavailable(backend: TestBackend, explanation: RegExp): Promise<void> {
      const response = await call(backend.app, await server.issue());
      expect(response.status).toBe(503);
      expect(response.headers['www-authenticate']).toBeUndefined();
      const { error_description: description } = response.body as Record<string, string>;
      expect(description).toMatch(explanation);
      expect(description).toContain(
        `The authorization server cannot be asked for its signing keys: ${server.issuer}${RFC_8414}`,
      );
      expect(await backend.takeLogLine()).toMatchObject({ level: 'error', error: 'temporarily_unavailable' });
    }
  });

  it('keeps working from what it remembers while the server is away', async () => {
    const { app } = createTestBackend(server);
    expect((await call(app, await server.issue())).status).toBe(200);
    await server.stop();
    expect((await call(app, await server.issue())).status).toBe(200);
    await server.listen();
  });

  async function call(app: TestBackend['app'], jwt: string, headers: Record<string, string> = {}) {
    return request(app).get('/endpoint').set(headers).set('authorization', `Bearer ${jwt}`);
  }
});
