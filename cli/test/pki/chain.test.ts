import { X509Certificate } from 'node:crypto';
import { orderChain, roleOf } from '../../src/pki/chain';
import { failureOf } from '../support/failure-of';
import { issue, makeChain, type TestCertificate, type TestChain } from '../support/test-chain';

let chain: TestChain;
let other: TestChain;
beforeAll(async () => {
  [chain, other] = await Promise.all([makeChain(), makeChain({ leafName: 'CN=other' })]);
});

const load = (...parts: TestCertificate[]): X509Certificate[] => parts.map(({ pem }) => new X509Certificate(pem));
const subjects = (certificates: readonly X509Certificate[]): string[] =>
  certificates.map(({ subject }) => subject.split('\n').at(-1) ?? '');

describe('orderChain', () => {
  it('keeps a chain that is in order', () => {
    const { leaf, intermediate, root } = chain;
    const result = orderChain(load(leaf, intermediate, root), leaf.key);
    expect(subjects(result.certificates)).toEqual(['CN=client', 'CN=Test Client CA', 'CN=Test Root CA']);
    expect(result).toMatchObject({ complete: true, mended: false });
    expect(result.certificates.map((certificate, index) => roleOf(certificate, index))).toEqual([
      'leaf',
      'intermediate',
      'root',
    ]);
  });

  it('orders a shuffled chain, whichever way it was shuffled', () => {
    const { leaf, intermediate, root } = chain;
    for (const order of [
      [root, intermediate, leaf],
      [intermediate, leaf, root],
      [root, leaf, intermediate],
    ]) {
      const result = orderChain(load(...order), leaf.key);
      expect(subjects(result.certificates)).toEqual(['CN=client', 'CN=Test Client CA', 'CN=Test Root CA']);
      expect(result.mended).toBe(true);
    }
  });

  it('drops a certificate that is there twice', () => {
    const { leaf, intermediate, root } = chain;
    const result = orderChain(load(leaf, leaf, intermediate, root), leaf.key);
    expect(result.certificates).toHaveLength(3);
    expect(result.mended).toBe(true);
  });

  it('accepts a chain without its root and says that it is not complete', () => {
    const { leaf, intermediate } = chain;
    expect(orderChain(load(leaf, intermediate), leaf.key)).toMatchObject({ complete: false, mended: false });
  });

  it('accepts a self-signed certificate', async () => {
    const own = await issue({ name: 'CN=own' });
    expect(orderChain(load(own), own.key)).toMatchObject({ complete: true });
  });

  it('refuses a missing intermediate and names the issuer that is missing', () => {
    const { leaf, root } = chain;
    expect(failureOf(() => orderChain(load(leaf, root), leaf.key))).toMatchObject({
      code: 'chain-gap',
      message: expect.stringContaining('"CN=Test Client CA", whose certificate is missing') as string,
    });
  });

  it('refuses a leaf alone, since servers could not build its chain', () => {
    expect(failureOf(() => orderChain(load(chain.leaf), chain.leaf.key))).toMatchObject({ code: 'chain-gap' });
  });

  it('refuses an issuer of the right name that did not sign the certificate', () => {
    const { leaf, root } = chain;
    expect(failureOf(() => orderChain(load(leaf, other.intermediate, root), leaf.key))).toMatchObject({
      code: 'chain-gap',
    });
  });

  it('refuses a certificate of another chain', () => {
    const { leaf, intermediate, root } = chain;
    expect(failureOf(() => orderChain(load(leaf, intermediate, root, other.leaf), leaf.key))).toMatchObject({
      code: 'chain-foreign',
      message: expect.stringContaining('"CN=other" does not belong') as string,
    });
  });

  it('refuses a key of another pair', () => {
    const { leaf, intermediate, root } = chain;
    expect(failureOf(() => orderChain(load(leaf, intermediate, root), other.leaf.key))).toMatchObject({
      code: 'key-mismatch',
    });
  });
});
