import { createPrivateKey } from 'node:crypto';
import { readKeystore } from '../../src/destination/keystore';
import { UpstreamError } from '../../src/upstream/upstream';
import { cardOf, keystoreEntry } from '../support/services';
import { TestCa, type Issued } from '../support/test-ca';

let ca: TestCa;
let pair: Issued;

beforeAll(async () => {
  ca = await TestCa.create();
  pair = await ca.issueClient({ keyType: 'rsa' });
});

const location = 'store.pem';
const read = (
  pem: string,
  { name = location, configured = location }: { name?: string; configured?: unknown } = {},
) => {
  const { Name, Content } = keystoreEntry(pem, name);
  return readKeystore({
    destinationConfiguration: { 'tokenService.KeyStoreLocation': configured },
    authTokens: [],
    certificates: [{ name: Name, content: Content }],
  });
};

describe('readKeystore', () => {
  it.each([
    ['key first, as SAP documents it', () => `${pair.key}${pair.chain}`],
    ['key last', () => `${pair.chain}${pair.key}`],
    ['with its root', () => `${pair.key}${pair.chain}${ca.rootPem}`],
    [
      'a PKCS#1 key',
      () => `${createPrivateKey(pair.key).export({ type: 'pkcs1', format: 'pem' }).toString()}${pair.leaf}`,
    ],
    [
      'CRLF and text between the blocks',
      () => `Bag Attributes\r\n${pair.key.replaceAll('\n', '\r\n')}subject=x\n${pair.chain}`,
    ],
  ])('reads a PEM keystore: %s', (_what, pem) => {
    const keystore = read(pem());
    expect(keystore?.card).toMatchObject(cardOf(pair));
    expect(JSON.stringify(keystore)).not.toContain('PRIVATE');
  });

  it.each([null, '', 5])('finds none when the destination names none (%j)', (configured) => {
    expect(read(pair.chain, { configured })).toBeUndefined();
  });

  it.each([
    ['is missing', () => read(pair.chain, { name: 'other.pem' }), 'keystore-missing'],
    ['has no key', () => read(pair.chain), 'keystore-unreadable'],
    ['has no certificate', () => read(pair.key), 'keystore-unreadable'],
    [
      'has the key of another certificate',
      async () => read(`${(await ca.issueClient()).key}${pair.chain}`),
      'keystore-unreadable',
    ],
    ['is no PEM', () => read('\u0000binary'), 'keystore-unreadable'],
  ])('explains a keystore that %s', async (_what, attempt, code) => {
    const error: unknown = await Promise.resolve()
      .then(attempt)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UpstreamError);
    expect(error).toMatchObject({
      code,
      status: 502,
      remedy: expect.stringContaining('mtls destination deploy') as string,
    });
    expect(JSON.stringify(error)).not.toContain(pair.key.split('\n')[1]);
  });
});
