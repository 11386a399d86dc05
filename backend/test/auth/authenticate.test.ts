import { XsuaaService } from '@sap/xssec';
import request from 'supertest';
import { VerifiedTokens } from '../../src/auth/verified-tokens';
import { badTokenKinds, makeBadToken } from '../support/bad-tokens';
import { createTestBackend, startTrustedXsuaa, type TestBackend } from '../support/test-backend';
import { APP, CLIENT, type XsuaaDouble } from '../support/xsuaa-double';

describe('authentication', () => {
  let xsuaa: XsuaaDouble;
  let backend: TestBackend;

  beforeAll(async () => {
    xsuaa = await startTrustedXsuaa();
    backend = createTestBackend(xsuaa);
  });
  afterAll(() => xsuaa.stop());

  describe('lets pass', () => {
    it('a token that XSUAA issued for this application', async () => {
      await call(`Bearer ${await xsuaa.issue()}`).expect(200);
      await backend.takeLogLine();
    });

    it.each(['bearer', 'BEARER', 'bEaReR'])('a token whose scheme is written %s', async (scheme) => {
      await call(`${scheme} ${await xsuaa.issue()}`).expect(200);
      await backend.takeLogLine();
    });

    it('a token after several blanks', async () => {
      await call(`Bearer   ${await xsuaa.issue()}`).expect(200);
      await backend.takeLogLine();
    });

    it.each([
      ['cid', { cid: CLIENT, aud: ['other'] }],
      ['client id in aud', { cid: 'other', aud: [CLIENT] }],
      ['aud that is one text', { cid: 'other', aud: CLIENT }],
      ['scope of this application, without aud', { cid: 'other', aud: [], scope: [`${APP}.Display`] }],
    ])('a token that names this application by its %s', async (_name, claims) => {
      await call(`Bearer ${await xsuaa.issue(claims)}`).expect(200);
      await backend.takeLogLine();
    });

    it('the same token again and again, from what it remembers, until it expires', async () => {
      const jwt = await xsuaa.issue();
      const parse = jest.spyOn(JSON, 'parse');
      const judge = jest.spyOn(XsuaaService.prototype, 'acceptsTokenAudience');
      for (let round = 0; round < 3; round += 1) {
        await call(`Bearer ${jwt}`).expect(200);
        await backend.takeLogLine();
      }
      const payload = Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString();
      expect(parse.mock.calls.filter(([text]) => text === payload)).toHaveLength(1);
      expect(judge).toHaveBeenCalledTimes(1);
      jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 700_000);
      await call(`Bearer ${jwt}`).expect(401);
      jest.restoreAllMocks();
      expect(await backend.takeLogLine()).toMatchObject({ detail: 'ExpiredTokenError: Token is expired.' });
    });
  });

  describe('refuses', () => {
    it.each(badTokenKinds.xsuaa)('a token of the kind "%s" with 401 and its challenge', async (kind) => {
      const authorization = await makeBadToken(kind, xsuaa);
      const response = await call(authorization).expect(401);
      // RFC 6750 §3.1: no error code when the request carries no bearer token at all.
      const expected = /^(empty|a good token)/.test(kind)
        ? { error: 'missing_token', challenge: /^Bearer$/ }
        : { error: 'invalid_token', challenge: /^Bearer error="invalid_token", error_description="[^"\\]+"$/ };
      expect(response.body).toMatchObject({ error: expected.error });
      expect(response.headers['www-authenticate']).toMatch(expected.challenge);
      const line = await backend.takeLogLine();
      expect(line).toMatchObject({ level: 'warn', response_status: 401, error: expected.error });
      if (authorization.length > 200) expect(JSON.stringify(line)).not.toContain(authorization.slice(-100));
    });

    it.each([
      ['expired', 'The token has expired.', 'ExpiredTokenError: Token is expired.'],
      ['not valid yet', 'The token is not valid yet.', 'NotYetValidTokenError'],
      [
        'another application',
        'The token was issued for another application.',
        'WrongAudienceError: Token was issued for',
      ],
      ['another subaccount', 'The token was issued in another subaccount.', 'wrong zone: zid is'],
      ['signature changed', 'The signature of the token is wrong.', 'InvalidTokenSignatureError'],
      [
        'HS256 with the public key as secret',
        'The signature algorithm of the token is not accepted.',
        'UnsupportedAlgorithmError: Algorithm HS256',
      ],
      ['no key id', 'The token is not signed with a key that its issuer publishes.', 'MissingKidError'],
      ['payload null', 'The token cannot be read as a signed JSON Web Token.', 'its claims are no JSON object'],
      ['a.b', 'The token cannot be read as a signed JSON Web Token.', 'not three parts of base64url'],
    ])(
      '%s, saying which check failed in general words to the caller and exactly to the log',
      async (kind, description, detail) => {
        const response = await call(await makeBadToken(kind, xsuaa)).expect(401);
        expect(response.body).toEqual({ error: 'invalid_token', error_description: description });
        expect(String((await backend.takeLogLine())['detail'])).toContain(detail);
      },
    );

    it('without fetching keys for tokens that no key can make good', async () => {
      const cold = createTestBackend(xsuaa);
      const before = xsuaa.requests.length;
      for (const kind of badTokenKinds.xsuaa) {
        if (!/aud|subaccount|application|expired|valid yet|garbage|null|no signature|parts|skip/.test(kind)) continue;
        await request(cold.app)
          .get('/endpoint')
          .set('authorization', await makeBadToken(kind, xsuaa))
          .expect(401);
        await cold.takeLogLine();
      }
      expect(xsuaa.requests.slice(before)).toEqual([]);
    });

    it('and remembers none of it, so that a stranger cannot fill the memory', async () => {
      const fresh = createTestBackend(xsuaa);
      const remember = jest.spyOn(VerifiedTokens.prototype, 'remember');
      for (const kind of badTokenKinds.xsuaa.filter((name) => !name.startsWith('a good token'))) {
        const authorization = await makeBadToken(kind, xsuaa);
        await request(fresh.app).get('/endpoint').set('authorization', authorization).expect(401);
        expect({ kind, remembered: remember.mock.calls.length }).toEqual({ kind, remembered: 0 });
      }
      const good = `Bearer ${await xsuaa.issue()}`;
      await request(fresh.app).get('/endpoint').set('authorization', good).expect(200);
      expect(remember).toHaveBeenCalledTimes(1);
      remember.mockRestore();
    });
  });

  function call(authorization: string) {
    return request(backend.app).get('/endpoint').set('authorization', authorization);
  }
});
