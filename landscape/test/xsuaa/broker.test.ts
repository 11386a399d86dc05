import { execFileSync } from 'node:child_process';
import { createHash, createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../src/broker';
import { createSecret } from '../../src/token-core/client-credential';
import { DAY_MS } from '../token-core/test-certificates';
import { claimsOf, refusalOf, startXsuaa, type RunningXsuaa } from './running-xsuaa';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

let xsuaa: RunningXsuaa;
beforeAll(async () => {
  xsuaa = await startXsuaa();
});
afterAll(() => xsuaa.close());
let counter = 0;
const createInstance = (configuration: JsonObject = {}, rest: JsonObject = {}): Promise<string> =>
  xsuaa.createInstance({ xsappname: `app${++counter}`, 'oauth2-configuration': configuration, ...rest });
const allTypes = { 'credential-types': ['x509', 'binding-secret', 'instance-secret'] };

const fetchToken: RunningXsuaa['fetchToken'] = (credentials) => xsuaa.fetchToken(credentials);

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
    expect((await refusalOf(xsuaa.broker.bind(request))).message).toContain('the service instance allows x509');
    expect((await refusalOf(xsuaa.broker.unbind(request))).status).toBe(410);
  });

  it('accept secrets and certificates where the descriptor lists no type', async () => {
    const instanceId = await createInstance();
    expect((await xsuaa.bind(instanceId, { 'credential-type': 'x509' })).credentials).toHaveProperty('certificate');
    const request = { instanceId, bindingId: randomUUID(), parameters: { 'credential-type': 'instance-secret' } };
    expect((await refusalOf(xsuaa.broker.bind(request))).message).toContain('allows binding-secret, x509');
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
    expect((await refusalOf(xsuaa.broker.bind({ instanceId, bindingId: id, parameters: {} }))).status).toBe(409);
    const nowhere = { instanceId: randomUUID(), bindingId: id, parameters: {} };
    expect((await refusalOf(xsuaa.broker.bind(nowhere))).status).toBe(410);
    expect((await refusalOf(xsuaa.broker.unbind(nowhere))).status).toBe(410);
  });

  it('do not come to life when the instance is deleted while their key is made', async () => {
    const instanceId = await createInstance({ 'credential-types': ['x509'] });
    const binding = refusalOf(xsuaa.broker.bind({ instanceId, bindingId: randomUUID(), parameters: {} }));
    await xsuaa.broker.deleteInstance(instanceId);
    expect((await binding).status).toBe(410);
  });

  it('are at most 1,000 an instance', async () => {
    const instanceId = await createInstance();
    for (let count = 0; count < 1_000; count += 1) await xsuaa.bind(instanceId);
    const request = { instanceId, bindingId: randomUUID(), parameters: {} };
    expect((await refusalOf(xsuaa.broker.bind(request))).message).toContain('1000 bindings and service keys');
  });
});

describe('instances', () => {
  it('need an xsappname that no other has', async () => {
    await createInstance();
    const error = await refusalOf(xsuaa.createInstance({ xsappname: `app${counter}` }));
    expect(error.status).toBe(409);
    expect(error.message).toContain(`"app${counter}!t1" exists already`);
  });

  it('of a bad descriptor are refused and leave nothing behind', async () => {
    const instanceId = randomUUID();
    const request = { instanceId, instanceName: 'x', plan: 'application', parameters: {} };
    expect((await refusalOf(xsuaa.broker.createInstance(request))).message).toContain('"xsappname" is missing');
    expect((await refusalOf(xsuaa.broker.deleteInstance(instanceId))).status).toBe(410);
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
    expect((await refusalOf(update({ xsappname: 'other' }))).message).toContain(`must be "${name}"`);
    const attribute = (rest: JsonObject) => ({ xsappname: name, attributes: [{ name: 'Country', ...rest }] });
    expect((await refusalOf(update(attribute({ valueType: 'int', valueRequired: false })))).message).toContain(
      'attribute "Country": "valueType" cannot change',
    );
    expect((await refusalOf(update(attribute({ valueType: 'string' })))).message).toContain('from false to true');
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
    expect((await refusalOf(xsuaa.broker.bind(request))).message).toContain('allows binding-secret, x509');
    await xsuaa.broker.unbind({ instanceId, bindingId: id });
    expect((await fetchToken(credentials)).status).toBe(401);
  });

  it('takes the name, the grants, the validity and the scopes that the other service wants, and changes them', async () => {
    const instanceId = randomUUID();
    const clientid = await xsuaa.broker.createClone({
      instanceId,
      master: 'it-rt-x',
      name: instanceId,
      authorities: ['it!b2.a'],
      grantTypes: ['client_credentials'],
      tokenValidityS: 3600,
    });
    expect(clientid).toBe(`sb-${instanceId}!b1|it-rt-x!b2`);
    const { credentials } = await xsuaa.bind(instanceId);
    const answer = await fetchToken(credentials);
    expect(claimsOf(answer)).toMatchObject({ cid: clientid, scope: ['uaa.resource', 'it!b2.a'] });
    expect(answer.json).toHaveProperty('expires_in', 3599);
    xsuaa.broker.updateClone(instanceId, { authorities: ['it!b2.b'], grantTypes: ['authorization_code'] });
    expect((await fetchToken(credentials)).json).toHaveProperty('error_description', 'Unauthorized grant type');
    xsuaa.broker.updateClone(instanceId, { authorities: ['it!b2.b'] });
    expect(claimsOf(await fetchToken(credentials))['scope']).toEqual(['uaa.resource', 'it!b2.b']);
  });

  it('authenticates by what the other service has issued, until that is unbound', async () => {
    const instanceId = await create();
    const { credentials } = await xsuaa.bind(instanceId);
    const bindingId = randomUUID();
    xsuaa.broker.register(instanceId, bindingId, createSecret('s3cret'));
    const other = { ...credentials, clientsecret: 's3cret' };
    expect((await fetchToken(other)).status).toBe(200);
    expect(() => xsuaa.broker.register(instanceId, bindingId, createSecret('x'))).toThrow('exists already');
    await xsuaa.broker.unbind({ instanceId, bindingId });
    expect((await fetchToken(other)).status).toBe(401);
    expect((await fetchToken(credentials)).status).toBe(200);
  });

  it('is neither changed nor given credentials when it is no clone', async () => {
    const instanceId = await createInstance({});
    expect(() => xsuaa.broker.updateClone(instanceId, { authorities: [] })).toThrow('does not exist');
    expect(() => xsuaa.broker.register(instanceId, 'b', createSecret('x'))).toThrow('does not exist');
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
