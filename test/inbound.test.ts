import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServiceKey, readJournal, readRoot, succeed } from './support/bindings';
import {
  createForeignIssuer,
  issueCertificate,
  openLandscapeIssuer,
  thumbprintOf,
  type ClientIdentity,
} from './support/client-certificates';
import { call, until, type Answer } from './support/http';
import { root, run, startLandscape, type RunningLandscape } from './support/running-landscape';
import { fetchToken } from './support/token-request';

const START_LIMIT_MS = 90_000;
const NEITHER = 'Neither client certificate nor Authorization header found';
const UNKNOWN =
  'The client certificate is not configured in a service key of a Process Integration Runtime service instance.';

/** The member `oauth` of a service key. */
interface SenderKey extends ClientIdentity {
  readonly clientid: string;
  readonly url: string;
  readonly tokenurl: string;
}

let landscape: RunningLandscape;
let ca: string;
let folder: string;

beforeAll(async () => {
  landscape = await startLandscape();
  ca = await readRoot(landscape);
  folder = mkdtempSync(join(tmpdir(), 'inbound-'));
}, START_LIMIT_MS);
afterAll(async () => {
  await landscape?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}, START_LIMIT_MS);

/** S4-1 to S4-13, S4-C10, S4-C15, S4-C21, S4-C29: the flows of Cloud Integration. */
describe('inbound client certificates of Cloud Integration', () => {
  const customers = ['a', 'b', 'c'] as const;
  let keys: Readonly<Record<(typeof customers)[number], SenderKey>>;

  beforeAll(async () => {
    const [a, b, c] = [await createCustomer('a'), await createCustomer('b'), await createCustomer('c')];
    keys = { a, b, c };
  }, START_LIMIT_MS);

  it('let each of three customers call its own flow and no other: nine calls, three allowed', async () => {
    expect(await callAll()).toEqual([200, 403, 403, 403, 200, 403, 403, 403, 200]);
  });

  it('name the role that is missing', async () => {
    const answer = await present(keys.a, '/http/b');
    expect(JSON.parse(answer.text)).toEqual({
      error: 'forbidden',
      error_description: 'Forbidden: the flow /http/b demands the user role b.send, which the sender does not have',
    });
  });

  it('need no token, and let a token that was fetched with them do the same', async () => {
    const token = await fetchToken(
      { ...keys.a, certurl: new URL(keys.a.tokenurl).origin },
      { ca, path: new URL(keys.a.tokenurl).pathname },
    );
    const headers = { authorization: `Bearer ${token}` };
    const statuses = await Promise.all(
      customers.map(async (flow) => (await call(`${keys.a.url}/http/${flow}`, { headers, tls: { ca } })).status),
    );
    expect(statuses).toEqual([200, 403, 403]);
  });

  it('end with their service key at once, and no other ends with it', async () => {
    await succeed(landscape.cf('delete-service-key', 'customer-b', 'sender', '-f'));
    expect(await callAll()).toEqual([200, 403, 403, 401, 401, 401, 403, 403, 200]);
    expect(JSON.parse((await present(keys.b, '/http/b')).text)).toMatchObject({ error_description: UNKNOWN });
    expect(await newestNote()).toBe('its service key was deleted');
  });

  it.each<[string, () => Promise<ClientIdentity>, object, { note: string; code: string }]>([
    [
      'of an authority that the load balancer does not trust is dropped',
      async () => issueCertificate(await createForeignIssuer()),
      { error_description: NEITHER },
      {
        note: "the load balancer dropped the client's certificate: SELF_SIGNED_CERT_IN_CHAIN",
        code: 'client-certificate-unknown-ca',
      },
    ],
    [
      'that has expired is dropped',
      async () => issueCertificate(await openLandscapeIssuer(landscape), { begin: -20, end: -1 }),
      { error_description: NEITHER },
      {
        note: "the load balancer dropped the client's certificate: CERT_HAS_EXPIRED",
        code: 'client-certificate-expired',
      },
    ],
    [
      'that may not authenticate clients is dropped',
      async () => issueCertificate(await openLandscapeIssuer(landscape), { purpose: 'serverAuth' }),
      { error_description: NEITHER },
      {
        note: "the load balancer dropped the client's certificate: INVALID_PURPOSE",
        code: 'client-certificate-usage',
      },
    ],
    [
      'that is in no service key is refused',
      async () => issueCertificate(await openLandscapeIssuer(landscape)),
      { error: 'invalid_client', error_description: UNKNOWN },
      { note: 'it is in no service key', code: 'client-certificate-unknown' },
    ],
  ])('say 401 when one %s; the journal and mtls call say why', async (_name, make, refusal, { note, code }) => {
    const client = await make();
    const answer = await present(client, '/http/a');
    expect(answer.status).toBe(401);
    expect(JSON.parse(answer.text)).toMatchObject(refusal);
    expect(await newestNote()).toBe(note);
    expect(await diagnose(client, '/http/a')).toEqual([code]);
  });

  it('say 403 for one without the role; the journal says which it has, and mtls call which it lacks', async () => {
    expect((await present(keys.c, '/http/a')).status).toBe(403);
    expect(await newestNote()).toBe(`${keys.c.clientid}, authenticated by certificate, has c.send, not a.send`);
    expect(await diagnose(keys.c, '/http/a')).toEqual(['role-missing']);
  });

  it('are answered with 500 on a trial tenant', async () => {
    await succeed(landscape.control('integration', 'trial', 'on'));
    expect((await present(keys.a, '/http/a')).status).toBe(500);
    await succeed(landscape.control('integration', 'trial', 'off'));
    expect((await present(keys.a, '/http/a')).status).toBe(200);
  });

  /** A flow, a role and a certificate for it. */
  async function createCustomer(name: string): Promise<SenderKey> {
    const roles = JSON.stringify({ roles: [`${name}.send`] });
    await succeed(landscape.control('integration', 'deploy', `/http/${name}`, '--role', `${name}.send`));
    await succeed(landscape.cf('create-service', 'it-rt', 'integration-flow', `customer-${name}`, '-c', roles));
    const parameters = { 'key-type': 'certificate', validity: 365 };
    const { oauth } = await createServiceKey(landscape, { instance: `customer-${name}`, name: 'sender', parameters });
    return oauth as SenderKey; // the tests assert on what it opens
  }

  function present(client: ClientIdentity, path: string): Promise<Answer> {
    return callWith(client, `${landscape.url('cloudIntegration')}${path}`);
  }

  /** The codes of what `mtls call` finds. */
  async function diagnose({ certificate, key }: ClientIdentity, path: string): Promise<string[]> {
    const keystore = join(folder, 'keystore.pem');
    writeFileSync(keystore, `${key}\n${certificate}`, { mode: 0o600 });
    const program = join(root, 'cli', 'dist', 'main.js');
    const argv = [program, 'call', keystore, `${landscape.url('cloudIntegration')}${path}`, '--json'];
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: join(landscape.home, 'ca', 'root.pem') };
    const { code, stdout } = await run(process.execPath, argv, { env });
    expect(code).toBe(1);
    return (JSON.parse(stdout) as { findings: { code: string }[] }).findings.map((finding) => finding.code);
  }

  /** The statuses of the calls of a, b and c, each to the flows a, b and c. */
  async function callAll(): Promise<number[]> {
    const calls = customers.flatMap((sender) => customers.map((flow) => present(keys[sender], `/http/${flow}`)));
    return (await Promise.all(calls)).map(({ status }) => status);
  }

  async function newestNote(): Promise<string | undefined> {
    const entries = await readJournal(landscape);
    return entries.findLast(({ kind, service }) => kind === 'request' && service === 'cloud-integration')?.note;
  }
});

