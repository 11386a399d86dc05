import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, type SecureContextOptions, type TlsOptions } from 'node:tls';
import { readIdentity } from '../../src/pki/keystore';
import { explainFailure } from '../../src/probe/explain-failure';
import { issue, makeChain, pkcs1, type TestCertificate, type TestChain } from '../support/test-chain';
import { useTlsServers } from '../support/tls-server';

/** The rows of the catalogue: what stands in the first column between backquotes, and the code of mtls in the second. */
const rows = readRows('What Node.js and OpenSSL say');
const startServer = useTlsServers();
let chain: TestChain;
let other: TestChain;
let server: TestCertificate;
beforeAll(async () => {
  [chain, other] = await Promise.all([makeChain(), makeChain()]);
  server = await issue({ name: 'CN=localhost', issuer: chain.root, use: 'server' });
});

type Failed = { readonly error: Error & { code?: string }; readonly url: string };

/** Makes each error of the catalogue with Node's own TLS, as a user's program would meet it. */
const makers: Readonly<Record<string, () => Promise<Failed> | Failed>> = {
  ERR_OSSL_PEM_NO_START_LINE: () =>
    context({ cert: chain.certificate.replaceAll('\n', String.raw`\n`), key: chain.key }),
  ERR_OSSL_PEM_BAD_END_LINE: () => context({ cert: chain.certificate.trim().slice(0, -5), key: chain.key }),
  ERR_OSSL_UNSUPPORTED: () => context({ cert: chain.certificate, key: chain.key.replaceAll('\n', String.raw`\n`) }),
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: () => context({ cert: chain.certificate, key: other.key }),
  ERR_OSSL_BAD_DECRYPT: () => {
    const passphrase = 'right';
    const key = createPrivateKey(chain.key).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase });
    return context({ cert: chain.certificate, key, passphrase: 'wrong' });
  },
  ECONNREFUSED: async () => {
    const gone = await startServer({ key: pkcs1(server.key), cert: server.pem });
    gone.server.close();
    return call(gone.url);
  },
  ENOTFOUND: () => call('https://host.invalid/'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: () => callServer({ key: pkcs1(server.key), cert: server.pem }),
  DEPTH_ZERO_SELF_SIGNED_CERT: async () => {
    const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const alone = await issue({ name: 'CN=localhost', use: 'server', key });
    return callServer({ key: alone.key.export({ type: 'pkcs8', format: 'pem' }), cert: alone.pem });
  },
  SELF_SIGNED_CERT_IN_CHAIN: () => callServer({ key: pkcs1(server.key), cert: server.pem + chain.root.pem }),
  CERT_HAS_EXPIRED: async () => {
    const old = await issue({ name: 'CN=localhost', issuer: chain.root, use: 'server', days: 0 });
    return callServer({ key: pkcs1(old.key), cert: old.pem }, { ca: chain.root.pem });
  },
  ERR_TLS_CERT_ALTNAME_INVALID: async () => {
    const foreign = await issue({ name: 'CN=elsewhere', issuer: chain.root, use: 'server', host: 'elsewhere.example' });
    return callServer({ key: pkcs1(foreign.key), cert: foreign.pem }, { ca: chain.root.pem });
  },
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: () =>
    callServer({ ...asking(), rejectUnauthorized: true }, { ca: chain.root.pem }),
  'socket hang up': () =>
    callServer({ ...asking(), rejectUnauthorized: true }, { ca: chain.root.pem, cert: other.leaf.pem, key: other.key }),
  'wrong version number': async () => {
    const plain = createHttpServer((_req, res) => void res.end());
    plain.listen(0, 'localhost');
    await once(plain, 'listening');
    try {
      return await call(`https://localhost:${(plain.address() as AddressInfo).port}/`);
    } finally {
      plain.close();
      plain.closeAllConnections();
    }
  },
};

const asking = (): TlsOptions => ({ key: pkcs1(server.key), cert: server.pem, ca: chain.root.pem, requestCert: true });

describe('the catalogue of what Node.js and OpenSSL say', () => {
  it('has a maker for each of its rows, and a row for each maker', () => {
    expect(rows.map(({ message }) => message).sort()).toEqual(Object.keys(makers).sort());
  });

  it.each(rows)('names $message as $code', async ({ message, code }) => {
    const make = makers[message];
    if (make === undefined) throw new Error(`Nothing makes ${message}.`);
    const { error, url } = await make();
    expect(`${error.code ?? ''} ${error.message}`.replace(/EAI_AGAIN/g, 'ENOTFOUND')).toContain(message);
    const finding = explainFailure(error, {
      url,
      ...(message === 'socket hang up' && { flight: requested, identity: readIdentity(other) }),
    });
    expect([code, 'dns-unavailable']).toContain(finding.code);
    if (finding.code === 'dns-unavailable') expect(message).toBe('ENOTFOUND');
  });
});

const requested = {
  version: 'TLSv1.3',
  certificates: [],
  clientCertificate: 'requested',
  acceptedAuthorities: [],
} as const;

function context(options: SecureContextOptions): Failed {
  try {
    createSecureContext(options);
  } catch (error) {
    return { error: error as Error, url: 'https://host.example/' };
  }
  throw new Error('Node.js accepts it');
}

async function callServer(options: TlsOptions, client: SecureContextOptions = {}): Promise<Failed> {
  const { url } = await startServer(options);
  return call(url, client);
}

async function call(url: string, client: SecureContextOptions = {}): Promise<Failed> {
  const outgoing = request(url, { agent: false, ...client });
  outgoing.end();
  const error = await new Promise<Error>((resolve, reject) => {
    outgoing.once('error', resolve);
    outgoing.once('response', () => reject(new Error('the server answered')));
  });
  return { error, url };
}

function readRows(heading: string): Array<{ message: string; code: string }> {
  const text = readFileSync(join(__dirname, '..', '..', '..', 'docs', 'troubleshooting.md'), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| `([^`]+)`[^|]*\| `([^`]+)`/gm)].map(([, message = '', code = '']) => ({
    message,
    code,
  }));
}
