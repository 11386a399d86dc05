import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createTestAuthority, issueTestCertificate } from '../token-core/test-certificates';
import { startIdentity, tenant, type RunningIdentity } from './running-identity';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

let identity: RunningIdentity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterEach(() => identity.trust.establish());
afterAll(() => identity.close());

interface Input {
  readonly client: object;
  readonly server: object;
  /** For the token request. */
  readonly options?: object;
  readonly validation?: object;
  /** PEM, as it comes with the request to the server. */
  readonly clientCertificatePem?: string;
}

interface Outcome {
  readonly claims?: Record<string, unknown>;
  readonly isInternal?: boolean;
  readonly consumedApis?: readonly string[];
  readonly error?: string;
}

/** Fetches a token with SAP's library and validates it as another service would; prints what came out. */
const script = `
const { createSecurityContext, IdentityService } = require('@sap/xssec');
const { client, server, options, validation, clientCertificatePem } = JSON.parse(process.env.INPUT);
(async () => {
  const { access_token: jwt } = await new IdentityService(client).fetchClientCredentialsToken(options);
  const context = await createSecurityContext(new IdentityService(server, { validation }), { jwt, clientCertificatePem });
  const { payload: claims, consumedApis } = context.token;
  return { claims, consumedApis, ...(validation?.x5t && { isInternal: context.isInternal() }) };
})().catch((error) => ({ error: error.name + ': ' + error.message })).then((outcome) => console.log(JSON.stringify(outcome)));
`;

/** In a process of its own: xssec trusts what Node trusted at its start. */
async function runXssec(input: Input): Promise<Outcome> {
  const env = {
    PATH: process.env['PATH'],
    NODE_EXTRA_CA_CERTS: identity.ca.rootFile,
    INPUT: JSON.stringify(input),
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env, cwd: process.cwd() });
  return JSON.parse(stdout) as Outcome;
}

const generated = { 'credential-type': 'X509_GENERATED' };
const bindNew = async (wish = {}, parameters = {}, name = 'app') =>
  (await identity.bind(await identity.createInstance(parameters, name), wish)).credentials;

