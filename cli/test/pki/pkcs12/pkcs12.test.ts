import { createPrivateKey, generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { isPkcs12, readPkcs12 } from '../../../src/pki/pkcs12/read';
import { writePkcs12, type Pkcs12Request } from '../../../src/pki/pkcs12/write';
import { failureOf } from '../../support/failure-of';
import { itWith, runOracle } from '../../support/openssl';
import { useTemporaryFolder } from '../../support/temporary-folder';
import { issue, makeChain, type TestCertificate, type TestChain } from '../../support/test-chain';

const folder = useTemporaryFolder();
const path = (name: string): string => join(folder(), name);
const openssl = (...args: string[]): string => runOracle('openssl', args) ?? '';
const PASSWORD = 'correct horse';
const ALIAS = 'mtls client';

let chain: TestChain;
let ecLeaf: TestCertificate;
beforeAll(async () => {
  chain = await makeChain();
  ecLeaf = await issue({ name: 'CN=an EC client' });
});

const pkcs8 = (key: KeyObject): Buffer => key.export({ type: 'pkcs8', format: 'der' });
const rsa = (): Pick<Pkcs12Request, 'key' | 'certificates'> => ({
  key: chain.leaf.key,
  certificates: [chain.leaf.certificate, chain.intermediate.certificate, chain.root.certificate],
});
const ec = (): Pick<Pkcs12Request, 'key' | 'certificates'> => ({
  key: ecLeaf.key,
  certificates: [ecLeaf.certificate],
});
const write = (
  algorithms: Pkcs12Request['algorithms'],
  { key, certificates }: Pick<Pkcs12Request, 'key' | 'certificates'> = rsa(),
): Buffer => writePkcs12({ key, certificates, password: PASSWORD, alias: ALIAS, algorithms });

const kinds = [
  ['modern', 'RSA', rsa],
  ['modern', 'EC', ec],
  ['legacy', 'RSA', rsa],
  ['legacy', 'EC', ec],
] as const;

describe('writePkcs12', () => {
  it.each(kinds)('writes %s keystores of %s keys that it reads again, byte for byte', (algorithms, _, make) => {
    const { key, certificates } = make();
    const found = readPkcs12(write(algorithms, make()), PASSWORD);
    expect(found.keys.map((der) => pkcs8(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })))).toEqual([
      pkcs8(key),
    ]);
    expect(found.certificates).toEqual(certificates.map(({ raw }) => raw));
    expect(found).toMatchObject({ alias: ALIAS, legacy: algorithms === 'legacy' });
  });

  itWith('openssl', ['version']).each(kinds)(
    'writes %s keystores of %s keys that openssl reads',
    (algorithms, _, make) => {
      const { key, certificates } = make();
      writeFileSync(path('k.p12'), write(algorithms, make()));
      const pem = openssl('pkcs12', '-in', path('k.p12'), '-passin', `pass:${PASSWORD}`, '-nodes');
      expect(pkcs8(createPrivateKey(pem))).toEqual(pkcs8(key));
      const blocks = pem.match(/-----BEGIN CERTIFICATE[^]+?-----END CERTIFICATE-----/g) ?? [];
      expect(blocks.map((block) => new X509Certificate(block).raw)).toEqual(certificates.map(({ raw }) => raw));
      expect(pem).toContain(`friendlyName: ${ALIAS}`);
      expect(() => openssl('pkcs12', '-in', path('k.p12'), '-passin', 'pass:wrong', '-nodes')).toThrow(
        'invalid password',
      );
    },
  );

  itWith('keytool', ['-help']).each([kinds[0], kinds[3]])(
    'writes %s keystores of %s keys that keytool reads',
    (algorithms, _, make) => {
      writeFileSync(path('k.p12'), write(algorithms, make()));
      const listed = runOracle('keytool', [
        '-list',
        '-v',
        '-storetype',
        'PKCS12',
        '-keystore',
        path('k.p12'),
        '-storepass',
        PASSWORD,
      ]);
      expect(listed).toContain(`Alias name: ${ALIAS}`);
      expect(listed).toContain('PrivateKeyEntry');
      expect(listed).toContain(`Certificate chain length: ${make().certificates.length}`);
    },
  );

  it.each(kinds)('writes %s keystores of %s keys that Node offers in a handshake', (algorithms, _, make) => {
    expect(() => createSecureContext({ pfx: write(algorithms, make()), passphrase: PASSWORD })).not.toThrow();
  });
});

