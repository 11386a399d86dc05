import request from 'supertest';
import { badTokenKinds, makeBadToken } from '../support/bad-tokens';
import { IDENTITY_CLIENT, type IdentityDouble } from '../support/identity-double';
import type { IssuerDouble } from '../support/issuer-double';
import { OAUTH_CLIENT, type OAuthDouble } from '../support/oauth-double';
import {
  createTestBackend,
  startTrustedIdentity,
  startTrustedOAuthServer,
  startTrustedXsuaa,
  type TestBackend,
} from '../support/test-backend';
import { CLIENT, type XsuaaDouble } from '../support/xsuaa-double';

describe('the bound issuers', () => {
  let xsuaa: XsuaaDouble;
  let ias: IdentityDouble;
  let server: OAuthDouble;

  beforeAll(async () => {
    [xsuaa, ias, server] = await Promise.all([startTrustedXsuaa(), startTrustedIdentity(), startTrustedOAuthServer()]);
  });
  afterAll(() => Promise.all([xsuaa.stop(), ias.stop(), server.stop()]));

  it('refuse a token of XSUAA where only Identity is bound', async () => {
    await expectForeign(createTestBackend(ias), await xsuaa.issue(), /sb-mtlsxsuaa!t1.*than this service \(a4d2c9f0-/);
  });

  it('refuse a token of Identity where only XSUAA is bound', async () => {
    await expectForeign(
      createTestBackend(xsuaa),
      await ias.issue(),
      /a4d2c9f0-.*than this service \(sb-mtlsxsuaa!t1\)/,
    );
  });

  it('ask nobody about a token that is for neither', async () => {
    const before = [xsuaa.requests.length, ias.requests.length];
    const jwt = await xsuaa.issue({ aud: ['other'], cid: 'other' });
    await expectForeign(createTestBackend([xsuaa, ias]), jwt, /fit none of the supplied services/);
    expect([xsuaa.requests.length, ias.requests.length]).toEqual(before);
  });

  describe.each([
    ['XSUAA and Identity', () => [xsuaa, ias]],
    ['Identity and XSUAA', () => [ias, xsuaa]],
  ] as const)('when %s are bound', (_name, issuers) => {
    it('accept the tokens of both, each by its own service', async () => {
      const { app } = createTestBackend(issuers());
      const before = [xsuaa.requests.length, ias.requests.length] as const;
      expect((await call(app, await xsuaa.issue())).body).toMatchObject({ claims: { cid: CLIENT } });
      expect([xsuaa.requests.length, ias.requests.length]).toEqual([before[0] + 1, before[1]]);
      expect((await call(app, await ias.issue())).body).toMatchObject({ claims: { azp: IDENTITY_CLIENT } });
      expect([xsuaa.requests.length, ias.requests.length]).toEqual([before[0] + 1, before[1] + 2]);
    });

    it('accept a token of Identity that names XSUAA’s client as a further audience', async () => {
      const { app } = createTestBackend(issuers());
      expect((await call(app, await ias.issue({ aud: [IDENTITY_CLIENT, CLIENT] }))).status).toBe(200);
    });

    it.each([
      ['XSUAA’s claims signed by Identity', () => ias.issue({ ...xsuaa.goodToken.claims })],
      ['Identity’s claims signed by XSUAA', () => xsuaa.issue({ ...ias.goodToken.claims, cid: undefined })],
    ])('refuse %s', async (_kind, issue) => {
      const { app } = createTestBackend(issuers());
      expect((await call(app, await issue())).status).toBe(401);
    });

    it('keep XSUAA’s tokens going while Identity is down, and name it for its own', async () => {
      const { app } = createTestBackend(issuers());
      await ias.stop();
      expect((await call(app, await xsuaa.issue())).status).toBe(200);
      const response = await call(app, await ias.issue());
      expect(response.status).toBe(503);
      expect(response.text).toContain('Identity (IAS)');
      await ias.listen();
    });

    it.each([
      ['xsuaa', () => xsuaa],
      ['identity', () => ias],
    ] as const)('refuse every bad token of %s with 401', async (family, issuer) => {
      const { app } = createTestBackend(issuers());
      expect(await acceptedOrFailed(app, badTokenKinds[family], issuer())).toEqual([]);
    });
  });

  it('accept the tokens of a third one beside them, and refuse its claims when another has signed them', async () => {
    const { app } = createTestBackend([xsuaa, ias, server]);
    expect((await call(app, await server.issue())).body).toMatchObject({ claims: { client_id: OAUTH_CLIENT } });
    expect((await call(app, await xsuaa.issue())).status).toBe(200);
    expect((await call(app, await ias.issue())).status).toBe(200);
    expect((await call(app, await xsuaa.issue({ ...server.goodToken.claims, cid: undefined }))).status).toBe(401);
    expect((await call(app, await server.issue({ ...xsuaa.goodToken.claims }))).status).toBe(401);
    expect((await call(app, await server.issue({ ...ias.goodToken.claims }))).status).toBe(401);
    expect(await acceptedOrFailed(app, badTokenKinds.oauth, server)).toEqual([]);
  });

  async function acceptedOrFailed(app: TestBackend['app'], kinds: readonly string[], issuer: IssuerDouble) {
    const wrong: string[] = [];
    for (const kind of kinds) {
      const authorization = await makeBadToken(kind, issuer);
      const { status } = await request(app).get('/endpoint').set('authorization', authorization);
      if (status !== 401) wrong.push(`${kind}: ${status}`);
    }
    return wrong;
  }

  async function expectForeign(backend: TestBackend, jwt: string, detail: RegExp): Promise<void> {
    const response = await call(backend.app, jwt);
    expect({ status: response.status, body: response.body as unknown }).toEqual({
      status: 401,
      body: { error: 'invalid_token', error_description: 'The token was issued for another application.' },
    });
    expect((await backend.takeLogLine())['detail']).toMatch(detail);
  }

  async function call(app: TestBackend['app'], jwt: string) {
    return request(app).get('/endpoint').set('authorization', `Bearer ${jwt}`);
  }
});
