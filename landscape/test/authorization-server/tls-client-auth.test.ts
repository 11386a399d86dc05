import { Agent } from 'node:https';
import { formatSubject } from '../../src/authorization-server/distinguished-name';
import type { JournalEntry } from '../../src/journal';
import {
  issueClient,
  makeForeignIssuer,
  readLandscapeIssuer,
  type CertificateRequest,
  type TestClientCertificate,
} from './client-certificates';
import {
  basic,
  claimsOf,
  expectRefusal,
  startAuthorizationServer,
  type RunningAuthorizationServer,
} from './running-authorization-server';

jest.setTimeout(30_000);

const DAY_MS = 86_400_000;
const subject = [{ C: ['DE'] }, { O: ['Example'] }, { CN: ['client'] }];
const subjectDn = 'CN=client,O=Example,C=DE';

let server: RunningAuthorizationServer;
let certificate: TestClientCertificate;
let client_id: string;
beforeAll(async () => {
  jest.spyOn(console, 'warn').mockReturnValue();
  server = await startAuthorizationServer();
  certificate = await issue();
  ({ client_id } = await register({ tls_client_auth_subject_dn: subjectDn }));
});
afterAll(() => server.close());
afterEach(() => {
  server.clock.offsetMs = 0;
});

const issue = (request: CertificateRequest = {}) =>
  issueClient({ subject, issuer: readLandscapeIssuer(server.stateFolder), ...request });
const register = (metadata: object) =>
  server.register({
    token_endpoint_auth_method: 'tls_client_auth',
    tls_client_certificate_bound_access_tokens: true,
    ...metadata,
  });
const expectInvalidClient = async (answer: Promise<Awaited<ReturnType<typeof server.fetchToken>>>, why: RegExp) =>
  expectRefusal(await answer, 401, 'invalid_client', why);

