import { randomUUID, X509Certificate } from 'node:crypto';
import type { JsonObject } from '../../src/broker';
import { claimsOf } from '../xsuaa/running-xsuaa';
import { DAY_MS } from '../token-core/test-certificates';
import { refusalOf, startCloudIntegration, type RunningCloudIntegration } from './running-cloud-integration';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

let tenant: RunningCloudIntegration;
beforeAll(async () => {
  tenant = await startCloudIntegration();
});
afterAll(() => tenant.close());

describe('an instance', () => {
  it('has the default role, client credentials and tokens of an hour when nothing is said', async () => {
    const { oauth } = await tenant.createKey(await tenant.createInstance());
    const { clientid = '', clientsecret = '' } = oauth;
    const answer = await tenant.xsuaa.fetchToken({ clientid, clientsecret });
    expect(claimsOf(answer)['scope']).toEqual(['uaa.resource', 'it-rt-local-landscape!b2.ESBMessaging.send']);
    expect(answer.json).toHaveProperty('expires_in', 3599);
  });

  it('gives all its keys all its roles, and new ones at once when it is updated', async () => {
    tenant.flows.deploy({ path: '/http/a', role: 'a' });
    tenant.flows.deploy({ path: '/http/b', role: 'b' });
    tenant.flows.deploy({ path: '/http/c', role: 'c' });
    const instanceId = await tenant.createInstance({ roles: ['a', 'b'] });
    const keys = [
      await tenant.createKey(instanceId, { 'key-type': 'certificate' }),
      await tenant.createKey(instanceId, { 'key-type': 'certificate' }),
    ];
    const statuses = () =>
      Promise.all(
        keys.flatMap(({ oauth: { certificate = '', key = '' } }) =>
          ['/http/a', '/http/b', '/http/c'].map(
            async (path) => (await tenant.present({ certificate, key }, path)).status,
          ),
        ),
      );
    expect(await statuses()).toEqual([200, 200, 403, 200, 200, 403]);
    const update = { instanceId, instanceName: 'x', plan: 'integration-flow' };
    await tenant.broker.updateInstance({ ...update, parameters: { roles: ['c'] } });
    expect(await statuses()).toEqual([403, 403, 200, 403, 403, 200]);
    await tenant.broker.updateInstance({ ...update, parameters: {} });
    expect(await statuses()).toEqual([403, 403, 200, 403, 403, 200]);
    await tenant.broker.deleteInstance(instanceId);
    expect(await statuses()).toEqual([401, 401, 401, 401, 401, 401]);
  });

  it.each<[JsonObject, string]>([
    [{ roles: [] }, '"roles" is []; it must be a list with at least one entry, each named once'],
    [{ roles: ['a b'] }, '"roles[0]" is "a b"; it must be a role: 1 to 64 letters, digits, . - and _'],
    [{ 'grant-types': ['client_x509'] }, '"client_x509" is deprecated: use "client_credentials"'],
    [{ 'token-validity': 60 }, '"token-validity" is 60; it must be a whole number of seconds from 3600 to 86400'],
    [{ role: 'a' }, '"role" is unknown; known are roles, grant-types, redirect-uris, token-validity'],
  ])('is refused with the parameters %p', async (parameters, problem) => {
    const { status, message } = await refusalOf(tenant.createInstance(parameters));
    expect(status).toBe(400);
    expect(message).toContain(problem);
  });
});

