import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import {
  createForeignIssuer,
  issueCertificate,
  thumbprintOf,
  type ClientIdentity,
} from '../support/client-certificates';
import { root, run } from '../support/running-landscape';

const PASSWORD = 'correct horse';
const peers = join(root, 'test', 'peers');

/** What `mtls cert bundle --for` writes, in the programs that it is for. */
describe('keystores of mtls cert bundle', () => {
  let folder: string;
  let server: Server;
  let target: string;
  let client: ClientIdentity;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mtls-keystores-'));
    const issuer = await createForeignIssuer('CN=Keystore Test CA');
    client = await issueCertificate(issuer);
    const own = await issueCertificate(issuer, { subject: 'CN=localhost', purpose: 'serverAuth' });
    writeFileSync(join(folder, 'ca.pem'), issuer.chain);
    writeFileSync(join(folder, 'client.pem'), client.key + client.certificate, { mode: 0o600 });
    server = createServer(
      { key: own.key, cert: own.certificate, ca: issuer.chain, requestCert: true, rejectUnauthorized: true },
      (request, response) => {
        const raw = (request.socket as TLSSocket).getPeerX509Certificate();
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ thumbprint: thumbprintOf(raw?.toString() ?? '') }));
      },
    );
    server.listen(0, 'localhost');
    await once(server, 'listening');
    target = `https://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['one PEM file', 'pem.pem', ['--name', 'pem']],
    ['one PEM file with an encrypted key', 'encrypted.pem', ['--name', 'encrypted', '--encrypt-key']],
    ['PKCS#12', 'modern.p12', ['--name', 'modern', '--format', 'p12']],
    ['PKCS#12 with 3DES', 'legacy.p12', ['--name', 'legacy', '--format', 'p12', '--legacy']],
  ])('the SAP Cloud SDK shows the certificate of %s', async (_, file, options) => {
    const bundled = await run(
      process.execPath,
      [
        join(root, 'cli', 'bin', 'mtls.js'),
        ...['cert', 'bundle', 'client.pem', '--for', 'cloud-sdk', '--new-password-env', 'NEW_PASSWORD', ...options],
      ],
      { cwd: folder, env: { ...process.env, NEW_PASSWORD: PASSWORD } },
    );
    expect(bundled).toMatchObject({ code: 0, stderr: '' });
    const { code, stdout, stderr } = await run(process.execPath, [join(peers, 'clients', 'cloud-sdk-keystore.js')], {
      cwd: peers,
      env: {
        ...process.env,
        NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
        TARGET: target,
        KEYSTORE: join(folder, 'certificate', file),
        KEYSTORE_PASSWORD: PASSWORD,
      },
    });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({
      thumbprint: thumbprintOf(client.certificate),
    });
  });
});
