import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { BrokerError, type JsonObject } from '../../src/broker';
import { createTestAuthority, DAY_MS, issueTestCertificate } from '../token-core/test-certificates';
import { startXsuaa, type Answer, type RunningXsuaa } from './running-xsuaa';

let xsuaa: RunningXsuaa;
beforeAll(async () => {
  xsuaa = await startXsuaa();
});
afterAll(() => xsuaa.close());
afterEach(() => {
  xsuaa.clock.offsetMs = 0;
});

let counter = 0;
const createInstance = (configuration: JsonObject = {}, rest: JsonObject = {}): Promise<string> =>
  xsuaa.createInstance({ xsappname: `app${++counter}`, 'oauth2-configuration': configuration, ...rest });
const allTypes = { 'credential-types': ['x509', 'binding-secret', 'instance-secret'] };

/** Asks for a token as the credentials say: with the secret, or over mutual TLS. */
function fetchToken(credentials: Record<string, string>, own: { key?: string } = {}): Promise<Answer> {
  const { clientid: client_id = '', clientsecret, certificate, key } = { ...credentials, ...own };
  const body = { grant_type: 'client_credentials', client_id };
  if (clientsecret !== undefined) return xsuaa.call({ body: { ...body, client_secret: clientsecret } });
  return xsuaa.call({ port: 'xsuaaCertificate', body, ...(certificate && key && { cert: certificate, key }) });
}

const claimsOf = (answer: Answer) => decodeJwt(answer.json['access_token'] as string);
const refusal = async (promise: Promise<unknown>): Promise<BrokerError> => {
  const error = await promise.then(
    () => new Error('was accepted'),
    (error: unknown) => error,
  );
  if (error instanceof BrokerError) return error;
  throw error;
};

