import type { X509Certificate } from 'node:crypto';
import {
  judgeClient,
  judgeKeystoreCertificate,
  judgeStored,
  type StoredState,
} from '../../../src/destination/lint/stored-rules';
import { issue, makeChain, type TestChain } from '../../support/test-chain';

const DAY_MS = 86_400_000;
let chain: TestChain;
let other: X509Certificate;
beforeAll(async () => {
  chain = await makeChain({ days: 30 });
  ({ certificate: other } = await issue({ name: 'CN=other', issuer: chain.intermediate, use: 'client' }));
});

const entry = {
  where: 'file',
  kind: 'file',
  properties: {
    Name: 'd',
    clientId: 'c',
    tokenServiceURL: 'https://cert/oauth/token',
    'tokenService.KeyStoreLocation': 'k.pem',
  },
  findings: [],
} as const;
const judge = (changes: Partial<StoredState>, afterDays = 0) =>
  judgeStored(
    entry,
    {
      level: 'subaccount',
      isOnInstance: false,
      keystore: [chain.leaf.certificate],
      isKeystoreElsewhere: false,
      ...changes,
    },
    Date.now() + afterDays * DAY_MS,
  ).map(({ code }) => code);

describe('judgeStored', () => {
  it('finds nothing wrong with a destination beside its keystore', () => {
    expect(judge({})).toEqual([]);
    expect(judge({ level: 'instance', isOnInstance: true })).toEqual([]);
  });

  it.each<readonly [string, Partial<StoredState>]>([
    ['destination-shadowed', { isOnInstance: true }],
    ['keystore-not-uploaded', { keystore: undefined }],
    ['keystore-other-level', { keystore: undefined, isKeystoreElsewhere: true }],
    ['keystore-unreadable', { keystore: [] }],
  ])('finds %s', (code, changes) => {
    expect(judge(changes)).toEqual([code]);
  });

  it('warns before the keystore expires as cert watch does, and finds it expired', () => {
    expect(judge({}, 15)).toEqual([]);
    expect(judge({}, 20)).toEqual(['certificate-expires-soon']);
    expect(judge({}, 31)).toEqual(['certificate-expired']);
    const [finding] = judgeKeystoreCertificate(chain.leaf.certificate, {
      where: 'x',
      now: Date.now() + 28.5 * DAY_MS,
    });
    expect(finding?.message).toContain('expires in one day');
  });
});

describe('judgeClient', () => {
  const client = () => ({
    source: 'key.txt',
    clientId: 'c',
    tokenUrl: 'https://cert/oauth/token',
    certificate: chain.leaf.certificate,
  });
  const codes = (changes: Partial<ReturnType<typeof client>>, keystore = chain.leaf.certificate) =>
    judgeClient(entry, { ...client(), ...changes }, keystore).map(({ code }) => code);

  it('finds nothing wrong where all belongs together', () => {
    expect(codes({})).toEqual([]);
  });

  it.each<readonly [string, Partial<ReturnType<typeof client>>]>([
    ['client-id-mismatch', { clientId: 'other' }],
    ['token-url-mismatch', { tokenUrl: 'https://plain/oauth/token' }],
  ])('finds %s', (code, changes) => {
    expect(codes(changes)).toEqual([code]);
  });

  it('finds a keystore of another certificate', () => {
    expect(codes({}, other)).toEqual(['keystore-other-certificate']);
  });
});
