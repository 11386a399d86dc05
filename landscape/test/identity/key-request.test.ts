import { randomUUID } from 'node:crypto';
import { createTestAuthority, issueTestCertificate } from '../token-core/test-certificates';
import { expectNote, expectRefusal, refusalOf, startIdentity, tenant, type RunningIdentity } from './running-identity';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

let identity: RunningIdentity;
let instanceId: string;
let clientId: string;
let certificate: string;
beforeAll(async () => {
  identity = await startIdentity();
  instanceId = await identity.createInstance();
  const { credentials } = await identity.bind(instanceId, { 'credential-type': 'X509_GENERATED' });
  ({ clientid: clientId = '', certificate = '' } = credentials);
});
afterEach(() => identity.trust.establish());
afterAll(() => identity.close());

const fetchKeys = (headers: Record<string, string> = {}) =>
  identity.call({ method: 'GET', path: '/oauth2/certs', headers });
/** As xssec sends it: without line breaks. */
const oneLine = (pem: string) => pem.replaceAll('\n', '');
const leafOf = (chain: string) => chain.slice(0, chain.indexOf('-----END CERTIFICATE-----') + 25);

describe('the signing keys', () => {
  it('are for everyone who names nobody', async () => {
    expect((await fetchKeys()).status).toBe(200);
  });

  it.each<[string, () => Record<string, string>]>([
    ['an application', () => ({ 'x-client_id': clientId })],
    ['application, tenant and sender', () => ({ 'x-client_id': clientId, 'x-app_tid': tenant, 'x-azp': clientId })],
    ['the tenant', () => ({ 'x-app_tid': tenant })],
    [
      'a certificate of the sender',
      () => ({ 'x-client_id': clientId, 'x-azp': clientId, 'x-client_cert': oneLine(leafOf(certificate)) }),
    ],
    [
      'a certificate without BEGIN and END',
      () => ({
        'x-client_id': clientId,
        'x-client_cert': oneLine(leafOf(certificate)).replaceAll(/-----[A-Z ]+-----/g, ''),
      }),
    ],
  ])('are for those who name %s', async (_, headers) => {
    expect((await fetchKeys(headers())).status).toBe(200);
  });

  it.each<[string, () => Record<string, string>, string | RegExp]>([
    [
      'an unknown application',
      () => ({ 'x-client_id': randomUUID() }),
      'x-client_id names no application of this tenant',
    ],
    [
      'another tenant',
      () => ({ 'x-client_id': clientId, 'x-app_tid': randomUUID() }),
      'x-app_tid names no tenant of the application',
    ],
    [
      'an unknown sender',
      () => ({ 'x-client_id': clientId, 'x-azp': randomUUID() }),
      'x-azp names no application of this tenant',
    ],
    [
      'no certificate but rubbish',
      () => ({ 'x-client_id': clientId, 'x-client_cert': 'rubbish' }),
      /^x-client_cert is no/,
    ],
  ])('are refused to those who name %s', async (_, headers, description) => {
    expectRefusal(await fetchKeys(headers()), 400, 'invalid_request', description);
    await expectNote(identity, typeof description === 'string' ? description : 'x-client_cert');
  });

  it("are refused with a certificate that is not the sender's", async () => {
    const foreign = await issueTestCertificate(await createTestAuthority('Somebody'));
    const other = await identity.bind(await identity.createInstance(), { 'credential-type': 'X509_GENERATED' });
    for (const pem of [foreign.certificate, leafOf(other.credentials['certificate'] ?? '')]) {
      const answer = await fetchKeys({ 'x-client_id': clientId, 'x-azp': clientId, 'x-client_cert': oneLine(pem) });
      expectRefusal(answer, 400, 'invalid_request', /^x-client_cert is no certificate of the application/);
    }
  });

  it('are refused for an application that is gone', async () => {
    const gone = await identity.createInstance();
    const { credentials } = await identity.bind(gone);
    await identity.broker.deleteInstance(gone);
    expect((await fetchKeys({ 'x-client_id': credentials['clientid'] ?? '' })).status).toBe(400);
  });
});

describe('without trust', () => {
  beforeEach(() => identity.trust.remove());

  it('apps are refused the signing keys, until trust is established again', async () => {
    const headers = { 'x-client_id': clientId, 'x-app_tid': tenant };
    expectRefusal(await fetchKeys(headers), 400, 'invalid_request', /^untrusted issuer: the subaccount does not trust/);
    identity.trust.establish();
    expect((await fetchKeys(headers)).status).toBe(200);
  });

  it('the tenant is still there', async () => {
    expect((await fetchKeys()).status).toBe(200);
    identity.trust.establish();
    const { credentials } = await identity.bind(instanceId);
    identity.trust.remove();
    expect((await identity.fetchToken(credentials)).status).toBe(200);
  });

  it('a new binding names no domain to trust', async () => {
    const { credentials } = await identity.bind(instanceId);
    expect(credentials).toMatchObject({ domains: [], url: identity.url });
    expect(credentials).not.toHaveProperty('domain');
  });

  it('no instance can be created', async () => {
    const refusal = await refusalOf(identity.createInstance());
    expect(refusal.status).toBe(400);
    expect(refusal.message).toMatch(/does not trust a tenant of SAP Cloud Identity Services; establish trust first/);
    identity.trust.establish();
    await identity.createInstance();
  });
});