describe('bindings', () => {
  it('carry a certificate and its key when the instance lists x509 only', async () => {
    const instanceId = await createInstance({ 'credential-types': ['x509'] });
    const { credentials } = await xsuaa.bind(instanceId);
    expect(Object.keys(credentials).toSorted()).toEqual([
      'apiurl',
      'certificate',
      'certificate-pinning',
      'certurl',
      'clientid',
      'clientx509enabled',
      'credential-type',
      'identityzone',
      'identityzoneid',
      'key',
      'sburl',
      'serviceInstanceId',
      'subaccountid',
      'tenantid',
      'tenantmode',
      'uaadomain',
      'url',
      'verificationkey',
      'xsappname',
      'zoneid',
    ]);
    const base = xsuaa.portBase;
    expect(credentials).toMatchObject({
      'credential-type': 'x509',
      'certificate-pinning': true,
      clientid: `sb-app${counter}!t1`,
      xsappname: `app${counter}!t1`,
      url: `https://localhost:${base + 444}`,
      certurl: `https://localhost:${base + 445}`,
      uaadomain: `localhost:${base + 444}`,
      tenantmode: 'dedicated',
      serviceInstanceId: instanceId,
    });
    expect((await fetchToken(credentials)).status).toBe(200);
  });

  it('carry a secret of their own by default, which stops working with the binding', async () => {
    const instanceId = await createInstance();
    const [first, second] = [await xsuaa.bind(instanceId), await xsuaa.bind(instanceId)];
    expect(first.credentials['credential-type']).toBe('binding-secret');
    expect(first.credentials['clientsecret']).toMatch(/^[0-9a-f-]{36}\$[\w+/]{43}=$/);
    expect(first.credentials['clientsecret']).not.toBe(second.credentials['clientsecret']);
    for (const name of ['certificate', 'key', 'certurl', 'certificate-pinning'])
      expect(first.credentials).not.toHaveProperty(name);
    expect((await fetchToken(first.credentials)).status).toBe(200);
    await xsuaa.broker.unbind({ instanceId, bindingId: first.id });
    expect((await fetchToken(first.credentials)).status).toBe(401);
    expect((await fetchToken(second.credentials)).status).toBe(200);
  });

  it('share the secret of the instance, which another instance does not have', async () => {
    const instanceId = await createInstance({ 'credential-types': ['instance-secret'] });
    const [first, second] = [await xsuaa.bind(instanceId), await xsuaa.bind(instanceId)];
    expect(first.credentials['credential-type']).toBe('instance-secret');
    expect(first.credentials['clientsecret']).toBe(second.credentials['clientsecret']);
    expect((await fetchToken(first.credentials)).status).toBe(200);
    await xsuaa.broker.deleteInstance(instanceId);
    expect((await fetchToken(first.credentials)).status).toBe(401);
    const recreated = await xsuaa.createInstance({
      xsappname: `app${counter}`,
      'oauth2-configuration': { 'credential-types': ['instance-secret'] },
    });
    const { credentials } = await xsuaa.bind(recreated);
    expect(credentials['clientid']).toBe(first.credentials['clientid']);
    expect(credentials['clientsecret']).not.toBe(first.credentials['clientsecret']);
    expect((await fetchToken(first.credentials)).status).toBe(401);
  });

  it('each have a certificate; unbinding kills it at once and only it', async () => {
    const instanceId = await createInstance(allTypes);
    const [first, second] = [await xsuaa.bind(instanceId), await xsuaa.bind(instanceId)];
    const [a, b] = [first, second].map(({ credentials }) => new X509Certificate(credentials['certificate'] ?? ''));
    expect(a?.serialNumber).not.toBe(b?.serialNumber);
    expect(a?.fingerprint256).not.toBe(b?.fingerprint256);
    expect(claimsOf(await fetchToken(first.credentials))['cnf']).toEqual({
      'x5t#S256': createHash('sha256')
        .update(a?.raw ?? '')
        .digest('base64url'),
    });
    await xsuaa.broker.unbind({ instanceId, bindingId: first.id });
    const answer = await fetchToken(first.credentials);
    expect(answer).toMatchObject({ status: 401, json: { error: 'invalid_client' } });
    expect(answer.json['error_description']).toContain('its binding or service key has been deleted');
    expect((await fetchToken(second.credentials)).status).toBe(200);
  });

  it('choose their type by parameter, side by side in one instance', async () => {
    const instanceId = await createInstance(allTypes);
    for (const type of ['x509', 'binding-secret', 'instance-secret']) {
      const { credentials } = await xsuaa.bind(instanceId, { 'credential-type': type });
      expect(credentials['credential-type']).toBe(type);
      expect((await fetchToken(credentials)).status).toBe(200);
    }
  });

  it('have certificates of 7 days, or of the days and the key length asked for', async () => {
    const instanceId = await createInstance(allTypes);
    const inspect = async (x509: JsonObject) => {
      const { credentials } = await xsuaa.bind(instanceId, { 'credential-type': 'x509', x509 });
      const { validFrom, validTo } = new X509Certificate(credentials['certificate'] ?? '');
      const { asymmetricKeyDetails } = createPrivateKey(credentials['key'] ?? '');
      return [(Date.parse(validTo) - Date.parse(validFrom)) / DAY_MS, asymmetricKeyDetails?.modulusLength];
    };
    expect(await inspect({})).toEqual([7, 2048]);
    expect(await inspect({ 'key-length': 4096, validity: 1, 'validity-type': 'DAYS' })).toEqual([1, 4096]);
    expect(await inspect({ validity: 30 })).toEqual([30, 2048]);
  });

  it('of a type that is not listed are refused and leave nothing behind', async () => {
    const instanceId = await createInstance({ 'credential-types': ['x509'] });
    const bindingId = randomUUID();
    const request = { instanceId, bindingId, parameters: { 'credential-type': 'binding-secret' } };
    expect((await refusal(xsuaa.broker.bind(request))).message).toContain('the service instance allows x509');
    expect((await refusal(xsuaa.broker.unbind(request))).status).toBe(410);
  });

  it('accept secrets and certificates where the descriptor lists no type', async () => {
    const instanceId = await createInstance();
    expect((await xsuaa.bind(instanceId, { 'credential-type': 'x509' })).credentials).toHaveProperty('certificate');
    const request = { instanceId, bindingId: randomUUID(), parameters: { 'credential-type': 'instance-secret' } };
    expect((await refusal(xsuaa.broker.bind(request))).message).toContain('allows binding-secret, x509');
  });

  it('can go without a secret', async () => {
    const instanceId = await createInstance();
    const { credentials } = await xsuaa.bind(instanceId, { 'hide-secret': 'true' });
    expect(credentials['credential-type']).toBe('binding-secret');
    expect(credentials).not.toHaveProperty('clientsecret');
  });

  it('exist once, and only in an instance', async () => {
    const instanceId = await createInstance();
    const { id } = await xsuaa.bind(instanceId);
    expect((await refusal(xsuaa.broker.bind({ instanceId, bindingId: id, parameters: {} }))).status).toBe(409);
    const nowhere = { instanceId: randomUUID(), bindingId: id, parameters: {} };
    expect((await refusal(xsuaa.broker.bind(nowhere))).status).toBe(410);
    expect((await refusal(xsuaa.broker.unbind(nowhere))).status).toBe(410);
  });

  it('do not come to life when the instance is deleted while their key is made', async () => {
    const instanceId = await createInstance({ 'credential-types': ['x509'] });
    const binding = refusal(xsuaa.broker.bind({ instanceId, bindingId: randomUUID(), parameters: {} }));
    await xsuaa.broker.deleteInstance(instanceId);
    expect((await binding).status).toBe(410);
  });

  it('are at most 1,000 an instance', async () => {
    const instanceId = await createInstance();
    for (let count = 0; count < 1_000; count += 1) await xsuaa.bind(instanceId);
    const request = { instanceId, bindingId: randomUUID(), parameters: {} };
    expect((await refusal(xsuaa.broker.bind(request))).message).toContain('1000 bindings and service keys');
  });
});