/** S4-12, S4-C3, S4-C4, S4-C16, S4-C22, A29, A30: the same for an app of one's own. */
describe('/inbound of the backend', () => {
  let file: string;
  let customer: ClientIdentity;
  let other: ClientIdentity;
  let intermediate: string;

  beforeAll(async () => {
    file = join(folder, 'certificate-roles.json');
    const issuer = await openLandscapeIssuer(landscape);
    intermediate = /^[^]*?-----END CERTIFICATE-----\n/.exec(issuer.chain)?.[0] ?? '';
    [customer, other] = await Promise.all([
      issueCertificate(issuer),
      issueCertificate(issuer, { subject: 'CN=other' }),
    ]);
    writeRoles([byThumbprint(customer, 'inbound.read'), byThumbprint(other, 'inbound.read', 'orders.read')]);
    await succeed(landscape.cf('set-env', 'backendmtls', 'CERTIFICATE_ROLES_FILE', file));
    await succeed(landscape.cf('set-env', 'backendmtls', 'RELOAD_CHECK_SECONDS', '1'));
    await succeed(landscape.cf('restart', 'backendmtls'));
  }, START_LIMIT_MS);

  it('takes a certificate in place of a token, and demands a role on each path', async () => {
    const answer = await inbound(customer);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({
      caller: { name: 'customer', certificate: { 'x5t#S256': thumbprintOf(customer.certificate) } },
    });
    const refused = await inbound(customer, '/inbound/orders');
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('does not have the role orders.read');
    expect([(await inbound(other)).status, (await inbound(other, '/inbound/orders')).status]).toEqual([200, 200]);
  });

  it('obeys a changed list without a restart: an entry that is removed ends access, and no other', async () => {
    writeRoles([byThumbprint(other, 'inbound.read')]);
    const refused = await until(
      'the list is obeyed',
      () => inbound(customer),
      ({ status }) => status === 401,
    );
    expect(JSON.parse(refused.text)).toMatchObject({ error: 'invalid_certificate' });
    expect((await inbound(other)).status).toBe(200);
    expect((await inbound(other, '/inbound/orders')).status).toBe(403);
  });

  it('knows a certificate by names only when the listed issuer has signed it', async () => {
    const { subject, issuer } = new X509Certificate(customer.certificate);
    const names = { subject: rfc4514(subject), issuer: rfc4514(issuer) };
    writeRoles([{ name: 'customer', roles: ['inbound.read'], ...names }], [intermediate]);
    await until(
      'the list is obeyed',
      () => inbound(customer),
      ({ status }) => status === 200,
    );
    const renewed = await issueCertificate(await openLandscapeIssuer(landscape));
    expect((await inbound(renewed)).status).toBe(200);
    // The landscape's router drops what its CA has not issued; in the cloud that is not for the app to rely on.
    const forger = await createForeignIssuer((await openLandscapeIssuer(landscape)).name);
    expect(await inbound(await issueCertificate(forger))).toMatchObject({ status: 401 });
  });

  it('says that no certificate reached it, and on the plain route that none can', async () => {
    const none = await call(`${landscape.url('certificate')}/inbound`, { tls: { ca } });
    expect(none.status).toBe(401);
    expect(none.text).toContain('No client certificate reached this app');
    const line = Buffer.from(new X509Certificate(customer.certificate).raw).toString('base64');
    const plain = await call(`${landscape.url('backend')}/inbound`, { headers: { 'x-forwarded-client-cert': line } });
    expect(plain.status).toBe(401);
    expect(plain.text).toContain('call this app on its certificate route backendmtls-');
  });

  function inbound(client: ClientIdentity, path = '/inbound'): Promise<Answer> {
    return callWith(client, `${landscape.url('certificate')}${path}`);
  }

  function writeRoles(certificates: readonly object[], issuers: readonly string[] = []): void {
    writeFileSync(file, JSON.stringify({ issuers, certificates }));
  }
});

function callWith({ certificate, key }: ClientIdentity, url: string): Promise<Answer> {
  return call(url, { tls: { ca, cert: certificate, key } });
}

function byThumbprint({ certificate }: ClientIdentity, ...roles: string[]): object {
  return { name: 'customer', 'x5t#S256': thumbprintOf(certificate), roles };
}

function rfc4514(name: string): string {
  return name.split('\n').toReversed().join(',');
}
