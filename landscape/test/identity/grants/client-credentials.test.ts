import { decodeProtectedHeader } from 'jose';
import { claimsOf, expectRefusal, grant_type, startIdentity, tenant, type RunningIdentity } from '../running-identity';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

let identity: RunningIdentity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.close());

const bindNew = async (parameters = {}, name = 'app') => identity.bind(await identity.createInstance(parameters, name));
const consume = (...names: string[]) => ({
  'consumed-services': names.map((name) => ({ 'service-instance-name': name })),
});

describe('the answer', () => {
  it('is a bearer token that lives an hour, without a refresh token (RFC 6749 §4.4.3, §5.1)', async () => {
    const answer = await identity.fetchToken((await bindNew()).credentials);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ access_token: expect.any(String) as string, token_type: 'Bearer', expires_in: 3600 });
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      pragma: 'no-cache',
      'content-type': 'application/json;charset=UTF-8',
    });
  });

  it('lives as long as the token policy says', async () => {
    const policy = { 'token-policy': { 'token-validity': 60 } };
    const answer = await identity.fetchToken((await bindNew({ 'oauth2-configuration': policy })).credentials);
    const { exp = 0, iat = 0 } = claimsOf(answer);
    expect([answer.json['expires_in'], exp - iat]).toEqual([60, 60]);
  });

  it('follows the clock of the landscape', async () => {
    const { credentials } = await bindNew();
    identity.clock.offsetMs = -3_600_000;
    const { iat = 0 } = claimsOf(await identity.fetchToken(credentials));
    identity.clock.offsetMs = 0;
    expect(Math.abs(iat - (Date.now() / 1000 - 3600))).toBeLessThan(30);
  });
});

describe('the token', () => {
  it('speaks for the application, to itself', async () => {
    const { credentials } = await bindNew();
    const { clientid } = credentials;
    const answer = await identity.fetchToken(credentials);
    expect(claimsOf(answer)).toEqual({
      sub: clientid,
      aud: clientid,
      azp: clientid,
      app_tid: tenant,
      sap_id_type: 'app',
      iss: identity.url,
      exp: expect.any(Number) as number,
      iat: expect.any(Number) as number,
      jti: expect.stringMatching(/^[\da-f-]{36}$/) as string,
    });
    const header = decodeProtectedHeader(answer.json['access_token'] as string);
    expect(Object.keys(header).toSorted()).toEqual(['alg', 'kid', 'typ']);
    expect(claimsOf(await identity.fetchToken(credentials)).jti).not.toBe(claimsOf(answer).jti);
  });

  it('is for the consumed services, too', async () => {
    const [first, second] = [await bindNew({}, 'first'), await bindNew({}, 'second')];
    const { credentials } = await bindNew(consume('first', 'second'), 'consumer');
    expect(claimsOf(await identity.fetchToken(credentials)).aud).toEqual([
      credentials['clientid'],
      first.credentials['clientid'],
      second.credentials['clientid'],
    ]);
  });

  it('is no longer for a consumed service that is gone', async () => {
    const instanceId = await identity.createInstance({}, 'passing');
    const { credentials } = await bindNew(consume('passing'), 'consumer');
    await identity.broker.deleteInstance(instanceId);
    expect(claimsOf(await identity.fetchToken(credentials)).aud).toBe(credentials['clientid']);
  });

  it("is for XSUAA's application with xsuaa-cross-consumption", async () => {
    const { credentials } = await bindNew({ 'xsuaa-cross-consumption': true });
    const { aud } = claimsOf(await identity.fetchToken(credentials));
    expect(aud).toEqual([credentials['clientid'], expect.stringMatching(/^[\da-f-]{36}$/) as string]);
  });
});

