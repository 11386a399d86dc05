import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { computeThumbprint } from '../../src/pki/certificate';
import { runInProcess, type CliRun } from '../support/run-in-process';
import { useTemporaryFolder } from '../support/temporary-folder';
import { issue, makeChain, pkcs1, type TestCertificate, type TestChain } from '../support/test-chain';
import { useTlsServers } from '../support/tls-server';
import { SECRET, tokenAndApi } from '../support/token-landscape';

const folder = useTemporaryFolder();
const startServer = useTlsServers();
let chain: TestChain;
let own: TestCertificate;
let url: string;

beforeAll(async () => {
  chain = await makeChain();
  own = await issue({ name: 'CN=localhost', issuer: chain.root, use: 'server' });
});
beforeEach(async () => {
  const tls = { key: pkcs1(own.key), cert: own.pem, ca: chain.root.pem, requestCert: true, rejectUnauthorized: false };
  ({ url } = await startServer(tls, tokenAndApi()));
  writeFileSync(join(folder(), 'ca.pem'), chain.root.pem);
});

function token(credentials: Record<string, unknown>, ...args: string[]): Promise<CliRun> {
  writeFileSync(join(folder(), 'key.txt'), JSON.stringify(credentials));
  return runInProcess(['token', 'key.txt', '--ca', 'ca.pem', ...args], { cwd: folder() });
}
const pair = () => ({ certificate: chain.certificate, key: chain.key });

describe('mtls token', () => {
  it.each<readonly [string, () => Record<string, unknown>]>([
    ['XSUAA', () => ({ clientid: 'c', ...pair(), certurl: url, url: 'https://plain.invalid' })],
    ['the Destination Service', () => ({ clientid: 'c', ...pair(), certurl: url, uri: 'https://api.invalid' })],
    [
      'Process Integration Runtime',
      () => ({ oauth: { clientid: 'c', ...pair(), tokenurl: `${url}/oauth/token`, url: 'https://it-rt.invalid' } }),
    ],
    ['a service that nests its client', () => ({ uaa: { clientid: 'c', ...pair(), certurl: url } })],
  ])('shows the claims of a token of %s, and not the token', async (_, credentials) => {
    const { exitCode, out } = await token(credentials());
    expect(exitCode).toBe(0);
    expect(out).toContain('over mutual TLS');
    expect(out).toContain(
      `bound to        certificate ${computeThumbprint(chain.leaf.certificate)}, the one of this key`,
    );
    expect(out).toContain('"cid": "c"');
    expect(out).not.toContain('eyJ');
  });

  it('asks IAS at the path that it has', async () => {
    const { exitCode, out } = await token({ clientid: 'c', ...pair(), url, 'credential-type': 'X509_GENERATED' });
    expect(exitCode).toBe(1);
    expect(out).toMatch(/POST \/oauth2\/token: 401/);
    expect((await token({ clientid: 'c', clientsecret: SECRET, url, app_tid: 't' })).out).toMatch(
      /POST \/oauth2\/token/,
    );
  });

  it('uses the secret where there is one, or on demand', async () => {
    const both = { clientid: 'c', clientsecret: SECRET, url, ...pair(), certurl: 'https://cert.invalid' };
    const { exitCode, out } = await token(both, '--secret');
    expect(exitCode).toBe(0);
    expect(out).toContain('with its secret');
    expect(out).toContain('nothing: whoever has it can use it');
    expect(out).not.toContain(SECRET);
  });

  it('asks for scopes and resources', async () => {
    const key = { clientid: 'c', ...pair(), certurl: url };
    const { out } = await token(key, '--scope', 'a b', '--resource', 'urn:x', '--resource', 'urn:y', '--json');
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      method: 'certificate',
      token: { format: 'jwt', claims: { scope: 'a b', aud: ['urn:x', 'urn:y'] } },
    });
    expect(out).not.toContain('eyJ');
  });

  it('prints the token alone with --raw', async () => {
    const { out } = await token({ clientid: 'c', ...pair(), certurl: url }, '--raw');
    expect(out).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it('names the step that failed', async () => {
    const { exitCode, out } = await token({ clientid: 'c', clientsecret: 'wrong', url });
    expect(exitCode).toBe(1);
    expect(out).toMatch(/FAIL {2}token endpoint {2}answer .*401[^]*error +client-secret-refused/);
    const json = await token({ clientid: 'c', clientsecret: 'wrong', url }, '--json');
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, findings: [{ code: 'client-secret-refused' }] });
  });

  it.each<readonly [string, Record<string, unknown>, readonly string[], RegExp]>([
    [
      'a certificate where there is none',
      { clientid: 'c', clientsecret: 's', url: 'https://x' },
      ['--mtls'],
      /lack "certificate" and "key"/,
    ],
    ['a secret where there is none', { clientid: 'c', url: 'https://x' }, ['--secret'], /lack "clientsecret"/],
  ])('refuses to use %s', async (_, credentials, args, message) => {
    const { exitCode, err } = await token(credentials, ...args);
    expect(exitCode).toBe(1);
    expect(err).toMatch(message);
  });
});
