import { generateKeyPairSync } from 'node:crypto';
import { findPublicChain } from '../../src/pki/public-chain';
import { isCertificateBlock, readCertificate } from '../../src/pki/certificate';
import { readPemBlocks } from '../../src/pki/pem';
import { isPrivateKeyBlock, readPrivateKey } from '../../src/pki/private-key';
import { failureOf } from '../support/failure-of';
import { issue, makeChain, type TestCertificate, type TestChain } from '../support/test-chain';

let chain: TestChain;
let other: TestCertificate;
beforeAll(async () => {
  chain = await makeChain();
  other = await issue({ name: 'CN=other' });
});

const read = (pem: string): string[] => {
  const blocks = readPemBlocks(pem, 'file');
  const certificates = blocks.filter(isCertificateBlock).map((block) => readCertificate(block, 'certificate'));
  const keys = blocks.filter(isPrivateKeyBlock).map((block) => ({ ...readPrivateKey(block), encoding: 'PKCS#8' }));
  return findPublicChain({ name: 'file', certificates, keys }).map(({ subject }) => subject.split('\n').at(-1) ?? '');
};
const names = ['CN=client', 'CN=Test Client CA', 'CN=Test Root CA'];

describe('findPublicChain', () => {
  it('reads a chain in whatever order, with or without the private key', () => {
    const { leaf, intermediate, root } = chain;
    expect(read(chain.certificate)).toEqual(names);
    expect(read(root.pem + leaf.pem + intermediate.pem + leaf.pem)).toEqual(names);
    expect(read(chain.key + chain.certificate)).toEqual(names);
    expect(read(intermediate.pem + leaf.pem + chain.key)).toEqual(names.slice(0, 2));
  });

  it('reads a certificate alone, be it self-signed or issued', () => {
    expect(read(chain.leaf.pem)).toEqual(['CN=client']);
    expect(read(chain.key + chain.leaf.pem)).toEqual(['CN=client']);
    expect(read(other.pem)).toEqual(['CN=other']);
  });

  it('takes the certificate that the private key belongs to', async () => {
    const below = await issue({ name: 'CN=below', issuer: other });
    const key = other.key.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(failureOf(() => read(key + below.pem + other.pem))).toMatchObject({ code: 'chain-foreign' });
    expect(read(below.pem + other.pem)).toEqual(['CN=below', 'CN=other']);
  });

  it.each<readonly [string, () => string]>([
    ['certificate-missing', () => chain.key],
    ['leaf-ambiguous', () => chain.leaf.pem + other.pem],
    ['chain-foreign', () => chain.key + chain.certificate + other.pem],
    [
      'key-mismatch',
      () =>
        generateKeyPairSync('ec', { namedCurve: 'P-256' })
          .privateKey.export({ type: 'pkcs8', format: 'pem' })
          .toString() + other.pem,
    ],
  ])('refuses with %s', (code, pem) => {
    expect(failureOf(() => read(pem()))).toMatchObject({ code });
  });
});