describe('resource', () => {
  const urn = (path: string) => `urn:sap:identity:application:${path}`;
  let provider: { readonly instanceId: string; readonly clientId: string };
  let consumer: Record<string, string>;
  beforeAll(async () => {
    const apis = [{ name: 'read' }, { name: 'write', description: 'changes things' }];
    const instanceId = await identity.createInstance({ 'provided-apis': apis }, 'orders');
    provider = { instanceId, clientId: (await identity.bind(instanceId)).credentials['clientid'] ?? '' };
    ({ credentials: consumer } = await bindNew(consume('orders'), 'shop'));
  });

  it.each<[string, () => string]>([
    ['the name of the dependency', () => urn('provider:name:orders')],
    ['the client id', () => urn(`provider:clientid:${provider.clientId}`)],
    ['the client id and the tenant', () => urn(`provider:clientid:${provider.clientId}:apptid:${tenant}`)],
    ['the id of the service instance', () => urn(`service:id:${provider.instanceId}`)],
  ])('gives a token for one provider and its APIs, named by %s', async (_, resource) => {
    const claims = claimsOf(await identity.fetchToken(consumer, { resource: resource() }));
    expect(claims).toMatchObject({
      aud: provider.clientId,
      azp: consumer['clientid'],
      sub: consumer['clientid'],
      ias_apis: ['read', 'write'],
    });
  });

  it('may be repeated for the same provider', async () => {
    const { clientid: client_id = '', clientsecret: client_secret = '' } = consumer;
    const body = new URLSearchParams({ grant_type, client_id, client_secret });
    body.append('resource', urn('provider:name:orders'));
    body.append('resource', urn(`provider:clientid:${provider.clientId}`));
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await identity.call({ body: body.toString(), headers });
    expect(claimsOf(answer)).toMatchObject({ aud: provider.clientId, ias_apis: ['read', 'write'] });
    body.append('resource', urn(`provider:clientid:${client_id}`));
    expectRefusal(
      await identity.call({ body: body.toString(), headers }),
      400,
      'invalid_target',
      'All resources of a request must be of one provider application',
    );
  });

  it('may name the own application, which needs no dependency; without APIs there is no ias_apis', async () => {
    const resource = urn(`provider:clientid:${consumer['clientid']}`);
    const claims = claimsOf(await identity.fetchToken(consumer, { resource }));
    expect(claims.aud).toBe(consumer['clientid']);
    expect(claims).not.toHaveProperty('ias_apis');
  });

  it('follows the provider when its APIs change', async () => {
    const instanceId = await identity.createInstance({ 'provided-apis': [{ name: 'old' }] }, 'changing');
    const { credentials } = await bindNew(consume('changing'), 'consumer');
    const parameters = { 'provided-apis': [{ name: 'new' }] };
    await identity.broker.updateInstance({ instanceId, instanceName: 'changing', plan: 'application', parameters });
    const answer = await identity.fetchToken(credentials, { resource: urn('provider:name:changing') });
    expect(claimsOf(answer)).toMatchObject({ ias_apis: ['new'] });
  });

  it.each<[string, () => string, RegExp]>([
    ['no dependency', () => urn('provider:name:payments'), /no dependency .*provider:name:payments"; list/],
    ['an instance that is not consumed', () => urn('service:id:0'), /no dependency .*service:id:0"/],
    ['another tenant', () => urn(`provider:clientid:${provider.clientId}:apptid:x`), /no dependency /],
    ['a URL', () => 'https://backend.example', /^resource is "https:\/\/backend\.example"; it must be urn:sap:/],
    ['another URN', () => 'urn:sap:identity:corporateidp', /it must be urn:sap:identity:application:provider:name/],
    ['a name without prefix', () => 'orders', /it must be urn:/],
    ['a dependency without name', () => urn('provider:name:'), /it must be urn:/],
    ['a name of 5,000 characters', () => urn(`provider:name:${'x'.repeat(5_000)}`), /^.{1,300}$/],
  ])('is refused where it names %s', async (_, resource, description) => {
    const answer = await identity.fetchToken(consumer, { resource: resource() });
    expectRefusal(answer, 400, 'invalid_target', description);
  });

  it('does not work against the direction of the dependency', async () => {
    const { credentials } = await identity.bind(provider.instanceId);
    const answer = await identity.fetchToken(credentials, { resource: urn('provider:name:shop') });
    expectRefusal(answer, 400, 'invalid_target', /no dependency/);
  });
});

describe('app_tid', () => {
  it.each([tenant, '', 'undefined'])('may be "%s"', async (app_tid) => {
    expect(claimsOf(await identity.fetchToken((await bindNew()).credentials, { app_tid }))).toMatchObject({
      app_tid: tenant,
    });
  });

  it('must not be another tenant', async () => {
    const { credentials } = await bindNew();
    const answer = await identity.fetchToken(credentials, { app_tid: 'c41d8c66-9a3d-4f0f-8f0e-3d1b0c9b7a10' });
    expectRefusal(answer, 400, 'invalid_request', /^app_tid names a tenant that/);
  });
});

describe('token_format', () => {
  it('may be jwt, not opaque', async () => {
    const { credentials } = await bindNew();
    expect((await identity.fetchToken(credentials, { token_format: 'jwt' })).status).toBe(200);
    const answer = await identity.fetchToken(credentials, { token_format: 'opaque' });
    expectRefusal(answer, 400, 'invalid_request', 'token_format must be jwt: the landscape issues no opaque tokens');
  });
});