describe('bindings with a certificate of their own', () => {
  const own = (x509: JsonObject): JsonObject => ({ 'credential-type': 'x509', x509 });

  it('get it back without a key, and authenticate with it whoever issued it', async () => {
    const instanceId = await createInstance(allTypes);
    const { certificate, key } = await issueTestCertificate(await createTestAuthority('Foreign CA'));
    const { credentials } = await xsuaa.bind(instanceId, own({ certificate }));
    expect(credentials).toMatchObject({ certificate, 'certificate-pinning': true, 'credential-type': 'x509' });
    expect(credentials).not.toHaveProperty('key');
    expect((await fetchToken(credentials, { key })).status).toBe(200);
  });

  it('do not get it back when it is hidden, and authenticate all the same', async () => {
    const instanceId = await createInstance(allTypes);
    const { certificate, key } = await issueTestCertificate(await createTestAuthority('Foreign CA'));
    const { credentials } = await xsuaa.bind(instanceId, own({ certificate, 'hide-certificate': true }));
    expect(credentials).not.toHaveProperty('certificate');
    expect((await fetchToken({ ...credentials, certificate }, { key })).status).toBe(200);
  });

  it('refuse another certificate with the same names when it is pinned', async () => {
    const instanceId = await createInstance(allTypes);
    const authority = await createTestAuthority('Foreign CA');
    const { credentials } = await xsuaa.bind(
      instanceId,
      own({ certificate: (await issueTestCertificate(authority)).certificate }),
    );
    const renewed = await issueTestCertificate(authority);
    expect((await fetchToken({ ...credentials, certificate: renewed.certificate }, renewed)).status).toBe(401);
  });

  it('accept renewed certificates without pinning, then no older one, and never a forged one', async () => {
    const instanceId = await createInstance(allTypes);
    const authority = await createTestAuthority('Foreign CA');
    const first = await issueTestCertificate(authority, { begin: -10 });
    const renewed = await issueTestCertificate(authority, { begin: -1 });
    const forged = await issueTestCertificate(await createTestAuthority('Foreign CA'), { begin: -1 });
    const chain = first.certificate + authority.certificate.toString();
    const { credentials } = await xsuaa.bind(instanceId, own({ certificate: chain, 'certificate-pinning': false }));
    expect(credentials['certificate-pinning']).toBe(false);
    const fetchWith = ({ certificate, key }: { certificate: string; key: string }) =>
      fetchToken({ ...credentials, certificate }, { key });
    expect((await fetchWith(first)).status).toBe(200);
    expect((await fetchWith(renewed)).status).toBe(200);
    expect((await fetchWith(first)).json['error_description']).toContain('older than one that was accepted before');
    expect((await fetchWith(forged)).status).toBe(401);
    expect(claimsOf(await fetchWith(renewed))['cnf']).toEqual({
      'x5t#S256': createHash('sha256').update(renewed.x509.raw).digest('base64url'),
    });
  });

  it('need one that no other binding of the instance has', async () => {
    const instanceId = await createInstance(allTypes);
    const { certificate } = await issueTestCertificate(await createTestAuthority('Foreign CA'));
    const { id } = await xsuaa.bind(instanceId, own({ certificate }));
    const request = { instanceId, bindingId: randomUUID(), parameters: own({ certificate }) };
    expect((await refusal(xsuaa.broker.bind(request))).message).toContain('each needs a certificate of its own');
    await xsuaa.bind(await createInstance(allTypes), own({ certificate }));
    await xsuaa.broker.unbind({ instanceId, bindingId: id });
    await xsuaa.broker.bind(request);
  });

  it('have expired by the clock of the landscape or are refused by name', async () => {
    const instanceId = await createInstance(allTypes);
    const { certificate } = await issueTestCertificate(await createTestAuthority('Foreign CA'), { end: 3 });
    xsuaa.clock.offsetMs = 4 * DAY_MS;
    const request = { instanceId, bindingId: randomUUID(), parameters: own({ certificate }) };
    expect((await refusal(xsuaa.broker.bind(request))).message).toContain('has expired on');
  });
});

