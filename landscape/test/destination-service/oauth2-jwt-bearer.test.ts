import { randomUUID, X509Certificate } from 'node:crypto';
import { portOf } from '../../src/settings';
import { callHttps } from '../support/https-call';
import { alice, bob, type Credentials } from '../token-core/browser';
import { thumbprintOf, toContent } from './keystores';
import { startDestinationService, type Answer, type RunningDestinationService } from './running-destination-service';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

let running: RunningDestinationService;
/** The application that users log in to, and the target of the destination. */
let frontend: Record<string, string>;
let backend: Record<string, string>;
let userToken: string;
beforeAll(async () => {
  running = await startDestinationService();
  frontend = await bindXsuaa('frontend', { 'credential-type': 'binding-secret' });
  backend = await bindXsuaa('backend', { 'credential-type': 'x509' });
  userToken = await logIn(alice);
});
afterAll(() => running.close());

async function bindXsuaa(xsappname: string, parameters: Record<string, string>): Promise<Record<string, string>> {
  const { broker } = running.xsuaa;
  const instanceId = randomUUID();
  await broker.createInstance({
    instanceId,
    instanceName: xsappname,
    plan: 'application',
    parameters: {
      xsappname,
      'oauth2-configuration': {
        'credential-types': ['x509', 'binding-secret'],
        'grant-types': ['password', 'client_credentials', GRANT_TYPE],
      },
    },
  });
  return (await broker.bind({ instanceId, bindingId: randomUUID(), parameters })) as Record<string, string>;
}

async function callXsuaa(
  { clientid: client_id = '', clientsecret: client_secret = '' }: Record<string, string>,
  body: Record<string, string>,
): Promise<string> {
  const { json } = await callHttps({
    path: '/oauth/token',
    body: { client_id, client_secret, ...body },
    port: portOf(running.settings, 'xsuaa'),
    ca: running.ca.rootPem,
  });
  return json['access_token'] as string;
}

const logIn = (user: Credentials) => callXsuaa(frontend, { grant_type: 'password', ...user });

/** A token of the user for the Destination Service, as an application gets it with its binding. */
const exchange = (assertion: string) =>
  callXsuaa(running.credentials as Record<string, string>, { grant_type: GRANT_TYPE, assertion });

async function create(properties: Record<string, string> = {}): Promise<string> {
  const name = `destination-${randomUUID()}`;
  const body = {
    Name: name,
    Type: 'HTTP',
    URL: 'https://backend.example',
    ProxyType: 'Internet',
    Authentication: 'OAuth2JWTBearer',
    clientId: backend['clientid'],
    tokenServiceURLType: 'Dedicated',
    tokenServiceURL: `${backend['certurl']}/oauth/token`,
    ...properties,
  };
  expect(await running.call({ method: 'POST', path: '/v1/instanceDestinations', body })).toMatchObject({ status: 201 });
  return name;
}

async function upload(): Promise<string> {
  const name = `${randomUUID()}.pem`;
  const content = toContent(`${backend['key']}${backend['certificate']}`);
  const body = { Name: name, Type: 'CERTIFICATE', Content: content };
  await running.call({ method: 'POST', path: '/v1/instanceCertificates', body });
  return name;
}

const find = (name: string, call: { token?: string; headers?: Record<string, string> }): Promise<Answer> =>
  running.call({ path: `/v1/destinations/${name}`, ...call });

interface AuthToken {
  readonly type: string;
  readonly value: string;
  readonly error?: string;
}

function authTokenOf({ status, json }: Answer): AuthToken {
  expect(status).toBe(200);
  const [token] = (json as { authTokens: AuthToken[] }).authTokens;
  if (token === undefined) throw new Error('The answer holds no token.');
  return token;
}