describe('@sap/xssec 4', () => {
  it('gets a token with a secret and validates it', async () => {
    const credentials = await bindNew();
    const { claims } = await runXssec({ client: credentials, server: credentials });
    expect(claims).toMatchObject({ azp: credentials['clientid'], app_tid: tenant });
    expect(claims).not.toHaveProperty('cnf');
  });

  it('gets a bound token over mutual TLS, at the URL of the secrets, and validates it', async () => {
    const credentials = await bindNew(generated);
    identity.journal.clear();
    const { claims } = await runXssec({ client: credentials, server: credentials });
    expect(claims).toMatchObject({ cnf: { 'x5t#S256': expect.any(String) as string } });
    const [request] = identity.journal.entries().filter((entry) => entry.kind === 'request' && entry.method === 'POST');
    expect(request).toMatchObject({ path: '/oauth2/token', status: 200 });
  });

  it('gets one with a certificate whose key never left its owner', async () => {
    const own = await issueTestCertificate(await createTestAuthority('Somebody'));
    const credentials = await bindNew({ 'credential-type': 'X509_PROVIDED', certificate: own.certificate });
    const { claims } = await runXssec({ client: { ...credentials, key: own.key }, server: credentials });
    expect(claims).toHaveProperty('cnf');
  });

  it('gets none with a binding of type NONE', async () => {
    const credentials = await bindNew({ 'credential-type': 'NONE' });
    expect((await runXssec({ client: credentials, server: credentials })).error).toBeDefined();
  });

  describe('with x5t validation', () => {
    const validation = { x5t: { enabled: true } };

    it('accepts a token together with its certificate, and knows it as its own', async () => {
      const credentials = await bindNew(generated);
      const [leaf = ''] = credentials['certificate']?.split(/(?<=-----END CERTIFICATE-----\n)/) ?? [];
      const outcome = await runXssec({
        client: credentials,
        server: credentials,
        validation,
        clientCertificatePem: leaf,
      });
      expect(outcome).toMatchObject({ isInternal: true });
    });

    it('refuses it together with another certificate, or with none', async () => {
      const [credentials, other] = [await bindNew(generated), await bindNew(generated)];
      const input = { client: credentials, server: credentials, validation };
      const stolen = await runXssec({ ...input, clientCertificatePem: other['certificate'] ?? '' });
      expect(stolen.error).toMatch(/^X5tError/);
      expect((await runXssec(input)).error).toMatch(/^MissingClientCertificateError/);
    });

    it('refuses a token that was got with a secret', async () => {
      const instanceId = await identity.createInstance();
      const [secret, certified] = [await identity.bind(instanceId), await identity.bind(instanceId, generated)];
      const outcome = await runXssec({
        client: secret.credentials,
        server: certified.credentials,
        validation,
        clientCertificatePem: certified.credentials['certificate'] ?? '',
      });
      expect(outcome.error).toMatch(/^X5tError/);
    });
  });

  it('calls another application, with a token for it alone or for all that are consumed', async () => {
    const server = await bindNew({}, { 'provided-apis': [{ name: 'read' }] }, 'orders');
    const consumed = { 'consumed-services': [{ 'service-instance-name': 'orders' }] };
    const client = await bindNew(generated, consumed, 'shop');
    const resource = ['urn:sap:identity:application:provider:name:orders'];
    const alone = await runXssec({ client, server, options: { resource, token_format: 'jwt' } });
    expect(alone).toMatchObject({ claims: { aud: server['clientid'] }, consumedApis: ['read'] });
    const { claims } = await runXssec({ client, server });
    expect(claims).toMatchObject({ aud: [client['clientid'], server['clientid']] });
  });

  it('has its proof token checked: the certificate must be that of the sender', async () => {
    const server = await bindNew({}, {}, 'proven');
    const consumed = { 'consumed-services': [{ 'service-instance-name': 'proven' }] };
    const [client, other] = [await bindNew(generated, consumed, 'prover'), await bindNew(generated)];
    const input = { client, server, validation: { proofToken: { enabled: true } } };
    const leafOf = (chain = '') => chain.split(/(?<=-----END CERTIFICATE-----\n)/)[0] ?? '';
    expect(await runXssec({ ...input, clientCertificatePem: leafOf(client['certificate']) })).toHaveProperty('claims');
    const { error } = await runXssec({ ...input, clientCertificatePem: leafOf(other['certificate']) });
    expect(error).toMatch(/^WrongAudienceError.*x-client_cert is no certificate/);
  });

  it('refuses a token of another application', async () => {
    const [client, server] = [await bindNew(), await bindNew()];
    expect((await runXssec({ client, server })).error).toMatch(/^WrongAudienceError/);
  });

  it('refuses a token of another issuer', async () => {
    const other = await startIdentity();
    try {
      const { credentials: server } = await other.bind(await other.createInstance());
      const client = await bindNew();
      // The audience would be right.
      const { error } = await runXssec({ client, server: { ...server, clientid: client['clientid'] } });
      expect(error).toMatch(/^UntrustedIssuerError/);
    } finally {
      await other.close();
    }
  });

  it('refuses a token as one of an untrusted issuer with a binding that was made without trust', async () => {
    const instanceId = await identity.createInstance();
    const { credentials: client } = await identity.bind(instanceId);
    identity.trust.remove();
    const { credentials: server } = await identity.bind(instanceId);
    expect((await runXssec({ client, server })).error).toMatch(/^UntrustedIssuerError/);
  });

  it('refuses it with an older binding as soon as it needs the keys', async () => {
    const credentials = await bindNew();
    identity.trust.remove();
    const { error } = await runXssec({ client: credentials, server: credentials });
    expect(error).toMatch(/^WrongAudienceError.*untrusted issuer: the subaccount does not trust this tenant/);
  });

  it('is refused once the binding is gone', async () => {
    const instanceId = await identity.createInstance();
    const { id, credentials } = await identity.bind(instanceId, generated);
    await identity.broker.unbind({ instanceId, bindingId: id });
    expect((await runXssec({ client: credentials, server: credentials })).error).toMatch(/401/);
  });
});