describe('instances', () => {
  it('need an xsappname that no other has', async () => {
    await createInstance();
    const error = await refusal(xsuaa.createInstance({ xsappname: `app${counter}` }));
    expect(error.status).toBe(409);
    expect(error.message).toContain(`"app${counter}!t1" exists already`);
  });

  it('of a bad descriptor are refused and leave nothing behind', async () => {
    const instanceId = randomUUID();
    const request = { instanceId, instanceName: 'x', plan: 'application', parameters: {} };
    expect((await refusal(xsuaa.broker.createInstance(request))).message).toContain('"xsappname" is missing');
    expect((await refusal(xsuaa.broker.deleteInstance(instanceId))).status).toBe(410);
  });

  it('take another token validity by update, and nothing changes without parameters', async () => {
    const instanceId = await createInstance({ 'token-validity': 900 });
    const { credentials } = await xsuaa.bind(instanceId);
    const update = (parameters: JsonObject) =>
      xsuaa.broker.updateInstance({ instanceId, instanceName: 'x', plan: 'application', parameters });
    const validity = async () => {
      const answer = await fetchToken(credentials);
      const { exp = 0, iat = 0 } = claimsOf(answer);
      return [exp - iat, answer.json['expires_in']];
    };
    expect(await validity()).toEqual([900, 899]);
    await update({ xsappname: `app${counter}`, 'oauth2-configuration': { 'token-validity': 120 } });
    expect(await validity()).toEqual([120, 119]);
    await update({});
    expect(await validity()).toEqual([120, 119]);
  });

  it('keep their name and the types of their attributes when updated', async () => {
    const name = `compatible${++counter}`;
    const instanceId = await xsuaa.createInstance({
      xsappname: name,
      attributes: [{ name: 'Country', valueType: 'string', valueRequired: false }],
    });
    const update = (parameters: JsonObject) =>
      xsuaa.broker.updateInstance({ instanceId, instanceName: 'x', plan: 'application', parameters });
    expect((await refusal(update({ xsappname: 'other' }))).message).toContain(`must be "${name}"`);
    const attribute = (rest: JsonObject) => ({ xsappname: name, attributes: [{ name: 'Country', ...rest }] });
    expect((await refusal(update(attribute({ valueType: 'int', valueRequired: false })))).message).toContain(
      'attribute "Country": "valueType" cannot change',
    );
    expect((await refusal(update(attribute({ valueType: 'string' })))).message).toContain('from false to true');
    await update(attribute({ valueType: 'string', valueRequired: false, description: 'new' }));
    await update({ xsappname: name });
  });

  it('stop the bindings of a type that an update takes away, and let them work again when it returns', async () => {
    const instanceId = await createInstance(allTypes);
    const name = `app${counter}`;
    const certificate = await xsuaa.bind(instanceId);
    const secret = await xsuaa.bind(instanceId, { 'credential-type': 'binding-secret' });
    const shared = await xsuaa.bind(instanceId, { 'credential-type': 'instance-secret' });
    const statuses = async () => {
      const answers = [certificate, secret, shared].map(({ credentials }) => fetchToken(credentials));
      return (await Promise.all(answers)).map(({ status }) => status);
    };
    const allow = (types: string[]) =>
      xsuaa.broker.updateInstance({
        instanceId,
        instanceName: 'x',
        plan: 'application',
        parameters: { xsappname: name, 'oauth2-configuration': { 'credential-types': types } },
      });
    expect(await statuses()).toEqual([200, 200, 200]);
    await allow(['x509']);
    expect(await statuses()).toEqual([200, 401, 401]);
    await allow(['binding-secret', 'instance-secret']);
    expect(await statuses()).toEqual([401, 200, 200]);
    await allow(['x509', 'binding-secret', 'instance-secret']);
    expect(await statuses()).toEqual([200, 200, 200]);
  });
});