describe('a service key', () => {
  it('has client id, secret and addresses when it asks for nothing', async () => {
    const instanceId = await tenant.createInstance();
    const { oauth } = await tenant.createKey(instanceId);
    expect(Object.keys(oauth).toSorted()).toEqual(['clientid', 'clientsecret', 'createdate', 'tokenurl', 'url']);
    expect(oauth).toMatchObject({
      clientid: `sb-${instanceId}!b1|it-rt-local-landscape!b2`,
      url: tenant.url,
      tokenurl: `https://localhost:${tenant.xsuaa.portBase + 444}/oauth/token`,
    });
  });

  it('of type certificate has chain, key in PKCS#1, details, and the token endpoint for certificates', async () => {
    const { oauth } = await tenant.createKey(await tenant.createInstance(), { 'key-type': 'certificate' });
    const { certificate = '', key = '', certificatedetails } = oauth;
    expect(certificate.match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
    expect(key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
    expect(oauth['tokenurl']).toBe(`https://localhost:${tenant.xsuaa.portBase + 445}/oauth/token`);
    const leaf = new X509Certificate(certificate);
    expect(leaf.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(certificatedetails).toEqual({
      issuerdn: expect.stringMatching(/^CN=Local Landscape Client CA,/) as string,
      subjectdn: expect.stringMatching(/^CN=.*,L=sap-uaa,/) as string,
      validuntil: new Date(leaf.validTo).toISOString(),
      serialnumber: `0x${leaf.serialNumber.toLowerCase()}`,
    });
  });

  it.each([1, 365])('has a certificate of %i days when it asks for that', async (validity) => {
    const parameters = { 'key-type': 'certificate', validity, 'key-length': 2048 };
    const { oauth } = await tenant.createKey(await tenant.createInstance(), parameters);
    const { validFrom, validTo } = new X509Certificate(oauth['certificate'] ?? '');
    expect(Date.parse(validTo) - Date.parse(validFrom)).toBe(validity * DAY_MS);
  });

  it('of type certificate_external shows the certificate that it was given, and no key', async () => {
    const { certificate } = await tenant.sign('external');
    const leaf = certificate.replace(/(END CERTIFICATE-----\n)[^]*/, '$1');
    // SAP's sample has no line breaks, and both other members.
    const oneLine = leaf.replaceAll('\n', '');
    const parameters = { 'key-type': 'certificate_external', 'X.509': oneLine, validity: 365, 'key-length': 2048 };
    const { oauth } = await tenant.createKey(await tenant.createInstance(), parameters);
    expect(oauth['certificate']).toBe(oneLine);
    expect(oauth).not.toHaveProperty('key');
    expect(oauth.certificatedetails).toHaveProperty('subjectdn', 'CN=external,O=Partner');
  });

  it('is refused with a certificate that is in a key of any instance', async () => {
    const { certificate } = await tenant.sign('once');
    const parameters = {
      'key-type': 'certificate_external',
      'X.509': certificate.replace(/(END CERTIFICATE-----\n)[^]*/, '$1'),
    };
    const first = await tenant.createInstance();
    const { id } = await tenant.createKey(first, parameters);
    const second = await tenant.createInstance();
    const { status, message } = await refusalOf(tenant.createKey(second, parameters));
    expect(status).toBe(409);
    expect(message).toContain(
      'is in another service key already; a certificate can be used once across all service instances',
    );
    await tenant.broker.unbind({ instanceId: first, bindingId: id });
    await tenant.createKey(second, parameters);
  });

  it('with a certificate is refused when the instance may not use client credentials', async () => {
    const instanceId = await tenant.createInstance({ 'grant-types': ['authorization_code'] });
    const { message } = await refusalOf(tenant.createKey(instanceId, { 'key-type': 'certificate' }));
    expect(message).toContain('needs the grant type client_credentials');
    await tenant.createKey(instanceId);
  });

  it.each<[JsonObject, string]>([
    [{ 'key-type': 'x509' }, '"key-type" is "x509"; it must be one of clientsecret, certificate, certificate_external'],
    [{ 'key-type': 'certificate', validity: 0 }, '"validity" is 0; it must be a whole number of days from 1 to 365'],
    [{ 'key-type': 'certificate', validity: 366 }, 'it must be a whole number of days from 1 to 365'],
    [{ 'key-type': 'certificate', 'key-length': 1024 }, '"key-length" is 1024; it must be one of 2048, 4096'],
    [{ validity: 30 }, '"validity" is unknown; known are key-type'],
    [{ 'key-type': 'certificate_external' }, '"X.509" is missing'],
    [{ 'key-type': 'certificate_external', 'X.509': 'x' }, '"X.509" is no certificate in PEM'],
    [
      // As SAP's sample ends.
      { 'key-type': 'certificate_external', 'X.509': '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE' },
      'end with -----END CERTIFICATE-----, with all their dashes',
    ],
    [
      { 'key-type': 'certificate_external', 'X.509': '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----' },
      '"X.509" cannot be read as a certificate',
    ],
    [
      { 'key-type': 'certificate_external', 'X.509': '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----' },
      '"X.509" holds a private key; the key stays with you',
    ],
  ])('is refused with the parameters %p', async (parameters, problem) => {
    const { status, message } = await refusalOf(tenant.createKey(await tenant.createInstance(), parameters));
    expect(status).toBe(400);
    expect(message).toContain(problem);
  });

  it('is refused with a chain, and with a certificate that has expired', async () => {
    const instanceId = await tenant.createInstance();
    const { certificate } = await tenant.sign('chained', 1);
    const refuse = async (pem: string) =>
      (await refusalOf(tenant.createKey(instanceId, { 'key-type': 'certificate_external', 'X.509': pem }))).message;
    expect(await refuse(certificate)).toContain('holds more than one certificate');
    tenant.xsuaa.clock.offsetMs = 2 * DAY_MS;
    try {
      expect(await refuse(certificate.replace(/(END CERTIFICATE-----\n)[^]*/, '$1'))).toContain('has expired on');
    } finally {
      tenant.xsuaa.clock.offsetMs = 0;
    }
  });

  it('cannot be made for or removed from an instance that does not exist', async () => {
    expect(await refusalOf(tenant.createKey(randomUUID()))).toHaveProperty('status', 410);
    const unbind = tenant.broker.unbind({ instanceId: await tenant.createInstance(), bindingId: randomUUID() });
    expect(await refusalOf(unbind)).toHaveProperty('status', 410);
  });
});
