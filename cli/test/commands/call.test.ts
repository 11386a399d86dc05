import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { computeThumbprint } from '../../src/pki/certificate';
import { runOracle } from '../support/openssl';
import { runInProcess, type CliRun } from '../support/run-in-process';
import { useTemporaryFolder } from '../support/temporary-folder';
import { issue, makeChain, pkcs1, type TestCertificate, type TestChain } from '../support/test-chain';
import { useTlsServers } from '../support/tls-server';
import { SECRET, tokenAndApi } from '../support/token-landscape';

const folder = useTemporaryFolder();
const startServer = useTlsServers();
let chain: TestChain;
let other: TestCertificate;
let own: TestCertificate;
let url: string;

beforeAll(async () => {
  chain = await makeChain();
  other = await issue({ name: 'CN=thief', issuer: chain.intermediate, use: 'client' });
  own = await issue({ name: 'CN=localhost', issuer: chain.root, use: 'server' });
});

beforeEach(async () => {
  const tls = { key: pkcs1(own.key), cert: own.pem, ca: chain.root.pem, requestCert: true, rejectUnauthorized: false };
  ({ url } = await startServer(tls, tokenAndApi()));
  write('ca.pem', chain.root.pem);
  write('key.txt', JSON.stringify({ clientid: 'c', certificate: chain.certificate, key: chain.key, certurl: url }));
  write('cut.pem', chain.root.pem.slice(0, 200));
  write('secret.txt', JSON.stringify({ clientid: 'c', clientsecret: SECRET, url }));
  write('thief.pem', pkcs1(other.key) + other.pem + chain.intermediate.pem);
});

function write(name: string, content: string): void {
  writeFileSync(join(folder(), name), content);
}

const call = (args: readonly string[], options: Parameters<typeof runInProcess>[1] = {}): Promise<CliRun> =>
  runInProcess(['call', ...args, '--ca', 'ca.pem', '--timeout', '5'], { cwd: folder(), ...options });
const callJson = async (args: readonly string[], options: Parameters<typeof runInProcess>[1] = {}) => {
  const { exitCode, out } = await call([...args, '--json'], options);
  const report = JSON.parse(out) as {
    ok: boolean;
    findings: { code: string }[];
    answer?: {
      status: number;
      body: { method: string; headers: Record<string, string>; body: string; thumbprint?: string };
    };
    postmanHosts: string[];
    hops: { party: string; step: string; state: string; text: string }[];
  };
  return { exitCode, ...report, codes: report.findings.map(({ code }) => code) };
};
const token = async (file: string): Promise<string> =>
  (await runInProcess(['token', file, '--ca', 'ca.pem', '--raw'], { cwd: folder() })).out;
const thumbprint = () => computeThumbprint(chain.leaf.certificate);

