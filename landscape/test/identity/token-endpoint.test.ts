import { X509Certificate } from 'node:crypto';
import { Agent } from 'node:https';
import { thumbprintOf } from '../../src/token-core/client-certificate';
import { createTestAuthority, issueTestCertificate } from '../token-core/test-certificates';
import { until } from '../support/until';
import {
  claimsOf,
  expectNote,
  expectRefusal,
  grant_type,
  startIdentity,
  type Answer,
  type BoundService,
  type RunningIdentity,
} from './running-identity';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

let identity: RunningIdentity;
let instanceId: string;
let secret: BoundService;
let certified: BoundService;
let client_id: string;
beforeAll(async () => {
  identity = await startIdentity();
  instanceId = await identity.createInstance();
  secret = await identity.bind(instanceId);
  certified = await identity.bind(instanceId, { 'credential-type': 'X509_GENERATED' });
  client_id = secret.credentials['clientid'] ?? '';
});
afterAll(() => identity.close());

const client_secret = () => secret.credentials['clientsecret'] ?? '';
const tls = () => ({ cert: certified.credentials['certificate'] ?? '', key: certified.credentials['key'] ?? '' });
const basic = (id: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`,
});
const thumbprint = (pem: string) => thumbprintOf(new X509Certificate(pem));

describe('a secret', () => {
  it('authenticates in the body, and gives a token that is bound to nothing', async () => {
    expect(
      claimsOf(await identity.call({ body: { grant_type, client_id, client_secret: client_secret() } })),
    ).not.toHaveProperty('cnf');
  });

  it.each<[string, () => Promise<Answer>]>([
    ['alone', () => identity.call({ body: { grant_type }, headers: basic(client_id, client_secret()) })],
    [
      'form-encoded, as RFC 6749 wants it',
      () =>
        identity.call({
          body: { grant_type },
          headers: basic(client_id, encodeURIComponent(client_secret())),
        }),
    ],
    [
      'with the same secret in the body, as approuter sends it',
      () =>
        identity.call({
          body: { grant_type, client_id, client_secret: client_secret() },
          headers: basic(client_id, client_secret()),
        }),
    ],
  ])('authenticates in a Basic header %s', async (_, call) => {
    expect((await call()).status).toBe(200);
  });

  it('is one of several of the client', async () => {
    const other = await identity.bind(instanceId);
    expect(other.credentials['clientsecret']).not.toBe(client_secret());
    for (const { credentials } of [other, secret]) expect((await identity.fetchToken(credentials)).status).toBe(200);
  });

  it.each<[string, () => Promise<Answer>, string | RegExp]>([
    [
      'wrong',
      () => identity.call({ body: { grant_type, client_id, client_secret: `${client_secret()}x` } }),
      'Bad credentials',
    ],
    ['empty', () => identity.call({ body: { grant_type }, headers: basic(client_id, '') }), 'Bad credentials'],
    [
      'of a client that does not exist',
      () => identity.call({ body: { grant_type, client_id: 'nobody', client_secret: client_secret() } }),
      'Client not found',
    ],
    [
      'not the same in header and body',
      () =>
        identity.call({
          body: { grant_type, client_secret: 'x' },
          headers: basic(client_id, client_secret()),
        }),
      /does not match/,
    ],
  ])('is refused when it is %s', async (_, call, description) => {
    expectRefusal(await call(), 401, 'invalid_client', description);
  });

  it('is refused when it belongs to another application', async () => {
    const { credentials } = await identity.bind(await identity.createInstance());
    const body = { grant_type, client_id, client_secret: credentials['clientsecret'] ?? '' };
    expectRefusal(await identity.call({ body }), 401, 'invalid_client', 'Bad credentials');
  });
});

describe('a certificate', () => {
  const body = () => ({ grant_type, client_id });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'authenticates over %s at the same URL, and binds the token',
    async (maxVersion) => {
      const answer = await identity.call({ body: body(), ...tls(), maxVersion });
      expect(claimsOf(answer)).toMatchObject({ cnf: { 'x5t#S256': thumbprint(tls().cert) } });
    },
  );

  it('makes no difference whether response_type comes along', async () => {
    const answer = await identity.call({ body: { ...body(), response_type: 'token' }, ...tls() });
    expect(claimsOf(answer)).toHaveProperty('cnf');
  });

  it('authenticates again on a connection that is kept alive', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: identity.ca.rootPem, ...tls() });
    for (let index = 0; index < 2; index += 1)
      expect(claimsOf(await identity.call({ body: body(), agent }))).toHaveProperty('cnf');
    agent.destroy();
  });

  it('of the client itself counts whoever issued it', async () => {
    const own = await issueTestCertificate(await createTestAuthority('Somebody'));
    await identity.bind(instanceId, { 'credential-type': 'X509_PROVIDED', certificate: own.certificate });
    const answer = await identity.call({ body: body(), cert: own.certificate, key: own.key });
    expect(claimsOf(answer)).toMatchObject({ cnf: { 'x5t#S256': thumbprint(own.certificate) } });
  });

  it('does not bind the token when the client authenticates by its secret', async () => {
    const answer = await identity.call({ body: { ...body(), client_secret: client_secret() }, ...tls() });
    expect(claimsOf(answer)).not.toHaveProperty('cnf');
  });

  it.each<[string, () => Promise<Answer>, string | RegExp]>([
    ['missing', () => identity.call({ body: body() }), /neither a client secret nor a client certificate/],
    ['without client_id', () => identity.call({ body: { grant_type }, ...tls() }), /client_id is missing/],
    [
      'for a client that does not exist',
      () => identity.call({ body: { grant_type, client_id: 'nobody' }, ...tls() }),
      'Client not found',
    ],
  ])('is refused when it is %s', async (_, call, description) => {
    expectRefusal(await call(), 401, 'invalid_client', description);
  });

  it('is refused when it belongs to another application', async () => {
    const { credentials } = await identity.bind(await identity.createInstance());
    const answer = await identity.call({ body: { grant_type, client_id: credentials['clientid'] ?? '' }, ...tls() });
    expectRefusal(answer, 401, 'invalid_client', /belongs to another client; check client_id$/);
  });

  it('is refused when it was issued by somebody else, with the same subject', async () => {
    const { subject } = new X509Certificate(tls().cert);
    const name = subject.split('\n').map((part) => {
      const [type = '', value = ''] = part.split('=');
      return { [type]: [value] };
    });
    const forged = await issueTestCertificate(await createTestAuthority('Forger'), { subject: name });
    const answer = await identity.call({ body: body(), cert: forged.certificate, key: forged.key });
    expectRefusal(answer, 401, 'invalid_client', /is not trusted \(.*\)/);
  });

  it('is refused when it has expired by the clock of the landscape', async () => {
    identity.clock.offsetMs = 31 * 86_400_000;
    const answer = await identity.call({ body: body(), ...tls() });
    identity.clock.offsetMs = 0;
    expectRefusal(answer, 401, 'invalid_client', /expired on .*; bind again for a new one$/);
  });
});

describe('a binding', () => {
  it.each([
    ['SECRET', 'Bad credentials'],
    ['X509_GENERATED', /was revoked: its binding or service key has been deleted$/],
  ] as const)('of type %s is useless once it is removed, and leaves the others alone', async (type, description) => {
    const [kept, removed] = [
      await identity.bind(instanceId, { 'credential-type': type }),
      await identity.bind(instanceId, { 'credential-type': type }),
    ];
    expect((await identity.fetchToken(removed.credentials)).status).toBe(200);
    await identity.broker.unbind({ instanceId, bindingId: removed.id });
    expectRefusal(await identity.fetchToken(removed.credentials), 401, 'invalid_client', description);
    expect((await identity.fetchToken(kept.credentials)).status).toBe(200);
  });

  it('with the same subject as a removed one does not keep that alive', async () => {
    const wish = { 'credential-type': 'X509_GENERATED', 'app-identifier': 'web' };
    const [old, renewed] = [await identity.bind(instanceId, wish), await identity.bind(instanceId, wish)];
    await identity.broker.unbind({ instanceId, bindingId: old.id });
    expectRefusal(await identity.fetchToken(old.credentials), 401, 'invalid_client', /was revoked/);
    expect((await identity.fetchToken(renewed.credentials)).status).toBe(200);
  });

  it('of type NONE has nothing to get a token for itself with', async () => {
    const { credentials } = await identity.bind(instanceId, { 'credential-type': 'NONE' });
    const answer = await identity.fetchToken(credentials);
    expectRefusal(answer, 401, 'invalid_client', /a binding of credential type NONE has neither, and cannot/);
  });

  it('goes with its instance', async () => {
    const other = await identity.createInstance();
    const { credentials } = await identity.bind(other);
    await identity.broker.deleteInstance(other);
    expectRefusal(await identity.fetchToken(credentials), 401, 'invalid_client', 'Client not found');
  });
});

describe('the request', () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const form = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString();
  const credentials = () => ({ client_id, client_secret: client_secret() });

  it('may have a query, as approuter sends one', async () => {
    const body = { grant_type, ...credentials() };
    expect((await identity.call({ path: '/oauth2/token?s3bcl_x=1', body })).status).toBe(200);
  });

  it.each<[string, () => string, string, string | RegExp]>([
    ['no grant type', () => form(credentials()), 'invalid_request', 'Missing grant type'],
    [
      'an unknown grant type',
      () => form({ ...credentials(), grant_type: 'magic' }),
      'unsupported_grant_type',
      'Unsupported grant type',
    ],
    [
      'a repeated parameter',
      () => `${form({ ...credentials(), grant_type })}&grant_type=x`,
      'invalid_request',
      'Parameter grant_type is repeated',
    ],
  ])('is refused with %s', async (_, body, error, description) => {
    expectRefusal(await identity.call({ body: body(), headers }), 400, error, description);
  });

  it('is refused with a JSON body', async () => {
    const body = JSON.stringify({ ...credentials(), grant_type });
    const answer = await identity.call({ body, headers: { 'content-type': 'application/json' } });
    expectRefusal(answer, 400, 'invalid_request', /x-www-form-urlencoded/);
  });

  it('is refused for a grant that the application does not list (RFC 6749 §5.2)', async () => {
    const grantTypes = { 'oauth2-configuration': { 'grant-types': ['authorization_code'] } };
    const other = await identity.bind(await identity.createInstance(grantTypes));
    expectRefusal(await identity.fetchToken(other.credentials), 400, 'unauthorized_client', /"grant-types"/);
  });

  it.each(['GET', 'PUT'])('is refused by %s', async (method) => {
    const answer = await identity.call({ method });
    expectRefusal(answer, 405, 'method_not_allowed', `Request method '${method}' not supported`);
    expect(answer.headers['allow']).toBe('POST');
  });
});

describe('the journal', () => {
  it('says who came and how, and why one was refused', async () => {
    await identity.fetchToken(certified.credentials);
    await expectNote(identity, `${client_id}, authenticated by certificate`);
    await identity.call({ body: { grant_type, client_id: 'nobody', client_secret: 'x' } });
    await expectNote(identity, 'there is no client "nobody"');
  });

  it('holds no secret, token or key', async () => {
    identity.journal.clear();
    const answer = await identity.fetchToken(secret.credentials);
    await identity.call({ body: { grant_type, client_id, client_secret: `${client_secret()}x` } });
    await until('the journal has both', () => {
      return identity.journal.entries().filter(({ kind }) => kind === 'request').length >= 2;
    });
    const text = JSON.stringify(identity.journal.entries());
    for (const hidden of [client_secret(), answer.json['access_token'] as string]) expect(text).not.toContain(hidden);
  });
});