describe.each(['OAuth2JWTBearer', 'OAuth2UserTokenExchange'])('%s', (Authentication) => {
  it('gives a token of the user who calls, bound to the keystore of the destination', async () => {
    const name = await create({ Authentication, 'tokenService.KeyStoreLocation': await upload() });
    const token = authTokenOf(await find(name, { token: await exchange(userToken) }));
    expect(token.type).toBe('Bearer');
    expect(await running.xsuaa.verifyAccessToken(token.value)).toMatchObject({
      user_name: 'alice@example.com',
      cid: backend['clientid'],
      grant_type: GRANT_TYPE,
      cnf: { 'x5t#S256': thumbprintOf(new X509Certificate(backend['certificate'] ?? '')) },
    });
    expect(await running.lastNote()).toMatch(/token of alice@example\.com from .* over mTLS/);
  });

  it('gives each user a token of its own', async () => {
    const name = await create({ Authentication, 'tokenService.KeyStoreLocation': await upload() });
    for (const user of [alice, bob, alice]) {
      const { value } = authTokenOf(await find(name, { token: await exchange(await logIn(user)) }));
      expect(await running.xsuaa.verifyAccessToken(value)).toMatchObject({ user_name: user.username });
    }
  });

  it('takes the token of the header X-user-token before that of the request, unless it is empty', async () => {
    const name = await create({ Authentication, 'tokenService.KeyStoreLocation': await upload() });
    const bobs = await exchange(await logIn(bob));
    const nameOf = async (headers: Record<string, string>) => {
      const { value } = authTokenOf(await find(name, { token: bobs, headers }));
      return (await running.xsuaa.verifyAccessToken(value))['user_name'];
    };
    expect(await nameOf({ 'x-user-token': userToken })).toBe('alice@example.com');
    expect(await nameOf({ 'x-user-token': '' })).toBe('bob@example.com');
  });
});

describe('no token comes', () => {
  const errorOf = async (call: { token?: string; headers?: Record<string, string> }, properties = {}) =>
    authTokenOf(await find(await create({ 'tokenService.KeyStoreLocation': await upload(), ...properties }), call))
      .error;

  it('for a technical token, and the error says what is needed', async () => {
    expect(await errorOf({})).toMatch(/OAuth2JWTBearer needs the token of a user: .*X-user-token/);
  });

  it('for a user token that is not valid', async () => {
    for (const forged of ['rubbish', `${userToken.slice(0, -8)}AAAAAAAA`])
      expect(await errorOf({ headers: { 'x-user-token': forged } })).toMatch(/the user token is not valid/);
  });

  it('for a user token that has expired', async () => {
    const name = await create({ 'tokenService.KeyStoreLocation': await upload() });
    running.clock.offsetMs = 43_201_000;
    const token = await running.fetchToken(running.credentials);
    const answer = await find(name, { token, headers: { 'x-user-token': userToken } });
    running.clock.offsetMs = 0;
    expect(authTokenOf(answer).error).toMatch(/the user token is not valid \(.*exp/);
  });

  it('for a user token without the scope uaa.user, which XSUAA says', async () => {
    const narrow = await callXsuaa(frontend, { grant_type: 'password', ...alice, scope: 'openid' });
    expect(await errorOf({ headers: { 'x-user-token': narrow } })).toMatch(/lacks the scope uaa\.user/);
  });

  it('where the subdomain is needed that tokens of this landscape do not name', async () => {
    const headers = { 'x-user-token': userToken };
    expect(await errorOf({ headers }, { tokenServiceURLType: 'Common' })).toMatch(/names no subdomain.*use Dedicated/);
  });

  it('for user tokens of others', async () => {
    const headers = { 'x-user-token': userToken };
    expect(await errorOf({ headers }, { 'x_user_token.jwks': 'e30=' })).toMatch(/user tokens of XSUAA only/);
  });

  it('and the user has no right to change destinations', async () => {
    const token = await exchange(userToken);
    const answer = await running.call({ method: 'DELETE', path: '/v1/instanceDestinations/any', token });
    expect(answer.status).toBe(403);
  });
});