describe('mtls call', () => {
  it('trusts the authority of a file in DER, as browsers save it', async () => {
    writeFileSync(join(folder(), 'ca.cer'), chain.root.certificate.raw);
    const { out } = await runInProcess(['call', 'thief.pem', `${url}/api`, '--ca', 'ca.cer'], { cwd: folder() });
    expect(out).toMatch(/ok +target +TLS/);
  });

  it('fetches a token with the certificate, sends it along, and prints status and body', async () => {
    const { exitCode, out, err } = await call(['key.txt', `${url}/api`, '--token']);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toMatch(/token endpoint {2}answer .*POST \/oauth\/token: 200 OK/);
    expect(out).toMatch(/target .*client certificate {2}asked for \(of one CA\); shown CN=client/);
    expect(out).toContain(`Postman host  ${new URL(url).host}`);
    expect(out).toContain('\n200 OK\n{"method":"GET"');
    expect(out).toContain(`"thumbprint":"${thumbprint()}"`);
    expect(out).not.toMatch(/eyJ|PRIVATE KEY/);
  });

  it('fetches a token with the secret', async () => {
    const { exitCode, out } = await call(['secret.txt', `${url}/api`, '--token']);
    expect(exitCode).toBe(0);
    expect(out).not.toContain(SECRET);
  });

  it('sends method, headers and body', async () => {
    const { answer } = await callJson([
      'key.txt',
      `${url}/api`,
      '--token',
      '-d',
      '{"a":1}',
      '-H',
      'X-One: 1',
      '-H',
      'accept: text/plain',
    ]);
    expect(answer?.body).toMatchObject({
      method: 'POST',
      body: '{"a":1}',
      headers: { 'x-one': '1', accept: 'text/plain', 'content-type': 'application/json', host: new URL(url).host },
    });
    const put = await callJson(['key.txt', `${url}/api`, '--token', '-X', 'put', '--data', '@-'], { stdin: 'ä' });
    expect(put.answer?.body).toMatchObject({ method: 'PUT', body: 'ä' });
  });

  it('hides the token that the target echoes, unless --raw is given', async () => {
    expect((await call(['key.txt', `${url}/api`, '--token'])).out).toContain('Bearer (token)');
    expect((await call(['key.txt', `${url}/api`, '--token', '--raw'])).out).toContain('Bearer eyJ');
  });

  it('names both hosts for Postman where token endpoint and target are two', async () => {
    const { postmanHosts } = await callJson(['key.txt', 'https://localhost:1/', '--token']);
    expect(postmanHosts).toEqual([new URL(url).host, 'localhost:1']);
    expect((await callJson(['secret.txt', `${url}/api`, '--token'])).postmanHosts).toEqual([]);
  });

  it('names the steps and the Postman host in JSON', async () => {
    const { ok, hops, postmanHosts } = await callJson(['key.txt', `${url}/api`, '--token']);
    expect(ok).toBe(true);
    expect(postmanHosts).toEqual([new URL(url).host]);
    expect(hops.filter(({ party }) => party === 'target').map(({ step }) => step)).toEqual([
      'DNS',
      'TCP',
      'TLS',
      'client certificate',
      'answer',
    ]);
  });

  it('shows the certificate of a PKCS#12 keystore', async () => {
    const keystore = join(folder(), 'client.p12');
    const args = ['pkcs12', '-export', '-in', join(folder(), 'thief.pem'), '-out', keystore, '-passout', 'pass:secret'];
    if (runOracle('openssl', args) === undefined) return;
    const { hops } = await callJson(['client.p12', `${url}/api`, '--password-env', 'PASSWORD'], {
      env: { PASSWORD: 'secret' },
    });
    expect(hops.find(({ step }) => step === 'client certificate')?.text).toContain('shown CN=thief');
  });

  it('says that a token is wanted', async () => {
    const { exitCode, codes, answer } = await callJson(['key.txt', `${url}/api`]);
    expect({ exitCode, status: answer?.status, code: codes[0] }).toEqual({
      exitCode: 1,
      status: 401,
      code: 'token-required',
    });
  });

  describe('with a token that is there already', () => {
    it.each([
      ['a file', ['--bearer-file', 'token.txt'], {}],
      ['standard input', ['--bearer-file', '-'], {}],
      ['an environment variable', ['--bearer-env', 'TOKEN'], {}],
    ])('sends the one of %s, with the certificate that it is bound to', async (_, args) => {
      const value = await token('key.txt');
      write('token.txt', `${value}\n`);
      const { exitCode, answer } = await callJson(['key.txt', `${url}/api`, ...args], {
        stdin: value,
        env: { TOKEN: value },
      });
      expect({ exitCode, status: answer?.status }).toEqual({ exitCode: 0, status: 200 });
    });

    it('explains why a stolen one is refused', async () => {
      write('token.txt', await token('key.txt'));
      const replay = async (args: readonly string[]) =>
        (await callJson([...args, '--bearer-file', 'token.txt'])).codes[0];
      expect(await replay(['thief.pem', `${url}/api`])).toBe('token-certificate-other');
      expect(await replay([`${url}/api`])).toBe('token-certificate-missing');
      expect(await replay(['key.txt', `${url}/api`, '--no-certificate'])).toBe('token-certificate-missing');
    });

    it('takes "Bearer …" and the answer of a token endpoint for it', async () => {
      const value = await token('key.txt');
      for (const text of [`Authorization: Bearer ${value}`, `{"access_token": "${value}", "expires_in": 5}`])
        expect((await callJson(['key.txt', `${url}/api`, '--bearer-file', '-'], { stdin: text })).answer?.status).toBe(
          200,
        );
    });
  });

  it.each<readonly [string, readonly string[], string]>([
    ['a key that does not fit', ['broken.txt', 'URL/api'], 'key-mismatch'],
    [
      'a key without secret, at an address that takes none',
      ['key.txt', 'URL/api', '--token', '--token-url', 'URL/other'],
      'client-refused',
    ],
    ['a closed port', ['key.txt', 'https://localhost:1/'], 'tcp-refused'],
    ['a wrong secret', ['wrong.txt', 'URL/api', '--token'], 'client-secret-refused'],
  ])('reports %s as a finding', async (_, args, code) => {
    write(
      'broken.txt',
      JSON.stringify({ clientid: 'c', certificate: chain.certificate, key: pkcs1(other.key), certurl: url }),
    );
    write('wrong.txt', JSON.stringify({ clientid: 'c', clientsecret: 'other', url }));
    const { exitCode, codes } = await callJson(args.map((arg) => arg.replace('URL', url)));
    expect({ exitCode, code: codes[0] }).toEqual({ exitCode: 1, code });
  });

  it('names wrong order although it sends the certificates in the right one', async () => {
    const shuffled = chain.root.pem + chain.intermediate.pem + chain.leaf.pem;
    write('shuffled.txt', JSON.stringify({ clientid: 'c', certificate: shuffled, key: chain.key, certurl: url }));
    const { answer, codes } = await callJson(['shuffled.txt', `${url}/api`, '--token']);
    expect(answer?.status).toBe(200);
    expect(codes).toEqual(['client-certificate-order']);
  });

  it.each<readonly [string, readonly string[], RegExp]>([
    [
      'a token over plain http',
      ['key.txt', 'http://api.example/', '--token'],
      /plain http to api\.example[^]*https address/,
    ],
    [
      'a token over plain http, also to another computer with the override',
      ['key.txt', 'http://api.example/', '--token', '--allow-http-localhost'],
      /plain http/,
    ],
    [
      'a token over plain http to this computer',
      ['key.txt', 'http://localhost:1/', '--token'],
      /--allow-http-localhost/,
    ],
    [
      'a secret over plain http',
      ['secret.txt', 'https://localhost:1/', '--token', '--token-url', 'http://localhost:1/t'],
      /The client secret would go over plain http/,
    ],
    [
      'a token on the command line',
      ['key.txt', 'https://x/', '-H', 'authorization: Bearer x'],
      /every user of this computer can read/,
    ],
    ['a header that is none', ['key.txt', 'https://x/', '-H', 'nonsense'], /"Name: value"/],
    ['user and password in the address', ['https://u:p@x/'], /holds a user or password/],
    ['an address that is none', ['key.txt', 'localhost:5000'], /no address/],
    ['two tokens', ['key.txt', 'https://x/', '--token', '--bearer-env', 'TOKEN'], /two tokens/],
    ['a file that is no token', ['key.txt', 'https://x/', '--bearer-file', 'ca.pem'], /more than a token/],
    ['an empty variable', ['key.txt', 'https://x/', '--bearer-env', 'EMPTY'], /holds no token/],
    ['a token without a key', ['https://x/', '--token'], /needs a key/],
    ['a keystore for a token', ['thief.pem', 'https://x/', '--token'], /names neither client nor token endpoint/],
    ['two ways to authenticate', ['key.txt', 'https://x/', '--token', '--secret', '--mtls'], /--secret or --mtls/],
    ['a third argument', ['key.txt', 'https://x/', 'y'], /more than a key and an address/],
    [
      'a CA file without a certificate',
      ['key.txt', 'https://x/', '--ca', 'key.txt'],
      /no certificate that can be read/,
    ],
    ['a CA file that is none', ['key.txt', 'https://x/', '--ca', 'cut.pem'], /cut\.pem is no list .* is missing/],
  ])('refuses %s, before any call', async (_, args, message) => {
    const { exitCode, err, out } = await call(args, { env: { TOKEN: 'abc', EMPTY: '' } });
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toMatch(message);
  });

  it('shows no control characters of an answer', async () => {
    const tls = { key: pkcs1(own.key), cert: own.pem };
    const painted = await startServer(tls, (_req, res) => void res.end('a\u001b[31mb\nc'));
    expect((await call([painted.url])).out).toContain('\na[31mb\nc');
    const binary = await startServer(tls, (_req, res) => void res.end(Buffer.from([0xff, 0xfe, 0x00])));
    expect((await call([binary.url])).out).toContain('(3 bytes)');
  });
});