describe('readPkcs12', () => {
  const forms: ReadonlyArray<readonly [string, readonly string[]]> = [
    ['as it does today', []],
    ['-legacy, with RC2 and 3DES', ['-legacy']],
    ['-legacy, with 128 bits of RC2', ['-legacy', '-certpbe', 'PBE-SHA1-RC2-128', '-keypbe', 'PBE-SHA1-RC2-128']],
    ['with 3DES for both', ['-certpbe', 'PBE-SHA1-3DES', '-keypbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
    ['with two keys of 3DES', ['-certpbe', 'PBE-SHA1-2DES', '-keypbe', 'PBE-SHA1-2DES']],
    ['with AES-128 and SHA-512', ['-certpbe', 'AES-128-CBC', '-keypbe', 'AES-192-CBC', '-macalg', 'sha512']],
    ['without encryption of the certificates', ['-certpbe', 'NONE']],
    ['without any encryption', ['-certpbe', 'NONE', '-keypbe', 'NONE']],
    ['without MAC', ['-nomac']],
    ['with many rounds', ['-iter', '300000']],
  ];

  itWith('openssl', ['version']).each(forms)('reads what openssl writes %s', (_, options) => {
    writeFileSync(path('key.pem'), chain.key);
    writeFileSync(path('chain.pem'), chain.certificate);
    openssl(
      'pkcs12',
      '-export',
      '-inkey',
      path('key.pem'),
      '-in',
      path('chain.pem'),
      '-out',
      path('k.p12'),
      '-passout',
      `pass:${PASSWORD}`,
      '-name',
      ALIAS,
      ...options,
    );
    const bytes = readFileSync(path('k.p12'));
    expect(isPkcs12(bytes)).toBe(true);
    const found = readPkcs12(bytes, PASSWORD);
    expect(found.keys.map((der) => pkcs8(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })))).toEqual([
      pkcs8(chain.leaf.key),
    ]);
    expect(new Set(found.certificates.map((der) => new X509Certificate(der).fingerprint256))).toEqual(
      new Set([chain.leaf, chain.intermediate, chain.root].map(({ certificate }) => certificate.fingerprint256)),
    );
    expect(found.alias).toBe(ALIAS);
    expect(found.legacy).toBe(options.some((option) => /legacy|DES|RC2/.test(option)));
  });

  itWith('openssl', ['version']).each(['', 'pässwörd €', 'x'.repeat(200)])(
    'reads what openssl writes with the password "%s"',
    (password) => {
      writeFileSync(path('pair.pem'), chain.key + chain.certificate);
      writeFileSync(path('password'), password);
      for (const options of [[], ['-legacy']]) {
        openssl(
          'pkcs12',
          '-export',
          '-in',
          path('pair.pem'),
          '-out',
          path('k.p12'),
          '-passout',
          `file:${path('password')}`,
          ...(password === '' ? ['-passout', 'pass:'] : []),
          ...options,
        );
        expect(readPkcs12(readFileSync(path('k.p12')), password).certificates).toHaveLength(3);
      }
    },
  );

  itWith('keytool', ['-help'])('reads what keytool writes', () => {
    const store = path('k.p12');
    runOracle('keytool', [
      '-genkeypair',
      '-alias',
      'a',
      '-keyalg',
      'RSA',
      '-keysize',
      '2048',
      '-dname',
      'CN=java',
      '-storetype',
      'PKCS12',
      '-keystore',
      store,
      '-storepass',
      PASSWORD,
    ]);
    expect(existsSync(store)).toBe(true);
    const found = readPkcs12(readFileSync(store), PASSWORD);
    expect(found).toMatchObject({ alias: 'a', legacy: false });
    expect(new X509Certificate(found.certificates[0] ?? '').subject).toBe('CN=java');
    expect(found.keys).toHaveLength(1);
  });

  it.each(['modern', 'legacy'] as const)('refuses a wrong password of a %s keystore', (algorithms) => {
    for (const wrong of ['', 'wrong', `${PASSWORD} `])
      expect(failureOf(() => readPkcs12(write(algorithms), wrong))).toMatchObject({ code: 'password-wrong' });
  });

  it('refuses a keystore that was cut off anywhere, by name', () => {
    const whole = write('modern', ec());
    for (let length = 0; length < whole.length; length += 41)
      expect(failureOf(() => readPkcs12(whole.subarray(0, length), PASSWORD)).code).toBe('keystore-damaged');
  });

  it('refuses a keystore in which one byte changed, by name, or reads the same', () => {
    const { keys, certificates } = readPkcs12(write('legacy', ec()), PASSWORD);
    const whole = write('legacy', ec());
    for (let index = 0; index < whole.length; index += 19) {
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(index) ^ 0x01, index);
      try {
        const found = readPkcs12(changed, PASSWORD);
        expect([found.keys, found.certificates]).toEqual([keys, certificates]);
      } catch (error) {
        expect(error).toMatchObject({
          name: 'Failure',
          code: expect.stringMatching(/keystore-|password-wrong|encryption-/) as string,
        });
      }
    }
  });

  itWith('openssl', ['version'])('refuses more rounds of key derivation than anybody needs', () => {
    writeFileSync(path('pair.pem'), chain.key + chain.certificate);
    openssl(
      'pkcs12',
      '-export',
      '-in',
      path('pair.pem'),
      '-out',
      path('k.p12'),
      '-passout',
      'pass:x',
      '-iter',
      '5000000',
      '-nomac',
    );
    const started = process.cpuUsage();
    expect(failureOf(() => readPkcs12(readFileSync(path('k.p12')), 'x')).code).toBe('encryption-too-costly');
    expect(process.cpuUsage(started).user).toBeLessThan(1_500_000);
  });

  it('tells a keystore from other DER', () => {
    expect(isPkcs12(write('modern'))).toBe(true);
    expect(isPkcs12(chain.leaf.certificate.raw)).toBe(false);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    expect(isPkcs12(pkcs8(privateKey))).toBe(false);
    expect(isPkcs12(Buffer.alloc(0))).toBe(false);
  });
});
