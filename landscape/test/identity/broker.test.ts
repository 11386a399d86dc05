import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { createTestAuthority, issueTestCertificate, type TestAuthority } from '../token-core/test-certificates';
import { refusalOf, startIdentity, tenant, type RunningIdentity } from './running-identity';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(60_000);

let identity: RunningIdentity;
let authority: TestAuthority;
beforeAll(async () => {
  identity = await startIdentity();
  authority = await createTestAuthority('Provided');
});
afterAll(() => identity.close());

const generated = { 'credential-type': 'X509_GENERATED' };
const provide = (certificate: string) => ({ 'credential-type': 'X509_PROVIDED', certificate });

describe('the offering', () => {
  it('is identity with the plan application', () => {
    const { offering, plans, tags } = identity.broker;
    expect({ offering, plans, tags }).toEqual({ offering: 'identity', plans: ['application'], tags: ['ias'] });
  });
});

describe('credentials', () => {
  const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
  const common = (credentialType: string) => ({
    clientid: expect.stringMatching(GUID) as string,
    'credential-type': credentialType,
    app_tid: tenant,
    url: identity.url,
    domain: identity.url.replace('https://', ''),
    domains: [identity.url.replace('https://', ''), 'localhost'],
    authorization_endpoint: `${identity.url}/oauth2/authorize`,
    end_session_endpoint: `${identity.url}/oauth2/logout`,
    'btp-tenant-api': `https://localhost:${identity.portBase + 444}`,
  });
  const text = expect.any(String) as string;

  it('hold a secret by default', async () => {
    const { credentials } = await identity.bind(await identity.createInstance());
    expect(credentials).toEqual({ ...common('SECRET'), clientsecret: text });
    expect(credentials['clientsecret']?.length).toBeGreaterThanOrEqual(40);
  });

  it('hold a certificate of 30 days with its key for X509_GENERATED', async () => {
    const { credentials, id } = await identity.bind(await identity.createInstance(), generated);
    expect(credentials).toEqual({
      ...common('X509_GENERATED'),
      certificate: text,
      key: text,
      certificate_expires_at: text,
    });
    const { certificate = '', key = '', certificate_expires_at: end = '' } = credentials;
    const leaf = new X509Certificate(certificate);
    expect(leaf.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(createPrivateKey(key).asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(end).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Date.parse(end)).toBe(Date.parse(leaf.validTo));
    expect(Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)).toBe(30 * 86_400_000);
    expect(leaf.subject).toContain(`CN=${id}`);
    expect(leaf.subject).toContain(`L=${credentials['clientid']}`);
  });

  it('follow the wishes for key length, validity and subject', async () => {
    const instanceId = await identity.createInstance();
    const wish = { ...generated, 'key-length': 4096, validity: 1, 'validity-type': 'DAYS', 'app-identifier': 'web' };
    const { credentials } = await identity.bind(instanceId, wish);
    const { certificate = '', key = '' } = credentials;
    const leaf = new X509Certificate(certificate);
    expect(createPrivateKey(key).asymmetricKeyDetails?.modulusLength).toBe(4096);
    expect(Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)).toBe(86_400_000);
    expect(leaf.subject).toContain('CN=web');
  });

  it('have a stable subject with an app identifier, and another one in another application', async () => {
    const wish = { ...generated, 'app-identifier': 'web' };
    const instanceId = await identity.createInstance();
    const subjects = [];
    for (const id of [instanceId, instanceId, await identity.createInstance()])
      subjects.push(new X509Certificate((await identity.bind(id, wish)).credentials['certificate'] ?? '').subject);
    expect(subjects[0]).toBe(subjects[1]);
    expect(subjects[0]).not.toBe(subjects[2]);
  });

  it('hold the given certificate, as given, and no key for X509_PROVIDED', async () => {
    const { certificate } = await issueTestCertificate(authority);
    const { credentials } = await identity.bind(await identity.createInstance(), provide(certificate));
    expect(credentials).toEqual({ ...common('X509_PROVIDED'), certificate });
  });

  it('hold nothing to prove the client with for NONE', async () => {
    const { credentials } = await identity.bind(await identity.createInstance(), { 'credential-type': 'NONE' });
    expect(credentials).toEqual(common('NONE'));
  });

  it('of one instance name one client, those of another instance another one', async () => {
    const instanceId = await identity.createInstance();
    const { certificate } = await issueTestCertificate(authority);
    const ids = new Set<string | undefined>();
    for (const wish of [{}, {}, generated, provide(certificate), { 'credential-type': 'NONE' }])
      ids.add((await identity.bind(instanceId, wish)).credentials['clientid']);
    expect(ids.size).toBe(1);
    const other = await identity.bind(await identity.createInstance());
    expect(ids.has(other.credentials['clientid'])).toBe(false);
  });
});