describe('authorities', () => {
  const scopesOf = async (credentials: Record<string, string>) => claimsOf(await fetchToken(credentials))['scope'];

  it('are scopes of the application itself that its descriptor lists', async () => {
    const instanceId = await createInstance(
      {},
      { scopes: [{ name: '$XSAPPNAME.Read' }, { name: '$XSAPPNAME.Write' }], authorities: ['$XSAPPNAME.Read'] },
    );
    const { credentials } = await xsuaa.bind(instanceId);
    expect(await scopesOf(credentials)).toEqual(['uaa.resource', `app${counter}!t1.Read`]);
  });

  it('are scopes that another application grants and this one accepts, as long as both do', async () => {
    const client = `client${++counter}`;
    const instance = (authorities: string[]) => xsuaa.createInstance({ xsappname: client, authorities });
    const granting = await xsuaa.createInstance({
      xsappname: `granting${counter}`,
      scopes: [
        { name: '$XSAPPNAME.Job', 'grant-as-authority-to-apps': [`$XSAPPNAME(application,${client})`] },
        { name: '$XSAPPNAME.Mail', 'grant-as-authority-to-apps': ['$XSSERVICENAME(mtlsXsuaa)'] },
        { name: '$XSAPPNAME.Other', 'grant-as-authority-to-apps': ['$XSAPPNAME(application,somebody)'] },
        { name: '$XSAPPNAME.Own' },
      ],
    });
    const name = `granting${counter}`;
    const scopesWith = async (authorities: string[]) => {
      const instanceId = await instance(authorities);
      const scopes = await scopesOf((await xsuaa.bind(instanceId)).credentials);
      await xsuaa.broker.deleteInstance(instanceId);
      return scopes;
    };
    const [job, mail] = [`${name}!t1.Job`, `${name}!t1.Mail`];
    expect(await scopesWith([])).toEqual(['uaa.resource']);
    expect(await scopesWith(['$ACCEPT_GRANTED_AUTHORITIES'])).toEqual(['uaa.resource', job, mail]);
    expect(await scopesWith([`$XSAPPNAME(application,${name}).Job`])).toEqual(['uaa.resource', job]);
    expect(await scopesWith([`$XSAPPNAME(application,${name}).Own`])).toEqual(['uaa.resource']);
    await xsuaa.broker.deleteInstance(granting);
    expect(await scopesWith(['$ACCEPT_GRANTED_AUTHORITIES'])).toEqual(['uaa.resource']);
  });
});

