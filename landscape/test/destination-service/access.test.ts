import { randomUUID } from 'node:crypto';
import { startDestinationService, type RunningDestinationService } from './running-destination-service';

let running: RunningDestinationService;
beforeAll(async () => {
  running = await startDestinationService();
});
afterAll(() => running.close());

const path = '/v1/instanceDestinations';

describe('the access token', () => {
  it('is accepted when a binding of the instance has fetched it with its secret', async () => {
    expect(await running.call({ path })).toMatchObject({ status: 200, json: [] });
  });

  it('is accepted when a binding of the instance has fetched it over mTLS', async () => {
    const { credentials } = await running.bind(running.instanceId, { xsuaa: { 'credential-type': 'x509' } });
    const token = await running.fetchToken(credentials);
    expect(await running.call({ path, token })).toMatchObject({ status: 200 });
  });

  it('must be there', async () => {
    const answer = await running.call({ path, token: null });
    expect(answer).toMatchObject({ status: 401, text: 'Unauthorized: there is no Authorization header' });
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it.each(['Basic dXNlcjpwYXNz', 'Bearer', 'Bearer not-a-jwt', 'Bearer a.b.c', 'Bearer a b'])(
    'must be a JWT behind "Bearer": %s is a 401 in the words of the real service',
    async (authorization) => {
      const answer = await running.call({ path, token: null, headers: { authorization } });
      expect(answer.status).toBe(401);
      expect(JSON.parse(answer.text)).toEqual({ ErrorMessage: 'Unable to parse the JWT in Authorization Header.' });
    },
  );

  it('is refused when its signature is not XSUAA’s', async () => {
    const token = await running.fetchToken(running.credentials);
    const [header, payload, signature = ''] = token.split('.');
    const forged = [header, payload, `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`].join('.');
    expect(await running.call({ path, token: forged })).toMatchObject({
      status: 401,
      text: expect.stringMatching(/^Unauthorized: the access token is not valid/) as string,
    });
  });

  it('is refused without a signature', async () => {
    const token = await running.fetchToken(running.credentials);
    const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    const answer = await running.call({ path, token: `${header}.${token.split('.')[1]}.` });
    expect(answer.status).toBe(401);
  });

  it('is refused after its time', async () => {
    const token = await running.fetchToken(running.credentials);
    running.clock.offsetMs = 13 * 3_600_000;
    try {
      expect(await running.call({ path, token })).toMatchObject({
        status: 401,
        text: 'Unauthorized: the access token has expired',
      });
    } finally {
      running.clock.offsetMs = 0;
    }
  });

  it('is refused when another application’s client has fetched it', async () => {
    const instanceId = randomUUID();
    const { broker } = running.xsuaa;
    await broker.createInstance({
      instanceId,
      instanceName: 'other',
      plan: 'application',
      parameters: { xsappname: 'other', 'tenant-mode': 'dedicated' },
    });
    const token = await running.fetchToken(await broker.bind({ instanceId, bindingId: randomUUID(), parameters: {} }));
    const answer = await running.call({ path, token });
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('not one of a Destination Service instance');
  });

  it('is refused once its instance is deleted', async () => {
    const instanceId = await running.createInstance();
    const { credentials } = await running.bind(instanceId);
    const token = await running.fetchToken(credentials);
    expect((await running.call({ path, token })).status).toBe(200);
    await running.service.broker.deleteInstance(instanceId);
    expect((await running.call({ path, token })).status).toBe(401);
  });

  it('allows only what its scopes say', async () => {
    const token = await running.fetchToken(running.credentials, 'destination-xsappname!b2.Read');
    expect((await running.call({ path, token })).status).toBe(200);
    expect(await running.call({ method: 'DELETE', path: `${path}/a`, token })).toMatchObject({
      status: 403,
      text: 'Forbidden: the access token has no scope destination-xsappname!b2.Modify',
    });
  });

  it('is checked before the body is read', async () => {
    const answer = await running.call({ method: 'POST', path, token: 'x', body: '{' });
    expect(answer.status).toBe(401);
  });

  it('is a 422 in v2 and a 401 in v1 when IAS has issued it', async () => {
    const payload = { iss: `https://localhost:${running.settings.portBase + 447}`, aud: 'x' };
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'RS256' })}.${part(payload)}.AAAA`;
    expect((await running.call({ path: '/v2/destinations/a@instance', token })).status).toBe(422);
    expect((await running.call({ path: '/v1/destinations/a', token })).status).toBe(401);
  });
});

describe('every request', () => {
  it('may have a URI of 4000 characters and no more', async () => {
    const base = '/destination-configuration/v1/instanceDestinations/';
    const fitting = 'a'.repeat(4000 - base.length);
    expect((await running.call({ path: `${path}/${fitting}` })).status).toBe(404);
    expect((await running.call({ path: `${path}/${fitting}a` })).status).toBe(400);
  });

  it('is a 404 where nothing is, and a 400 where the path cannot be decoded', async () => {
    expect((await running.call({ path: '/v3/destinations/a' })).status).toBe(404);
    expect((await running.call({ path: '/v1/destinations/%E0%A4%A' })).status).toBe(400);
  });
});
