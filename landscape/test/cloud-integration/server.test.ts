import type { HttpsCall } from '../support/https-call';
import { createTestAuthority, DAY_MS, issueTestCertificate } from '../token-core/test-certificates';
import { startCloudIntegration, type RunningCloudIntegration, type SenderKey } from './running-cloud-integration';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

const UNKNOWN =
  'The client certificate is not configured in a service key of a Process Integration Runtime service instance.';
const NOT_ONCE =
  'Either the client certificate is not configured exactly once in a service key of a Process Integration Runtime service instance or client-certificate authentication was not enabled for your tenant.';
const NEITHER = 'Neither client certificate nor Authorization header found';

let tenant: RunningCloudIntegration;
let instance: string;
let key: SenderKey;
let client: { readonly certificate: string; readonly key: string };

beforeAll(async () => {
  tenant = await startCloudIntegration();
  tenant.flows.deploy({ path: '/http/orders', role: 'orders.send' });
  instance = await tenant.createInstance();
  key = await tenant.createKey(instance, { 'key-type': 'certificate' });
  client = clientOf(key);
});
afterAll(() => tenant.close());

function clientOf({ oauth }: SenderKey): { certificate: string; key: string } {
  const { certificate = '', key = '' } = oauth;
  return { certificate, key };
}