describe('createClone', () => {
  const create = async () => {
    const instanceId = randomUUID();
    await xsuaa.broker.createClone({ instanceId, master: 'destination-xsappname', authorities: ['dest!b2.find'] });
    return instanceId;
  };

  it('gives an instance of another service a client with a secret', async () => {
    const instanceId = await create();
    const { credentials } = await xsuaa.bind(instanceId);
    const xsappname = `clone${instanceId.replaceAll('-', '')}!b1|destination-xsappname!b2`;
    expect(Object.keys(credentials).toSorted()).toEqual([
      'clientid',
      'clientsecret',
      'credential-type',
      'identityzone',
      'tenantid',
      'tenantmode',
      'uaadomain',
      'url',
      'verificationkey',
      'xsappname',
    ]);
    expect(credentials).toMatchObject({ clientid: `sb-${xsappname}`, xsappname, 'credential-type': 'binding-secret' });
    const claims = claimsOf(await fetchToken(credentials));
    expect(claims).toMatchObject({ scope: ['uaa.resource', 'dest!b2.find'], cid: `sb-${xsappname}` });
  });

  it('gives a certificate when the binding asks for x509, and no instance secret', async () => {
    const instanceId = await create();
    const { id, credentials } = await xsuaa.bind(instanceId, { 'credential-type': 'x509', x509: { validity: 3 } });
    expect(Object.keys(credentials).toSorted()).toEqual([
      'certificate',
      'certurl',
      'clientid',
      'credential-type',
      'identityzone',
      'key',
      'tenantid',
      'tenantmode',
      'uaadomain',
      'url',
      'verificationkey',
      'xsappname',
    ]);
    expect(claimsOf(await fetchToken(credentials))).toHaveProperty('cnf');
    const request = { instanceId, bindingId: randomUUID(), parameters: { 'credential-type': 'instance-secret' } };
    expect((await refusal(xsuaa.broker.bind(request))).message).toContain('allows binding-secret, x509');
    await xsuaa.broker.unbind({ instanceId, bindingId: id });
    expect((await fetchToken(credentials)).status).toBe(401);
  });

  it('ends with its instance', async () => {
    const instanceId = await create();
    const { credentials } = await xsuaa.bind(instanceId);
    await xsuaa.broker.deleteInstance(instanceId);
    expect((await fetchToken(credentials)).status).toBe(401);
  });
});

describe('an x509 binding', () => {
  it('has a chain and a key that openssl takes for a TLS client', async () => {
    const { credentials } = await xsuaa.bind(await createInstance({ 'credential-types': ['x509'] }));
    const folder = mkdtempSync(join(tmpdir(), 'binding-'));
    const file = (name: string) => join(folder, name);
    const run = (...args: string[]) => execFileSync('openssl', args, { encoding: 'utf8' });
    try {
      writeFileSync(file('chain.pem'), credentials['certificate'] ?? '');
      writeFileSync(file('key.pem'), credentials['key'] ?? '');
      const verify = ['verify', '-purpose', 'sslclient', '-CAfile', xsuaa.ca.rootFile, '-untrusted'];
      expect(run(...verify, file('chain.pem'), file('chain.pem'))).toContain('OK');
      expect(run('x509', '-in', file('chain.pem'), '-noout', '-pubkey')).toBe(
        run('pkey', '-in', file('key.pem'), '-pubout'),
      );
      const thumbprint = execFileSync('openssl', ['x509', '-in', file('chain.pem'), '-outform', 'DER']);
      writeFileSync(file('leaf.der'), thumbprint);
      const digest = execFileSync('openssl', ['dgst', '-sha256', '-binary', file('leaf.der')]);
      expect(claimsOf(await fetchToken(credentials))['cnf']).toEqual({ 'x5t#S256': digest.toString('base64url') });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
