import 'reflect-metadata';
import * as x509 from '@peculiar/x509';
import { generateKeyPairSync, webcrypto, X509Certificate, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { CertificateAuthority } from '../src/ca/certificate-authority';
import { intermediateName, rootName } from '../src/ca/subject-names';
import { ClientTrust } from '../src/client-trust';
import { peerCertificate } from '../src/listener';
import {
  issueClient,
  readLandscapeIssuer,
  type TestClientCertificate,
  type TestIssuer,
} from './authorization-server/client-certificates';

const DAY_MS = 86_400_000;
const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/** Over real handshakes: what OpenSSL says of a chain is part of what is tested. */
describe('ClientTrust', () => {
  let folder: string;
  let issuer: TestIssuer;
  let trust: ClientTrust;
  let server: Server;
  let now: number;
  let judge: (socket: TLSSocket) => void;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'client-trust-'));
    const ca = await CertificateAuthority.open({ stateFolder: folder, now: Date.now });
    issuer = readLandscapeIssuer(folder);
    trust = new ClientTrust({ roots: [new X509Certificate(ca.rootPem)], now: () => now });
    const { key, certificate: cert } = await ca.issueServer();
    const tls = { key, cert, ca: ca.rootPem, requestCert: true, rejectUnauthorized: false };
    server = createServer(tls).on('secureConnection', (socket: TLSSocket) => judge(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  beforeEach(() => {
    now = Date.now();
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('finds nothing wrong with a certificate that the root has issued through its intermediate', async () => {
    expect(await findProblem(await issueClient({ issuer }))).toBeUndefined();
  });

  it('finds one that is not valid, by either clock', async () => {
    expect(await findProblem(await issueClient({ issuer, begin: -20, end: -1 }))).toBe('CERT_HAS_EXPIRED');
    expect(await findProblem(await issueClient({ issuer, begin: 1, end: 20 }))).toBe('CERT_NOT_YET_VALID');
    now += 40 * DAY_MS;
    expect(await findProblem(await issueClient({ issuer }))).toBe('CERT_HAS_EXPIRED');
    now -= 80 * DAY_MS;
    expect(await findProblem(await issueClient({ issuer }))).toBe('CERT_NOT_YET_VALID');
  });

  it('finds one that may not authenticate clients', async () => {
    expect(await findProblem(await issueClient({ issuer, purpose: 'server' }))).toBe('INVALID_PURPOSE');
  });

  it('finds one that nobody has issued, until it is trusted by itself', async () => {
    const [own, other] = [await issueClient(), await issueClient()];
    expect(await findProblem(own)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    trust.trust(own.x509);
    expect(await findProblem(own)).toBeUndefined();
    expect(await findProblem(other)).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
  });

  describe('ten days ahead of the machine', () => {
    const early = { begin: 5, end: 30 };
    beforeEach(() => {
      now += 10 * DAY_MS;
    });

    it('finds nothing wrong with a certificate that is valid by its clock alone', async () => {
      expect(await findProblem(await issueClient({ issuer, ...early }))).toBeUndefined();
    });

    it.each([
      ['has signed by itself', () => issueClient(early)],
      ['has issued under the intermediate’s name', async () => impersonate(intermediateName, intermediateName)],
      [
        'has issued under the intermediate’s name and that of the root',
        async () => impersonate(intermediateName, rootName),
      ],
      ['has signed in the intermediate’s name', () => forgeSignature()],
      ['has issued with a certificate of a client', () => issueBelowClient()],
    ])('finds one that somebody %s', async (_who, issue) => {
      expect(await findProblem(await issue())).toBe('CERT_NOT_YET_VALID');
    });

    /** With a key of the kind that the landscape's authorities have: one of another kind is noticed by that alone. */
    async function impersonate(subject: x509.JsonName, above: x509.JsonName): Promise<TestClientCertificate> {
      const { privateKey: key, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      const chain = await certifyAuthority({ subject, issuer: above, publicKey, signer: key });
      return issueClient({ ...early, issuer: { name: subject, key, chain } });
    }

    /** Shows the certificate of the true intermediate behind one that it has not issued. */
    async function forgeSignature(): Promise<TestClientCertificate> {
      const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      return issueClient({ ...early, issuer: { ...issuer, key } });
    }

    /** An honest client's certificate in place of an intermediate's. */
    async function issueBelowClient(): Promise<TestClientCertificate> {
      const client = await issueClient({ issuer });
      const name: x509.JsonName = [{ CN: ['client'] }];
      return issueClient({ ...early, issuer: { name, key: client.privateKey, chain: client.cert } });
    }
  });

  interface AuthorityContent {
    readonly subject: x509.JsonName;
    readonly issuer: x509.JsonName;
    readonly publicKey: KeyObject;
    readonly signer: KeyObject;
  }

  /** PEM of an authority's certificate. */
  async function certifyAuthority({ subject, issuer: above, publicKey, signer }: AuthorityContent): Promise<string> {
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    const pkcs8 = signer.export({ type: 'pkcs8', format: 'der' });
    const certificate = await x509.X509CertificateGenerator.create({
      subject,
      issuer: above,
      publicKey: await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
      signingKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']),
      signingAlgorithm: algorithm,
      extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
    });
    return certificate.toString('pem');
  }

  /** What the server says of a certificate that a client has shown it. */
  async function findProblem({ cert, key }: TestClientCertificate): Promise<string | undefined> {
    const judged = new Promise<string | undefined>((resolve, reject) => {
      judge = (socket) => {
        const certificate = peerCertificate(socket);
        if (certificate === undefined) reject(new Error('No certificate came.'));
        else resolve(trust.findProblem(socket, certificate));
        socket.destroy();
      };
    });
    const { port } = server.address() as AddressInfo;
    const socket = connect({ port, host: '127.0.0.1', cert, key, rejectUnauthorized: false });
    socket.on('error', () => undefined); // the server has seen enough
    try {
      return await judged;
    } finally {
      socket.destroy();
    }
  }
});