describe('bindings', () => {
  it('need a certificate that no other binding of the tenant has', async () => {
    const { certificate } = await issueTestCertificate(authority);
    const [first, second] = [await identity.createInstance(), await identity.createInstance()];
    const { id } = await identity.bind(first, provide(certificate));
    for (const instanceId of [first, second]) {
      const refusal = await refusalOf(identity.bind(instanceId, provide(certificate)));
      expect(refusal.status).toBe(409);
      expect(refusal.message).toMatch(/"certificate" is used by another binding .* unique in the tenant$/);
    }
    await identity.broker.unbind({ instanceId: first, bindingId: id });
    await identity.bind(second, provide(certificate));
  });

  it('cannot take over a certificate that was generated for another one', async () => {
    const { credentials } = await identity.bind(await identity.createInstance(), generated);
    const [leaf = ''] = credentials['certificate']?.split(/(?<=-----END CERTIFICATE-----\n)/) ?? [];
    expect((await refusalOf(identity.bind(await identity.createInstance(), provide(leaf)))).status).toBe(409);
  });

  it('may have certificates with 20 subjects, not with 21; secrets and stable subjects do not count', async () => {
    const instanceId = await identity.createInstance();
    const certificates = [];
    for (let index = 0; index < 22; index += 1) {
      const subject = [{ CN: [`client ${Math.min(index, 20)}`] }];
      certificates.push((await issueTestCertificate(authority, { subject })).certificate);
    }
    const bound = [];
    for (const certificate of certificates.slice(0, 20))
      bound.push(await identity.bind(instanceId, provide(certificate)));
    const refusal = await refusalOf(identity.bind(instanceId, provide(certificates[20] ?? '')));
    expect(refusal.status).toBe(400);
    expect(refusal.message).toMatch(/20 different subjects, more are not allowed; .*"app-identifier"$/);
    await identity.bind(instanceId);
    const sameSubject = await issueTestCertificate(authority, { subject: [{ CN: ['client 0'] }] });
    await identity.bind(instanceId, provide(sameSubject.certificate));
    await identity.broker.unbind({ instanceId, bindingId: bound[5]?.id ?? '' });
    await identity.bind(instanceId, provide(certificates[20] ?? ''));
  });

  it('are 1,000 at most', async () => {
    const instanceId = await identity.createInstance();
    const none = { 'credential-type': 'NONE' };
    for (let index = 0; index < 1_000; index += 1) await identity.bind(instanceId, none);
    const refusal = await refusalOf(identity.bind(instanceId, none));
    expect(refusal.status).toBe(400);
    expect(refusal.message).toMatch(/^The service instance has 1000 bindings and service keys; delete some/);
  });

  it('have an id that is used once, and one to unbind', async () => {
    const instanceId = await identity.createInstance();
    const { id } = await identity.bind(instanceId);
    const again = identity.broker.bind({ instanceId, bindingId: id, parameters: {} });
    expect((await refusalOf(again)).status).toBe(409);
    await identity.broker.unbind({ instanceId, bindingId: id });
    expect((await refusalOf(identity.broker.unbind({ instanceId, bindingId: id }))).status).toBe(410);
  });

  it('leave nothing behind when they are refused', async () => {
    const instanceId = await identity.createInstance();
    const bindingId = randomUUID();
    const parameters = { 'credential-type': 'x509' };
    await refusalOf(identity.broker.bind({ instanceId, bindingId, parameters }));
    await identity.broker.bind({ instanceId, bindingId, parameters: {} });
  });
});

