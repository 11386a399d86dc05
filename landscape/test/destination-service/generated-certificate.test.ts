import { X509Certificate } from 'node:crypto';
import { openssl } from './keystores';
import { startDestinationService, type Answer, type RunningDestinationService } from './running-destination-service';

const DAY_MS = 86_400_000;
const path = '/v1/instanceCertificates';

let running: RunningDestinationService;
beforeAll(async () => {
  running = await startDestinationService();
});
afterAll(() => running.close());
afterEach(() => {
  running.clock.offsetMs = 0;
});

interface Validity {
  readonly TimeUnit: string;
  readonly Value: unknown;
}

const generate = (Name: string, Attributes: object, method = 'POST'): Promise<Answer> =>
  running.call({ method, path, body: { Name, Attributes } });
const attributes = (Validity: Validity, more: object = {}): object => ({ CN: 'mycn', Validity, ...more });
const days = (Value: unknown): Validity => ({ TimeUnit: 'DAYS', Value });

async function fetchFile(name: string, token?: string): Promise<string> {
  const answer = await running.call({ path: `${path}/${name}`, ...(token !== undefined && { token }) });
  expect(answer.status).toBe(200);
  return Buffer.from((answer.json as { Content: string }).Content, 'base64').toString();
}

function validityDays(file: string): number {
  const { validTo, validFrom } = new X509Certificate(file);
  return (Date.parse(validTo) - Date.parse(validFrom)) / DAY_MS;
}

describe('a certificate that the service generates', () => {
  it('has key, leaf and chain, the common name and the validity that were asked for', async () => {
    expect(await generate('generated.pem', attributes(days(30)))).toMatchObject({ status: 201, text: '' });
    const file = await fetchFile('generated.pem');
    const leaf = new X509Certificate(file);
    expect(leaf.subject).toContain('CN=mycn');
    expect(validityDays(file)).toBe(30);
    const chain = file.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----\n/g) ?? [];
    expect(
      openssl(['verify', '-CAfile', 'root', '-untrusted', 'intermediate', 'leaf'], {
        root: running.ca.rootPem,
        leaf: chain[0] ?? '',
        intermediate: chain[1] ?? '',
      }).toString(),
    ).toContain('leaf: OK');
    const publicKey = openssl(['pkey', '-in', 'file', '-pubout'], { file }).toString();
    expect(publicKey).toBe(leaf.publicKey.export({ type: 'spki', format: 'pem' }));
  });

  it('may last for months and years', async () => {
    await generate('months.pem', attributes({ TimeUnit: 'MONTHS', Value: 2 }));
    expect(validityDays(await fetchFile('months.pem'))).toBeGreaterThanOrEqual(59);
    await generate('years.pem', attributes({ TimeUnit: 'YEARS', Value: 1 }));
    expect(validityDays(await fetchFile('years.pem'))).toBeGreaterThanOrEqual(365);
  });

  it('has an encrypted key when there is a password, and shows its public part nevertheless', async () => {
    await generate('password.pem', attributes(days(30), { Password: 'geheim' }));
    const file = await fetchFile('password.pem');
    expect(file).toContain('ENCRYPTED PRIVATE KEY');
    expect(openssl(['pkey', '-in', 'file', '-passin', 'pass:geheim', '-pubout'], { file }).toString()).toContain(
      'PUBLIC',
    );
    expect((await running.call({ path: `${path}/password.pem/publicKeys` })).status).toBe(200);
  });

  it('is generated anew by PUT', async () => {
    await generate('anew.pem', attributes(days(30)));
    const before = await fetchFile('anew.pem');
    expect((await generate('anew.pem', attributes(days(10)), 'PUT')).json).toEqual({ Count: 1 });
    const after = await fetchFile('anew.pem');
    expect(validityDays(after)).toBe(10);
    expect(new X509Certificate(after).serialNumber).not.toBe(new X509Certificate(before).serialNumber);
  });

  it.each([
    ['a.pem', { Validity: days(1) }, 'Attributes.CN'],
    ['a.pem', { CN: 'x'.repeat(65), Validity: days(1) }, 'Attributes.CN'],
    ['a.pem', { CN: 'x' }, 'Attributes.Validity'],
    ['a.pem', attributes(days(0)), 'Attributes.Validity.Value'],
    ['a.pem', attributes(days('30')), 'Attributes.Validity.Value'],
    ['a.pem', attributes({ TimeUnit: 'HOURS', Value: 1 }), 'Attributes.Validity.TimeUnit'],
    ['a.pem', attributes(days(1), { CSR: 'QQ==' }), 'Attributes.CSR'],
    ['a.p12', attributes(days(1)), 'generates PEM only'],
    ['a', attributes(days(1)), 'must end in'],
  ])('is refused as %s with %j', async (name, wrong, reason) => {
    const answer = await generate(name, wrong);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(reason);
  });
});

describe('automatic renewal', () => {
  // Lead times as SAP documents them.
  it.each([
    [1, 0.5],
    [10, 1],
    [30, 3],
    [100, 7],
    [365, 30],
  ])('of a certificate for %d days comes %d days before its end', async (validity, lead) => {
    const name = `renew-${validity}.pem`;
    await generate(name, attributes(days(validity), { AutomaticRenew: true }));
    const before = await fetchFile(name);
    const at = async (offsetDays: number): Promise<string> => {
      running.clock.offsetMs = offsetDays * DAY_MS;
      return fetchFile(name, await running.fetchToken(running.credentials));
    };
    expect(await at(validity - lead - 0.1)).toBe(before);
    const after = await at(validity - lead + 0.1);
    expect(after).not.toBe(before);
    expect(validityDays(after)).toBe(validity);
    expect(new X509Certificate(after).subject).toBe(new X509Certificate(before).subject);
  });

  it('does not happen unless it is asked for, nor to what was uploaded', async () => {
    await generate('not-renewed.pem', attributes(days(1)));
    const before = await fetchFile('not-renewed.pem');
    const Content = Buffer.from(before).toString('base64');
    await running.call({ method: 'POST', path, body: { Name: 'uploaded.pem', Content } });
    running.clock.offsetMs = 2 * DAY_MS;
    const token = await running.fetchToken(running.credentials);
    expect(await fetchFile('not-renewed.pem', token)).toBe(before);
    expect(await fetchFile('uploaded.pem', token)).toBe(before);
  });
});
