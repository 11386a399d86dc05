import { X509Certificate } from 'node:crypto';
import type { BackendAccess } from '../../src/access';
import { planReplay, type PlannedStep, type ReplayPlanOptions } from '../../src/replay/plan';
import { readClientCertificate, type ClientCertificate } from '../../src/tokens/client-certificate';
import { TestCa, type Issued } from '../support/test-ca';

let own: Issued;
let ownCertificate: ClientCertificate;
let sibling: ClientCertificate;
let stranger: ClientCertificate;

beforeAll(async () => {
  const [ca, otherCa] = await Promise.all([TestCa.create(), TestCa.create('Other')]);
  const issued = await Promise.all([ca.issueClient(), ca.issueClient(), otherCa.issueClient()]);
  [own] = issued;
  [ownCertificate, sibling, stranger] = issued.map((one) =>
    readClientCertificate({ certificate: one.chain, key: one.key }),
  ) as [ClientCertificate, ClientCertificate, ClientCertificate]; // as many as were issued
});

function plan({
  bound = true,
  url = 'https://backend.cert.example/base/',
  ...change
}: Partial<ReplayPlanOptions> & {
  readonly bound?: boolean;
  readonly url?: string;
  readonly certificate?: ClientCertificate | undefined;
} = {}): Readonly<Record<string, PlannedStep>> {
  const { certificate = ownCertificate, ...options } = change;
  const access: BackendAccess = {
    url: new URL(url),
    token: { value: 'opaque', claims: bound ? { cnf: { 'x5t#S256': own.thumbprint } } : {} },
    certificate: 'certificate' in change ? change.certificate : certificate,
    issuer: { party: 'xsuaa', keysPath: '/token_keys' },
  };
  const steps = planReplay(access, {
    path: '/endpoint',
    addressFrom: 'BACKEND_URL',
    plainUrl: new URL('https://backend.example'),
    certificates: [sibling],
    appName: 'frontendmtls',
    ...options,
  });
  return Object.fromEntries(steps.map((step) => [step.id, step]));
}

const kinds = (steps: Readonly<Record<string, PlannedStep>>) => Object.values(steps).map((step) => step.plan.kind);

describe('the plan for a bound token', () => {
  it('expects acceptance with its certificate alone', () => {
    const steps = Object.values(plan());
    expect(steps.map(({ id, expected }) => [id, expected])).toEqual([
      ['own-certificate', 'accepted'],
      ['no-certificate', 'refused'],
      ['other-certificate', 'refused'],
      ['forged-header', 'refused'],
    ]);
  });

  it('shows its certificate, none and another one on the certificate route', () => {
    const { 'own-certificate': first, 'no-certificate': second, 'other-certificate': third } = plan();
    const url = new URL('https://backend.cert.example/base/endpoint');
    expect(first?.plan).toEqual({ kind: 'call', url, certificate: ownCertificate });
    expect(second?.plan).toEqual({ kind: 'call', url });
    expect(third?.plan).toEqual({ kind: 'call', url, certificate: sibling });
  });

  it('writes the DER of its certificate, as one line of base64, into the header on the plain route', () => {
    const step = plan()['forged-header'];
    expect(step?.plan).toEqual({
      kind: 'call',
      url: new URL('https://backend.example/endpoint'),
      headers: { 'x-forwarded-client-cert': own.x509.raw.toString('base64') },
    });
    expect(new X509Certificate(own.leaf).raw.equals(own.x509.raw)).toBe(true);
  });

  it('takes for the other certificate one of the same issuer before any other, and never its own', () => {
    const certificates = [ownCertificate, stranger, sibling];
    const step = plan({ certificates })['other-certificate'];
    expect(step?.plan).toMatchObject({ certificate: sibling });
    expect(step?.story).toContain('of the same authority');
  });

  it('takes one of another issuer where there is no better one, and says so', () => {
    const step = plan({ certificates: [ownCertificate, stranger] })['other-certificate'];
    expect(step?.plan).toMatchObject({ certificate: stranger });
    expect(step?.story).not.toContain('of the same authority');
  });

  it('leaves the other certificate to a command where this app has no second one', () => {
    const step = plan({ certificates: [ownCertificate] })['other-certificate'];
    expect(step?.plan).toMatchObject({ kind: 'omitted' });
    expect(JSON.stringify(step?.plan)).toContain('https://backend.cert.example/base/endpoint');
  });

  it('leaves the forged header out where no plain route is known, and names the setting', () => {
    const step = plan({ plainUrl: undefined })['forged-header'];
    expect(step?.plan).toMatchObject({
      kind: 'omitted',
      remedy: 'Name it: `cf set-env frontendmtls BACKEND_PLAIN_URL https://…`, `cf restart frontendmtls`.',
    });
  });

  it('leaves out every handshake where the address of the backend is plain http', () => {
    const steps = plan({ url: 'http://localhost:5001' });
    expect(kinds(steps)).toEqual(['omitted', 'omitted', 'omitted', 'call']);
    expect(steps['no-certificate']?.plan).toMatchObject({
      remedy: 'Correct BACKEND_URL: it must be that of a certificate route.',
    });
  });

  it('leaves out what takes its certificate where this app does not have it', () => {
    expect(kinds(plan({ certificate: undefined }))).toEqual(['omitted', 'call', 'call', 'omitted']);
  });
});

describe('the plan for a token that is bound to nothing', () => {
  it('expects that anybody can use it, and forges nothing', () => {
    const steps = plan({ bound: false, certificate: undefined });
    expect(Object.values(steps).map(({ expected }) => expected)).toEqual(Array(4).fill('accepted'));
    expect(kinds(steps)).toEqual(['omitted', 'call', 'call', 'omitted']);
  });
});