describe('instances', () => {
  it('exist once, until they are deleted', async () => {
    const instanceId = await identity.createInstance();
    const request = { instanceId, instanceName: 'again', plan: 'application', parameters: {} };
    expect((await refusalOf(identity.broker.createInstance(request))).status).toBe(409);
    await identity.broker.deleteInstance(instanceId);
    expect((await refusalOf(identity.broker.deleteInstance(instanceId))).status).toBe(410);
    expect((await refusalOf(identity.bind(instanceId))).status).toBe(410);
    await identity.broker.createInstance(request);
  });

  it('leave nothing behind when they are refused', async () => {
    const instanceId = randomUUID();
    const request = { instanceId, instanceName: 'x', plan: 'application' };
    await refusalOf(identity.broker.createInstance({ ...request, parameters: { unknown: true } }));
    await identity.broker.createInstance({ ...request, parameters: {} });
  });

  it('have a name that is unique in the tenant', async () => {
    const instanceId = await identity.createInstance({ name: 'unique' });
    await identity.broker.updateInstance({
      instanceId,
      instanceName: 'clicreIas',
      plan: 'application',
      parameters: { name: 'unique', 'display-name': 'New' },
    });
    const refusal = await refusalOf(identity.createInstance({ name: 'unique' }));
    expect(refusal.message).toMatch(/"name" is "unique", which another application of the tenant has; choose another$/);
  });

  it('consume other instances that exist', async () => {
    await identity.createInstance({}, 'provider');
    const consume = (name: string) => ({ 'consumed-services': [{ 'service-instance-name': name }] });
    await identity.createInstance(consume('provider'), 'consumer');
    for (const name of ['nobody', 'self'])
      expect((await refusalOf(identity.createInstance(consume(name), 'self'))).message).toMatch(
        `"consumed-services" names "${name}", which is no other service instance of identity; create it first`,
      );
  });

  it('keep their parameters and their bindings when an update is refused or has none', async () => {
    const instanceId = await identity.createInstance({ 'display-name': 'Before' });
    const { credentials } = await identity.bind(instanceId);
    const update = (parameters: object) =>
      identity.broker.updateInstance({
        instanceId,
        instanceName: 'x',
        plan: 'application',
        parameters: { ...parameters },
      });
    await refusalOf(update({ unknown: true }));
    await update({});
    const [application] = identity.broker.applications().filter(({ id }) => id === instanceId);
    expect(application).toMatchObject({ displayName: 'Before', bindings: [{ credentialType: 'SECRET' }] });
    expect((await identity.fetchToken(credentials)).status).toBe(200);
  });
});

describe('the list of applications', () => {
  it('names client, subjects of the certificates and what is consumed, and holds no secret', async () => {
    const provider = await identity.createInstance({ 'provided-apis': [{ name: 'read' }] }, 'providing');
    const instanceId = await identity.createInstance(
      { 'display-name': 'Shown', 'consumed-services': [{ 'service-instance-name': 'providing' }] },
      'shown',
    );
    const { credentials } = await identity.bind(instanceId, generated);
    const secret = (await identity.bind(instanceId)).credentials['clientsecret'] ?? '';
    const applications = identity.broker.applications();
    const find = (id: string) => applications.find((application) => application.id === id);
    expect(find(instanceId)).toMatchObject({
      name: instanceId,
      displayName: 'Shown',
      clientId: credentials['clientid'],
      bindings: [
        {
          credentialType: 'X509_GENERATED',
          certificate: { subject: expect.stringMatching(/, L=.*, CN=/) as string },
        },
        { credentialType: 'SECRET' },
      ],
      consumedServices: [find(provider)?.clientId],
    });
    expect(find(provider)).toMatchObject({ displayName: 'providing', providedApis: [{ name: 'read' }] });
    expect(JSON.stringify(applications)).not.toContain(secret);
    expect(JSON.stringify(applications)).not.toContain('PRIVATE KEY');
  });
});