describe('tls_client_auth (RFC 8705 §2.1)', () => {
  it('gives a token that is bound to the certificate of the handshake (R-1, R-13, R-19)', async () => {
    const answer = await server.fetchToken(client_id, { certificate });
    const fingerprint = certificate.x509.fingerprint256.replaceAll(':', '');
    expect(claimsOf(answer)['cnf']).toEqual({ 'x5t#S256': Buffer.from(fingerprint, 'hex').toString('base64url') });
    expect(certificate.thumbprint).toMatch(/^[\w-]{43}$/);
    await server.expectNote(`${client_id}, authenticated by tls_client_auth; the token is bound to`);
  });

  it('takes the certificates that the landscape issues for bindings', async () => {
    const request = { commonName: 'b2f4', locality: 'mtlsxsuaa!t1', keyLength: 2048, validityDays: 7 };
    const { certificate: cert, key, leaf } = await server.ca.issueClient(request);
    const client = await register({ tls_client_auth_subject_dn: formatSubject(leaf) });
    expect((await server.fetchToken(client.client_id, { certificate: { cert, key } })).status).toBe(200);
  });

  it.each<readonly [string, string, CertificateRequest, CertificateRequest]>([
    ['tls_client_auth_subject_dn', 'cn=CLIENT , o=Example , c=DE', {}, { subject: subject.slice(1) }],
    [
      'tls_client_auth_san_dns',
      'client.example.com',
      { names: [{ type: 'dns', value: 'client.example.com' }] },
      { names: [{ type: 'dns', value: 'other.example.com' }] },
    ],
    [
      'tls_client_auth_san_uri',
      'spiffe://example.com/client',
      { names: [{ type: 'url', value: 'spiffe://example.com/client' }] },
      { names: [{ type: 'url', value: 'spiffe://example.com/other' }] },
    ],
    [
      'tls_client_auth_san_ip',
      '2001:db8:0:0:0:0:0:1',
      { names: [{ type: 'ip', value: '2001:db8::1' }] },
      { names: [{ type: 'ip', value: '2001:db8::2' }] },
    ],
    [
      'tls_client_auth_san_email',
      'client@example.com',
      { names: [{ type: 'email', value: 'client@example.com' }] },
      { names: [{ type: 'email', value: 'other@example.com' }] },
    ],
  ])('compares %s with the certificate (R-7, R-8)', async (name, value, right, wrong) => {
    const client = await register({ [name]: value });
    expect((await server.fetchToken(client.client_id, { certificate: await issue(right) })).status).toBe(200);
    await expectInvalidClient(
      server.fetchToken(client.client_id, { certificate: await issue(wrong) }),
      /has not the subject value that the client is registered with; its subject is "CN=client,O=Example/,
    );
  });

  it('takes a new certificate of the same subject without any change (R-9)', async () => {
    const renewed = await issue();
    expect(renewed.thumbprint).not.toBe(certificate.thumbprint);
    for (const each of [certificate, renewed])
      expect(claimsOf(await server.fetchToken(client_id, { certificate: each }))).toMatchObject({
        cnf: { 'x5t#S256': each.thumbprint },
      });
  });

  it('refuses the right id with another certificate, and another id with the right one (R-3)', async () => {
    const otherCertificate = await issue({ subject: [{ CN: ['other'] }] });
    const other = await register({ tls_client_auth_subject_dn: 'CN=other' });
    await expectInvalidClient(
      server.fetchToken(client_id, { certificate: otherCertificate }),
      /has not the subject value that .* its subject is "CN=other"/,
    );
    await expectInvalidClient(server.fetchToken(other.client_id, { certificate }), /has not the subject value/);
    await expectInvalidClient(server.fetchToken('nobody', { certificate }), /there is no such client/);
    expect((await server.fetchToken(other.client_id, { certificate: otherCertificate })).status).toBe(200);
  });

  it('refuses a request without a certificate and says where one is asked for (R-4, R-18)', async () => {
    const { certificateUrl } = server.addresses;
    await expectInvalidClient(
      server.fetchToken(client_id, { url: certificateUrl }),
      /^Client authentication failed: no client certificate was presented$/,
    );
    await expectInvalidClient(
      server.fetchToken(client_id, { url: server.addresses.issuer, certificate }),
      new RegExp(`this port asks for no certificate; use ${certificateUrl}/oauth2/token \\(mtls_endpoint_aliases\\)$`),
    );
    await server.expectNote('Client authentication failed: no client certificate was presented');
  });

  it('demands client_id (R-2)', async () => {
    const answer = await server.call({ form: { grant_type: 'client_credentials' }, certificate });
    expectRefusal(answer, 400, 'invalid_request', /client_id is missing; it is required with a client certificate/);
  });

  it('refuses a chain to another authority, though all names are right (R-5, R-33)', async () => {
    const foreign = await issue({ issuer: await makeForeignIssuer() });
    expect(foreign.x509.issuer).toBe(certificate.x509.issuer);
    await expectInvalidClient(
      server.fetchToken(client_id, { certificate: foreign }),
      /the client certificate is not trusted \(\w+\)/,
    );
  });

  it('refuses a self-signed certificate of the right subject and names the method for it', async () => {
    await expectInvalidClient(
      server.fetchToken(client_id, { certificate: await issueClient({ subject }) }),
      /not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\); .* registers for self_signed_tls_client_auth/,
    );
  });

  it('refuses a certificate that comes without its intermediate, and says what to send (R-5)', async () => {
    const { x509, key } = certificate;
    await expectInvalidClient(
      server.fetchToken(client_id, { certificate: { cert: x509.toString(), key } }),
      /UNABLE_TO_VERIFY_LEAF_SIGNATURE\); send the certificate followed by its intermediate/,
    );
  });

  it('refuses a certificate that may not authenticate clients (R-5)', async () => {
    await expectInvalidClient(
      server.fetchToken(client_id, { certificate: await issue({ purpose: 'server' }) }),
      /not trusted \(INVALID_PURPOSE\)/,
    );
  });

  it('refuses an expired certificate, by the clock of the machine and by that of the landscape', async () => {
    const expired = await issue({ begin: -20, end: -1 });
    await expectInvalidClient(server.fetchToken(client_id, { certificate: expired }), /certificate expired on/);
    server.clock.offsetMs = 31 * DAY_MS;
    await expectInvalidClient(server.fetchToken(client_id, { certificate }), /the client certificate expired on/);
  });

  it('refuses a certificate that is not valid yet', async () => {
    const early = await issue({ begin: 2, end: 30 });
    await expectInvalidClient(server.fetchToken(client_id, { certificate: early }), /is not valid before/);
  });

  it('refuses a secret beside or instead of the certificate (R-42)', async () => {
    const headers = basic(client_id, 'secret');
    const why = /the client is registered for tls_client_auth and must authenticate by that alone/;
    await expectInvalidClient(server.fetchToken(client_id, { certificate, headers }), why);
    await expectInvalidClient(server.fetchToken(client_id, { certificate, form: { client_secret: 'secret' } }), why);
    await expectInvalidClient(server.fetchToken(client_id, { headers }), why);
  });

  it('never believes a header', async () => {
    const headers = {
      'x-forwarded-client-cert': certificate.x509.raw.toString('base64'),
      'x-ssl-client-verify': 'SUCCESS',
      'client-cert': `:${certificate.x509.raw.toString('base64')}:`,
    };
    for (const url of Object.values(server.addresses))
      expect((await server.fetchToken(client_id, { url, headers })).status).toBe(401);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'knows the certificate on a resumed session, too (%s)',
    async (maxVersion) => {
      const agent = new Agent({ keepAlive: false, maxCachedSessions: 10 });
      const foreign = await issueClient({ subject });
      server.journal.clear();
      for (let count = 0; count < 3; count += 1) {
        const answer = await server.fetchToken(client_id, { certificate, agent, maxVersion });
        expect(claimsOf(answer)).toMatchObject({ cnf: { 'x5t#S256': certificate.thumbprint } });
        const refused = await server.fetchToken(client_id, { certificate: foreign, agent, maxVersion });
        expect(refused.status).toBe(401);
      }
      const isResumed = (entry: JournalEntry) => entry.kind === 'handshake' && entry.resumed;
      expect(server.journal.entries('authorization-server').some(isResumed)).toBe(true);
      agent.destroy();
    },
  );
});
