import { writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../src/failure';
import { writePkcs12 } from '../../src/pki/pkcs12/write';
import { findBindings, readCredentials, type Credential } from '../../src/pki/read-credential';
import { cfEnvOutput, cfServiceKeyOutput, service, xsuaaCredentials } from '../support/credentials';
import { failureOf } from '../support/failure-of';
import { itWith, runOracle } from '../support/openssl';
import { useTemporaryFolder } from '../support/temporary-folder';
import { makeChain, type TestChain } from '../support/test-chain';

const folder = useTemporaryFolder();
let chain: TestChain;
let other: TestChain;
beforeAll(async () => {
  [chain, other] = await Promise.all([makeChain(), makeChain()]);
});

const PASSWORD = 'geheim';
const read = (content: string | Buffer, password?: string): Promise<readonly Credential[]> =>
  readCredentials({ bytes: Buffer.from(content), name: 'input.txt' }, { askPassword: async () => password });
const failure = async (content: string | Buffer, password?: string): Promise<Failure> => {
  try {
    await read(content, password);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};
const rawOf = ({ certificates }: Credential): Buffer[] => certificates.map(({ raw }) => raw);
const pkcs8Of = ({ keys }: Credential): Buffer[] => keys.map(({ key }) => key.export({ type: 'pkcs8', format: 'der' }));
const expected = (one = chain): { certificates: Buffer[]; keys: Buffer[] } => ({
  certificates: [one.leaf, one.intermediate, one.root].map(({ certificate }) => certificate.raw),
  keys: [one.leaf.key.export({ type: 'pkcs8', format: 'der' })],
});
const whole = (credential: Credential | undefined): unknown =>
  credential && { certificates: rawOf(credential), keys: pkcs8Of(credential) };

describe('readCredentials', () => {
  it('reads PEM and says how it was encoded', async () => {
    const [credential] = await read(chain.key + chain.certificate);
    expect(whole(credential)).toEqual(expected());
    expect(credential).toMatchObject({ name: 'input.txt', format: 'PEM', repairs: [], ignored: [] });
    expect(credential?.keys[0]?.encoding).toBe('PKCS#1');
  });

  it('reads UTF-16, as PowerShell writes it', async () => {
    const utf16 = Buffer.from(`\uFEFF${(chain.key + chain.certificate).replaceAll('\n', '\r\n')}`, 'utf16le');
    expect(whole((await read(utf16))[0])).toEqual(expected());
  });

  it('reads a file of Windows-1252 with its typographic dashes', async () => {
    const text = (chain.key + chain.certificate).replaceAll('-----', '\u0097\u0096');
    expect(whole((await read(Buffer.from(text, 'latin1')))[0])).toEqual(expected());
  });

  it.each(['modern', 'legacy'] as const)('reads a %s PKCS#12 keystore', async (algorithms) => {
    const { leaf, intermediate, root } = chain;
    const certificates = [leaf.certificate, intermediate.certificate, root.certificate] as const;
    const p12 = writePkcs12({ key: leaf.key, certificates, password: PASSWORD, alias: 'me', algorithms });
    const [credential] = await read(p12, PASSWORD);
    expect(whole(credential)).toEqual(expected());
    expect(credential).toMatchObject({
      format: 'PKCS#12',
      keystore: { alias: 'me', legacy: algorithms === 'legacy' },
    });
    expect(await read(p12.toString('base64'), PASSWORD)).toHaveLength(1);
    expect(await failure(p12)).toMatchObject({ code: 'password-missing' });
    expect(await failure(p12, 'wrong')).toMatchObject({ code: 'password-wrong' });
  });

  it('reads DER: a certificate, and keys in each encoding', async () => {
    expect(rawOf((await read(chain.leaf.certificate.raw))[0] as Credential)).toEqual([chain.leaf.certificate.raw]);
    const { key } = chain.leaf;
    const ec = chain.root.key;
    for (const [der, encoding, of] of [
      [key.export({ type: 'pkcs1', format: 'der' }), 'PKCS#1', key],
      [key.export({ type: 'pkcs8', format: 'der' }), 'PKCS#8', key],
      [ec.export({ type: 'sec1', format: 'der' }), 'SEC1', ec],
      [
        key.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: PASSWORD }),
        'PKCS#8, encrypted',
        key,
      ],
    ] as const) {
      const [credential] = await read(der, PASSWORD);
      expect(credential?.keys.map((one) => one.encoding)).toEqual([encoding]);
      expect(credential?.keys[0]?.key.equals(of)).toBe(true);
    }
  });

  it('reads base64 without BEGIN and END: of DER, as a router passes it on, and of PEM, as a service stores it', async () => {
    const { raw } = chain.leaf.certificate;
    expect(rawOf((await read(raw.toString('base64')))[0] as Credential)).toEqual([raw]);
    const stored = Buffer.from(chain.key + chain.certificate).toString('base64');
    expect(whole((await read(`"${stored}"\n`))[0])).toEqual(expected());
  });

  it('reads service keys: plain, nested, with headings, and each binding of an environment', async () => {
    const { key, certificate } = chain;
    for (const text of [
      JSON.stringify(xsuaaCredentials(chain)),
      JSON.stringify({
        oauth: { clientid: 'c', key, certificate, tokenurl: 'https://t/oauth/token', url: 'https://u' },
      }),
      cfServiceKeyOutput('mtlsXsuaa', xsuaaCredentials(chain)),
    ]) {
      const found = await read(text);
      expect(found.map((one) => whole(one))).toEqual([expected()]);
      expect(found[0]).toMatchObject({ format: 'service key' });
    }
    const environment = cfEnvOutput({
      xsuaa: [service('xsuaa', 'one', xsuaaCredentials(chain))],
      identity: [service('identity', 'two', xsuaaCredentials(other))],
      destination: [service('destination', 'three', { clientid: 'c', clientsecret: 's', uri: 'https://d' })],
    });
    const both = await read(environment);
    expect(both.map(({ name }) => name)).toEqual(['input.txt, one', 'input.txt, two']);
    expect(both.map((one) => whole(one))).toEqual([expected(chain), expected(other)]);
  });

  it('takes the blocks of a JSON text that is none any more', async () => {
    const broken = JSON.stringify({ key: chain.key, certificate: chain.certificate }).replace('{"', '{“').slice(0, -1);
    expect(whole((await read(broken))[0])).toEqual(expected());
  });

  it.each(['30', '3082', '308201'])('refuses by name what ends within its first length (%s)', async (hex) => {
    const reading = readCredentials({ bytes: Buffer.from(hex, 'hex'), name: 'file' }, { askPassword: async () => '' });
    await expect(reading).rejects.toBeInstanceOf(Failure);
  });

  it('looks for no JSON in binary files, whatever bytes they have', () => {
    const { leaf } = chain;
    const request = { key: leaf.key, certificates: [leaf.certificate], password: PASSWORD, alias: 'a' } as const;
    for (const binary of [writePkcs12({ ...request, algorithms: 'legacy' }), leaf.certificate.raw])
      expect(findBindings(Buffer.concat([binary, Buffer.from('\n{"a":\n')]).toString())).toEqual([]);
    expect(failureOf(() => findBindings('\n{"a":\n'))).toMatchObject({ code: 'json-damaged' });
  });

  it('keeps what is neither certificate nor key apart', async () => {
    const parameters = '-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n';
    const ec = chain.root.key.export({ type: 'sec1', format: 'pem' }).toString();
    expect((await read(parameters + ec))[0]).toMatchObject({
      ignored: ['EC PARAMETERS'],
      keys: [{ encoding: 'SEC1' }],
    });
  });

  itWith('keytool', ['-help']).each(['JKS', 'JCEKS'])('recognises %s and says how to convert it', async (type) => {
    const store = join(folder(), 'store.jks');
    runOracle('keytool', [
      '-genkeypair',
      '-alias',
      'a',
      '-keyalg',
      'RSA',
      '-dname',
      'CN=java',
      '-storetype',
      type,
      '-keystore',
      store,
      '-storepass',
      PASSWORD,
      '-keypass',
      PASSWORD,
    ]);
    const found = await failure(readFileSync(store));
    expect(found).toMatchObject({ code: 'keystore-java', message: expect.stringContaining(type) as string });
    const command = found.remedy.replace('Convert it: keytool ', '').replaceAll('input', join(folder(), 'input'));
    writeFileSync(join(folder(), 'input.txt'), readFileSync(store));
    runOracle('keytool', [...command.split(' '), '-srcstorepass', PASSWORD, '-deststorepass', PASSWORD]);
    expect(await read(readFileSync(join(folder(), 'input.p12')), PASSWORD)).toMatchObject([{ format: 'PKCS#12' }]);
  });

  it.each<readonly [string, () => string | Buffer]>([
    ['input-empty', () => ''],
    ['credential-unrecognised', () => 'hello'],
    ['credential-unrecognised', () => '{"a":1}'],
    ['credential-unrecognised', () => Buffer.from([0x30, 0x82, 0x01])],
    ['credential-unrecognised', () => Buffer.alloc(1000, 0xc3)],
    ['credential-unrecognised', () => '0123'],
    ['der-damaged', () => chain.leaf.certificate.raw.subarray(0, 200)],
    ['pem-damaged', () => chain.certificate.slice(0, 500)],
    ['certificate-missing', () => JSON.stringify({ clientid: 'c', clientsecret: 's' })],
    ['certificate-missing', () => '-----BEGIN PKCS7-----\nMAA=\n-----END PKCS7-----\n'],
    ['certificate-unreadable', () => '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n'],
    ['key-encrypted', () => '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n'],
    ['keystore-java', () => Buffer.from('feedfeed00000002', 'hex')],
  ])('refuses with %s', async (code, content) => {
    expect(await failure(content())).toMatchObject({ code });
  });
});
