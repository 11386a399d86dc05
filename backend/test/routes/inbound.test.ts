import { createHash, type X509Certificate } from 'node:crypto';
import request, { type Response } from 'supertest';
import { parseCertificateRoles, type CertificateRoles } from '../../src/inbound/certificate-roles';
import { createTestAuthority, ExtendedKeyUsage, type TestAuthority } from '../support/test-authority';
import {
  CERTIFICATE_ROUTE,
  createTestBackend,
  PLAIN_ROUTE,
  startTrustedXsuaa,
  strictBinding,
  type TestBackend,
} from '../support/test-backend';
import type { XsuaaDouble } from '../support/xsuaa-double';

const XFCC = 'X-Forwarded-Client-Cert';

describe('the paths that a client certificate alone opens', () => {
  let xsuaa: XsuaaDouble;
  let authority: TestAuthority;
  let certificate: X509Certificate;
  let roles: { current: CertificateRoles; isOutdated: boolean };
  let backend: TestBackend;

  beforeAll(async () => {
    [xsuaa, authority] = await Promise.all([startTrustedXsuaa(), createTestAuthority()]);
    certificate = await authority.issue();
  });
  afterAll(() => xsuaa.stop());
  beforeEach(() => {
    roles = { current: read({ certificates: [entry(certificate, 'inbound.read')] }), isOutdated: false };
    backend = createTestBackend(xsuaa, { certificateRoles: roles });
  });

  it('are answered with who the caller is, and no token is wanted', async () => {
    const { body } = await call('/inbound').expect(200);
    expect(body).toEqual({
      message: 'Inbound call accepted.',
      caller: {
        name: 'customer',
        roles: ['inbound.read'],
        knownBy: 'thumbprint',
        certificate: {
          subject: 'O=Example,CN=client',
          issuer: 'CN=Example CA',
          notBefore: new Date(certificate.validFrom).toISOString(),
          notAfter: new Date(certificate.validTo).toISOString(),
          'x5t#S256': thumbprintOf(certificate),
        },
      },
    });
    await call('/inbound').set('Accept', 'text/plain').expect(200, 'Inbound call accepted. You are customer.\n');
    const page = await call('/inbound').set('Accept', 'text/html').expect(200);
    expect(page.text).toContain(thumbprintOf(certificate));
  });

  it('demand a role each, and the log says what the caller has', async () => {
    const answer = await call('/inbound/orders').expect(403);
    expect(answer.body).toEqual({
      error: 'missing_role',
      error_description: 'The client certificate does not have the role orders.read.',
    });
    expect(await backend.takeLogLine()).toMatchObject({
      error: 'missing_role',
      detail: `customer (${thumbprintOf(certificate)}) has inbound.read, not orders.read`,
    });
  });

  it('take one certificate with several roles, and several certificates with one role', async () => {
    const other = await authority.issue();
    roles.current = read({
      certificates: [entry(certificate, 'inbound.read', 'orders.read'), entry(other, 'orders.read')],
    });
    await call('/inbound').expect(200);
    await call('/inbound/orders').expect(200);
    await call('/inbound', other).expect(403);
    await call('/inbound/orders', other).expect(200);
  });

  it('obey roles that have changed at the next request', async () => {
    await call('/inbound').expect(200);
    roles.current = read({ certificates: [entry(certificate, 'orders.read')] });
    await call('/inbound').expect(403);
    roles.current = read({ certificates: [] });
    await call('/inbound').expect(401);
  });

  it('know a certificate by its names only when the issuer has signed it; the caller does not learn which names there are', async () => {
    const names = {
      name: 'customer',
      roles: ['inbound.read'],
      subject: 'O=Example,CN=client',
      issuer: 'CN=Example CA',
    };
    roles.current = read({ issuers: [authority.pem], certificates: [names] });
    await call('/inbound', await authority.issue()).expect(200);
    await backend.takeLogLine();
    const forged = await (await createTestAuthority()).issue();
    const answer = await call('/inbound', forged).expect(401);
    expectUnknown(answer, forged);
    expect(await backend.takeLogLine()).toMatchObject({
      detail: expect.stringMatching(/^forged: it has the names of customer, but no issuer has signed it/) as string,
    });
  });

  it.each<[string, () => Promise<X509Certificate>, RegExp]>([
    [
      'has expired',
      () => authority.issue({ begin: -10, end: -1 }),
      /^The client certificate is valid from .* and not now/,
    ],
    [
      'is not valid yet',
      () => authority.issue({ begin: 1, end: 2 }),
      /^The client certificate is valid from .* and not now/,
    ],
    [
      'may not authenticate clients',
      () => authority.issue({ purposes: [ExtendedKeyUsage.serverAuth] }),
      /lacks clientAuth/,
    ],
  ])('refuse a certificate that %s, though it is known', async (_name, make, description) => {
    const bad = await make();
    roles.current = read({ certificates: [entry(bad, 'inbound.read')] });
    const answer = await call('/inbound', bad).expect(401);
    expect(answer.body).toMatchObject({ error: 'invalid_certificate' });
    expectChallenge(answer, description);
  });

  it('refuse a certificate that nobody knows, and tell its thumbprint', async () => {
    const stranger = await authority.issue();
    expectUnknown(await call('/inbound', stranger).expect(401), stranger);
  });

  it('say on a certificate route that no certificate reached the app, and what could be the reason', async () => {
    const answer = await send('/inbound').expect(401);
    expect(answer.body).toMatchObject({ error: 'missing_certificate' });
    expectChallenge(answer, /^No client certificate reached this app: .*the platform has dropped it/);
  });

  it('believe no certificate on a plain route', async () => {
    const plain = await send('/inbound').set('Host', PLAIN_ROUTE).expect(401);
    expectChallenge(plain, new RegExp(`call this app on its certificate route ${CERTIFICATE_ROUTE}`));
    const forged = await call('/inbound').set('Host', PLAIN_ROUTE).expect(401);
    expectChallenge(forged, /came on a route where no client certificate can arrive, so it is not believed/);
  });

  it.each([
    ['rubbish', 'AAAA'],
    ['PEM', '-----BEGIN CERTIFICATE-----'],
    ['the form of Envoy', 'Hash=abc;Cert="x"'],
  ])('refuse %s in place of a certificate', async (_name, value) => {
    expectChallenge(await send('/inbound').set(XFCC, value).expect(401), /cannot be read/);
  });

  it('believe only the header that the platform writes', async () => {
    await send('/inbound')
      .set('Client-Cert', `:${certificate.raw.toString('base64')}:`)
      .expect(401);
    backend = createTestBackend(xsuaa, {
      certificateRoles: roles,
      certificateBinding: { ...strictBinding, header: 'client-cert' },
    });
    await send('/inbound')
      .set('Client-Cert', `:${certificate.raw.toString('base64')}:`)
      .expect(200);
    await call('/inbound').expect(401);
  });

  it('look at no token', async () => {
    const authorization = `Bearer ${await xsuaa.issue()}`;
    await send('/inbound').set('Authorization', authorization).expect(401);
    await call('/inbound').set('Authorization', 'Bearer rubbish').expect(200);
    await call('/endpoint').expect(401);
  });

  it('answer other methods with 405 to those who have the role, and with the same as GET to others', async () => {
    const post = () => request(backend.app).post('/inbound').set('Host', CERTIFICATE_ROUTE);
    await post().set(XFCC, certificate.raw.toString('base64')).expect(405).expect('allow', 'GET, HEAD');
    await post().expect(401);
  });

  it('do not exist where nothing says which certificates have which roles', async () => {
    backend = createTestBackend(xsuaa);
    await call('/inbound').expect(401).expect('www-authenticate', 'Bearer');
    await call('/inbound')
      .set('Authorization', `Bearer ${await xsuaa.issue()}`)
      .expect(404);
  });

  it('are no reason for /health to fail when their changed roles cannot be used', async () => {
    await request(backend.app).get('/health').expect(200, { status: 'up' });
    roles.isOutdated = true;
    await request(backend.app).get('/health').expect(200, { status: 'up', certificate_roles: 'outdated' });
  });

  function send(path: string) {
    return request(backend.app).get(path).set('Host', CERTIFICATE_ROUTE);
  }

  function call(path: string, presented: X509Certificate = certificate) {
    return send(path).set(XFCC, presented.raw.toString('base64'));
  }
});