describe('a call with a client certificate', () => {
  it('reaches the flow without any token when its service key has the role', async () => {
    const answer = await tenant.call({ cert: client.certificate, key: client.key, method: 'POST', body: 'hello' });
    expect(answer).toMatchObject({
      status: 200,
      json: {
        flow: '/http/echo',
        role: 'ESBMessaging.send',
        sender: key.oauth['clientid'],
        authentication: 'certificate',
        payload: 'hello',
      },
    });
    expect(await tenant.newestNote()).toBe(
      `${key.oauth['clientid']}, authenticated by certificate, has the role ESBMessaging.send`,
    );
  });

  it('is counted whatever else the request says of its sender', async () => {
    const authorization = `Basic ${Buffer.from('x:y').toString('base64')}`;
    const { status } = await tenant.call({ cert: client.certificate, key: client.key, headers: { authorization } });
    expect(status).toBe(200);
    const stranger = await tenant.sign('stranger');
    const secret = (await tenant.createKey(instance)).oauth;
    const headers = { authorization: basic(secret['clientid'], secret['clientsecret']) };
    const refused = await tenant.call({ cert: stranger.certificate, key: stranger.key, headers });
    expect(refused).toMatchObject({ status: 401, json: { error: 'invalid_client', error_description: UNKNOWN } });
  });

  it('is forbidden where the flow demands another role, and told which', async () => {
    const answer = await tenant.present(client, '/http/orders');
    expect(answer.status).toBe(403);
    expect(answer.json).toEqual({
      error: 'forbidden',
      error_description:
        'Forbidden: the flow /http/orders demands the user role orders.send, which the sender does not have',
    });
    expect(await tenant.newestNote()).toContain('has ESBMessaging.send, not orders.send');
  });

  it('finds no flow at a path without one', async () => {
    expect(await tenant.present(client, '/http/nothing')).toMatchObject({ status: 404 });
  });

  it('is nobody when the certificate is in no service key', async () => {
    const answer = await tenant.present(await tenant.sign('stranger'));
    expect(answer).toMatchObject({ status: 401, json: { error: 'invalid_client', error_description: UNKNOWN } });
    expect(await tenant.newestNote()).toBe('it is in no service key');
  });

  it('is nobody as soon as its service key is deleted, while the others stay', async () => {
    const other = await tenant.createKey(instance, { 'key-type': 'certificate', validity: 1 });
    expect((await tenant.present(clientOf(other))).status).toBe(200);
    await tenant.broker.unbind({ instanceId: instance, bindingId: other.id });
    const answer = await tenant.present(clientOf(other));
    expect(answer).toMatchObject({ status: 401, json: { error_description: UNKNOWN } });
    expect(await tenant.newestNote()).toBe('its service key was deleted');
    expect((await tenant.present(client)).status).toBe(200);
    expect((await fetchToken(other)).status).toBe(401);
  });

  it.each<[string, () => Promise<{ certificate: string; key: string }>, RegExp]>([
    [
      'is of a CA that the load balancer does not trust',
      async () => issueTestCertificate(await createTestAuthority('Unknown CA')),
      /UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT/,
    ],
    [
      'comes without the chain between it and the root',
      async () => ({ ...client, certificate: client.certificate.replace(/(END CERTIFICATE-----\n)[^]*/, '$1') }),
      /UNABLE_TO_VERIFY_LEAF_SIGNATURE/,
    ],
    ['must not authenticate clients', () => tenant.xsuaa.ca.issueServer(), /INVALID_PURPOSE/],
    [
      'has no subject',
      async () => issueTestCertificate(await createTestAuthority('Unknown CA'), { subject: [] }),
      /UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT/,
    ],
  ])('is as one without when its certificate %s', async (_name, make, problem) => {
    const answer = await tenant.present(await make());
    expect(answer).toMatchObject({ status: 401, json: { error: 'unauthorized', error_description: NEITHER } });
    expect(await tenant.newestNote()).toMatch(/^the load balancer dropped the client's certificate: /);
    expect(await tenant.newestNote()).toMatch(problem);
  });

  it('is as one without when its certificate has expired', async () => {
    tenant.xsuaa.clock.offsetMs = 366 * DAY_MS;
    try {
      expect(await tenant.present(client)).toMatchObject({ status: 401, json: { error_description: NEITHER } });
      expect(await tenant.newestNote()).toBe("the load balancer dropped the client's certificate: CERT_HAS_EXPIRED");
    } finally {
      tenant.xsuaa.clock.offsetMs = 0;
    }
  });

  it('fails on a trial tenant, where tokens and secrets go on working', async () => {
    tenant.setTrial(true);
    try {
      expect(await tenant.present(client)).toMatchObject({ status: 500, json: { error: 'server_error' } });
      expect(await tenant.newestNote()).toContain('sap_cloudintegrationcertificate');
      expect((await tenant.call({ headers: await bearer(key) })).status).toBe(200);
    } finally {
      tenant.setTrial(false);
    }
    expect((await tenant.present(client)).status).toBe(200);
  });
});

describe('a call without a certificate', () => {
  it('is told that neither certificate nor header came, with a challenge', async () => {
    const answer = await tenant.call();
    expect(answer).toMatchObject({ status: 401, json: { error: 'unauthorized', error_description: NEITHER } });
    expect(answer.headers['www-authenticate']).toMatch(/^Basic realm="SAP Cloud Integration"/);
    expect(await tenant.newestNote()).toBe('the client presented no certificate');
    expect((await tenant.call({ headers: { authorization: 'Digest x' } })).status).toBe(401);
  });

  it('reaches the flow with a token that was fetched with the certificate', async () => {
    const headers = await bearer(key);
    const answer = await tenant.call({ headers });
    expect(answer).toMatchObject({ status: 200, json: { authentication: 'token', sender: key.oauth['clientid'] } });
    expect(await tenant.call({ headers, path: '/http/orders' })).toMatchObject({ status: 403 });
  });

  it('is refused with a token that is none, or none of this service', async () => {
    const { credentials } = await tenant.xsuaa.bind(await tenant.xsuaa.createInstance({ xsappname: 'other' }));
    const { json } = await tenant.xsuaa.fetchToken(credentials);
    for (const token of ['x.y.z', String(json['access_token'])]) {
      const answer = await tenant.call({ headers: { authorization: `Bearer ${token}` } });
      expect(answer).toMatchObject({ status: 401, json: { error: 'invalid_token' } });
    }
  });

  it('reaches the flow with client id and secret, by Basic or by a token', async () => {
    const { oauth } = await tenant.createKey(instance);
    const headers = { authorization: basic(oauth['clientid'], oauth['clientsecret']) };
    expect(await tenant.call({ headers })).toMatchObject({ status: 200, json: { authentication: 'basic' } });
    const { clientid = '', clientsecret = '' } = oauth;
    const { json } = await tenant.xsuaa.fetchToken({ clientid, clientsecret });
    const token = { authorization: `Bearer ${String(json['access_token'])}` };
    expect(await tenant.call({ headers: token })).toMatchObject({ status: 200, json: { authentication: 'token' } });
  });

  it.each([['the wrong secret'], ['no client']])('is refused with %s', async (what) => {
    const { oauth } = await tenant.createKey(instance);
    const id = what === 'no client' ? 'sb-nobody' : oauth['clientid'];
    const answer = await tenant.call({ headers: { authorization: basic(id, 'wrong') } });
    expect(answer).toMatchObject({ status: 401, json: { error_description: 'Bad credentials' } });
    expect(await tenant.newestNote()).toBe(`XSUAA could not authenticate OAuth client with client ID ${id}`);
  });
});

describe('a certificate of the client', () => {
  it('is accepted with its chain, only that one, when it is pinned', async () => {
    const own = await tenant.sign('pinned');
    await tenant.createKey(instance, { 'key-type': 'certificate_external', 'X.509': leafOf(own.certificate) });
    expect((await tenant.present(own)).status).toBe(200);
    expect((await tenant.present(await tenant.sign('pinned'))).status).toBe(401);
  });

  it('can be renewed when it is not pinned, and the old one ends with the first use of the new one', async () => {
    const old = await tenant.sign('renewable');
    await tenant.createKey(instance, {
      'key-type': 'certificate_external',
      'X.509': leafOf(old.certificate),
      'certificate-pinning': false,
    });
    expect((await tenant.present(old)).status).toBe(200);
    tenant.xsuaa.clock.offsetMs = DAY_MS;
    try {
      const renewed = await tenant.sign('renewable');
      expect((await tenant.present(old)).status).toBe(200);
      expect((await tenant.present(renewed)).status).toBe(200);
      expect((await tenant.present(old)).status).toBe(401);
    } finally {
      tenant.xsuaa.clock.offsetMs = 0;
    }
  });

  it('is refused when several keys accept it, pinned or not', async () => {
    const [one, two] = [await tenant.sign('twin'), await tenant.sign('twin')];
    for (const { certificate } of [one, two])
      await tenant.createKey(await tenant.createInstance(), {
        'key-type': 'certificate_external',
        'X.509': leafOf(certificate),
        'certificate-pinning': certificate === two.certificate,
      });
    expect((await tenant.present(one)).status).toBe(200);
    expect(await tenant.present(two)).toMatchObject({ status: 401, json: { error_description: NOT_ONCE } });
  });

  it('of a CA that the load balancer does not trust is taken into a key, and dropped in the call', async () => {
    const foreign = await issueTestCertificate(await createTestAuthority('Company CA'));
    await tenant.createKey(instance, { 'key-type': 'certificate_external', 'X.509': foreign.certificate });
    expect(await tenant.present(foreign)).toMatchObject({ status: 401, json: { error_description: NEITHER } });
  });
});

function leafOf(chain: string): string {
  return chain.replace(/(END CERTIFICATE-----\n)[^]*/, '$1');
}

function basic(id = '', secret = ''): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
}

function fetchToken({ oauth }: SenderKey) {
  const { clientid = '', certificate = '', key = '' } = oauth;
  return tenant.xsuaa.fetchToken({ clientid, certificate, key });
}

async function bearer(sender: SenderKey): Promise<NonNullable<HttpsCall['headers']>> {
  return { authorization: `Bearer ${String((await fetchToken(sender)).json['access_token'])}` };
}
