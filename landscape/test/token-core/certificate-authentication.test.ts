import { X509Certificate } from 'node:crypto';
import { Agent } from 'node:https';
import type { JournalEntry } from '../../src/journal';
import { claimsOf } from '../xsuaa/running-xsuaa';
import { basic, expectNote, expectRefusal, grant_type, startClient, type RunningClient } from './running-client';
import { createTestAuthority, DAY_MS, issueTestCertificate } from './test-certificates';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

let running: RunningClient;
let client_id: string;
let client_secret: string;
beforeAll(async () => {
  running = await startClient();
  ({ client_id, client_secret } = running);
});
afterAll(() => running.xsuaa.close());
afterEach(() => {
  running.xsuaa.clock.offsetMs = 0;
});

describe('with a certificate', () => {
  it('gives a token that is bound to it', async () => {
    running.xsuaa.journal.clear();
    const answer = await running.callMtls();
    const thumbprint = new X509Certificate(running.tls.cert).fingerprint256.replaceAll(':', '');
    expect(claimsOf(answer)['cnf']).toEqual({ 'x5t#S256': Buffer.from(thumbprint, 'hex').toString('base64url') });
    await expectNote(running.xsuaa, `${client_id}, authenticated by certificate`);
  });

  it('gives a bound token on a resumed TLS session, too', async () => {
    const agent = new Agent({ keepAlive: false, maxCachedSessions: 10 });
    running.xsuaa.journal.clear();
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const)
      for (let count = 0; count < 3; count += 1)
        expect(claimsOf(await running.callMtls({ agent, maxVersion }))).toHaveProperty('cnf');
    const isResumed = (entry: JournalEntry) => entry.kind === 'handshake' && entry.resumed;
    expect(running.xsuaa.journal.entries('xsuaa').filter(isResumed).length).toBeGreaterThan(0);
    agent.destroy();
  });

  it('counts at the certificate URL only, and the refusal says so', async () => {
    const answer = await running.callPlain({
      body: { grant_type, client_id },
      cert: running.tls.cert,
      key: running.tls.key,
    });
    expectRefusal(answer, 401, 'invalid_client', /counts at the certificate URL only \(certurl/);
    expect(answer.json['error_description']).toContain(`https://localhost:${running.xsuaa.portBase + 445}`);
  });

  it('counts at the plain URL when x-zid comes with it, as xssec sends it', async () => {
    const headers = { 'x-zid': '5b1d2c6e-0a53-4a6b-9d7e-3f8c1e2a7b40' };
    const answer = await running.callPlain({
      body: { grant_type, client_id },
      headers,
      cert: running.tls.cert,
      key: running.tls.key,
    });
    expect(claimsOf(answer)).toHaveProperty('cnf');
    expectRefusal(
      await running.callPlain({ body: { grant_type, client_id }, headers }),
      401,
      'invalid_client',
      /neither a client secret nor a client certificate came with the request$/,
    );
  });

  it('refuses a request without one', async () => {
    const body = { grant_type, client_id };
    const answer = await running.xsuaa.call({ port: 'xsuaaCertificate', body });
    expectRefusal(answer, 401, 'invalid_client', 'Client authentication failed: no client certificate was presented');
  });

  it('demands client_id', async () => {
    expectRefusal(
      await running.callMtls({ body: { grant_type } }),
      401,
      'invalid_client',
      /client_id is missing.*RFC 8705/,
    );
  });

  it('refuses a client that does not exist', async () => {
    const answer = await running.callMtls({ body: { grant_type, client_id: 'sb-nobody!t1' } });
    expectRefusal(answer, 401, 'invalid_client', 'Client with requested ID does not exist');
  });

  it("refuses another client's", async () => {
    const other = await running.xsuaa.createInstance({ xsappname: 'other' });
    expectRefusal(
      await running.callMtls(await running.bindCertificate(other)),
      401,
      'invalid_client',
      /belongs to another client/,
    );
    const answer = await running.callMtls({ body: { grant_type, client_id: 'sb-other!t1' } });
    expectRefusal(answer, 401, 'invalid_client', /belongs to another client/);
  });

  it('refuses one whose binding is gone', async () => {
    const binding = await running.bindCertificate();
    expect((await running.callMtls(binding)).status).toBe(200);
    await running.xsuaa.broker.unbind({ instanceId: running.instanceId, bindingId: binding.id });
    expectRefusal(
      await running.callMtls(binding),
      401,
      'invalid_client',
      /was revoked: its binding or service key has been deleted/,
    );
  });

  it('refuses one whose binding is gone on a connection that was open before', async () => {
    const binding = await running.bindCertificate();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect((await running.callMtls({ ...binding, agent })).status).toBe(200);
    await running.xsuaa.broker.unbind({ instanceId: running.instanceId, bindingId: binding.id });
    expectRefusal(await running.callMtls({ ...binding, agent }), 401, 'invalid_client', /was revoked/);
    agent.destroy();
  });

  it('refuses one that has expired by the clock of the landscape', async () => {
    running.xsuaa.clock.offsetMs = 8 * DAY_MS;
    expectRefusal(await running.callMtls(), 401, 'invalid_client', /the client certificate expired on .*; bind again/);
  });

  it('refuses one that has expired by the clock of the machine', async () => {
    running.xsuaa.clock.offsetMs = -8 * DAY_MS;
    const binding = await running.bindCertificate();
    expectRefusal(await running.callMtls(binding), 401, 'invalid_client', /the client certificate expired on/);
  });

  it('refuses one of an authority that it does not trust', async () => {
    const { certificate, key } = await issueTestCertificate(await createTestAuthority('Foreign CA'));
    const answer = await running.callMtls({ cert: certificate, key });
    expectRefusal(answer, 401, 'invalid_client', /is not trusted \(UNABLE_TO_\w+\); send the certificate followed by/);
  });

  it('refuses one that comes without its intermediate, and says what to send', async () => {
    const leaf = new X509Certificate(running.tls.cert).toString();
    expectRefusal(
      await running.callMtls({ cert: leaf }),
      401,
      'invalid_client',
      /send the certificate followed by its intermediate/,
    );
  });

  it('refuses one that the landscape issued to nobody', async () => {
    const { certificate, key } = await running.xsuaa.ca.issueClient({
      commonName: 'x',
      locality: 'mtlsxsuaa!t1',
      keyLength: 2048,
      validityDays: 7,
    });
    expectRefusal(
      await running.callMtls({ cert: certificate, key }),
      401,
      'invalid_client',
      /is not registered for this client/,
    );
  });

  it('refuses one that may not authenticate clients', async () => {
    const { certificate, key } = await issueTestCertificate(await createTestAuthority('CA'), { profile: 'server' });
    await running.xsuaa.bind(running.instanceId, { 'credential-type': 'x509', x509: { certificate } });
    expectRefusal(
      await running.callMtls({ cert: certificate, key }),
      401,
      'invalid_client',
      /extended key usage lacks clientAuth/,
    );
  });

  it('refuses a secret beside it', async () => {
    const answer = await running.callMtls({ body: { grant_type, client_id, client_secret } });
    expectRefusal(answer, 400, 'invalid_request', /by certificate and by secret: leave the client secret out/);
    const headers = { authorization: basic(client_id, client_secret) };
    expect((await running.callMtls({ headers })).status).toBe(400);
  });

  it('takes an empty client_secret as omitted, but an empty password in a Basic header as wrong', async () => {
    expect((await running.callMtls({ body: { grant_type, client_id, client_secret: '' } })).status).toBe(200);
    const headers = { authorization: basic(client_id, '') };
    expectRefusal(await running.callMtls({ headers }), 401, 'invalid_client', 'Bad credentials');
  });
});