function read(value: object): CertificateRoles {
  const problems: string[] = [];
  const roles = parseCertificateRoles(value, (problem) => problems.push(problem));
  if (roles === undefined) throw new Error(problems.join('\n'));
  return roles;
}

function entry(certificate: X509Certificate, ...roles: string[]): object {
  return { name: 'customer', 'x5t#S256': thumbprintOf(certificate), roles };
}

function thumbprintOf({ raw }: X509Certificate): string {
  return createHash('sha256').update(raw).digest('base64url');
}

function expectUnknown(answer: Response, certificate: X509Certificate): void {
  expect(answer.body).toEqual({
    error: 'invalid_certificate',
    error_description: `The client certificate with the thumbprint ${thumbprintOf(certificate)} is not known here: whoever operates this app can give it roles.`,
  });
}

/** RFC 9110 §11.2: one challenge with parameters in quotes. */
function expectChallenge(answer: Response, description: RegExp): void {
  const { error_description: text } = answer.body as { error_description: string };
  expect(text).toMatch(description);
  expect(answer.headers['www-authenticate']).toMatch(
    /^TLS-Client-Certificate error="[a-z_]+", error_description="[ !#-[\]-~]+"$/,
  );
  expect(answer.headers['www-authenticate']).toContain(`error_description="${text}"`);
}
