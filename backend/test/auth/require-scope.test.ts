import request from 'supertest';
import { requireScope } from '../../src/auth/require-scope';
import type { IdentityDouble } from '../support/identity-double';
import type { OAuthDouble } from '../support/oauth-double';
import {
  createTestBackend,
  startTrustedIdentity,
  startTrustedOAuthServer,
  startTrustedXsuaa,
  type TestBackend,
} from '../support/test-backend';
import { APP, type XsuaaDouble } from '../support/xsuaa-double';

describe('requireScope', () => {
  let xsuaa: XsuaaDouble;
  let ias: IdentityDouble;
  let server: OAuthDouble;
  let backend: TestBackend;

  beforeAll(async () => {
    [xsuaa, ias, server] = await Promise.all([startTrustedXsuaa(), startTrustedIdentity(), startTrustedOAuthServer()]);
    backend = createTestBackend(xsuaa, { requiredScope: 'Display' });
  });
  afterAll(() => Promise.all([xsuaa.stop(), ias.stop(), server.stop()]));

  it('lets a token with the scope of this application pass', async () => {
    expect(await call(['uaa.resource', `${APP}.Display`])).toMatchObject({ status: 200 });
  });

  it.each([[['uaa.resource']], [['Display']], [['other!t1.Display']], [[`${APP}.Display2`]], [[]]])(
    'refuses the scopes %j with 403 and names the scope in the challenge',
    async (scope) => {
      const response = await call(scope);
      expect(response.status).toBe(403);
      expect(response.headers['www-authenticate']).toBe(
        'Bearer error="insufficient_scope", error_description="The token lacks the scope Display.", scope="Display"',
      );
      expect(response.body).toEqual({
        error: 'insufficient_scope',
        error_description: 'The token lacks the scope Display.',
      });
    },
  );

  it('refuses a token of Identity, which carries no scopes, whatever it claims', async () => {
    const { app } = createTestBackend([xsuaa, ias], { requiredScope: 'Display' });
    for (const scope of [[`${APP}.Display`], 'Display', `openid ${APP}.Display Display`]) {
      const jwt = await ias.issue({ scope });
      await request(app).get('/endpoint').set('authorization', `Bearer ${jwt}`).expect(403);
    }
  });

  it.each([
    ['read', 200],
    ['write read', 200],
    ['write', 403],
    ['reader', 403],
    ['', 403],
    [undefined, 403],
    [['read'], 403],
  ])('answers a token of another server with the scope %j with %i where read is required', async (scope, status) => {
    const { app } = createTestBackend(server, { requiredScope: 'read' });
    await request(app)
      .get('/endpoint')
      .set('authorization', `Bearer ${await server.issue({ scope })}`)
      .expect(status);
  });

  it('still answers 401 without a token', async () => {
    await request(backend.app).get('/endpoint').expect(401).expect('www-authenticate', 'Bearer');
  });

  it('fails on a route that does not authenticate, instead of letting everybody pass', () => {
    const check = requireScope('Display');
    // A request without a security context is all that matters here.
    expect(() => check({} as Parameters<typeof check>[0], {} as Parameters<typeof check>[1], jest.fn())).toThrow(
      'does not authenticate',
    );
  });

  async function call(scope: string[]) {
    const jwt = await xsuaa.issue({ scope });
    return request(backend.app).get('/endpoint').set('authorization', `Bearer ${jwt}`);
  }
});
