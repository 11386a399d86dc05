import { LOGIN_LIMIT_MS, transactionName, TransactionSeal } from '../../src/login/login-transaction';
import { Secret } from '../../src/secret';
import type { Credential } from '../../src/tokens/credential';

const credential = (secret: string): Credential => ({
  kind: 'secret',
  method: 'client_secret_post',
  clientId: 'sb-app!t1',
  secret: new Secret(secret),
  tokenUrl: new URL('https://sub.example/oauth/token'),
});
const NOW = 1_795_338_300_000;
const transaction = {
  state: 's',
  nonce: 'n',
  codeVerifier: 'v',
  redirectUri: 'https://app.example/login/callback',
  returnTo: '/user',
  begunAt: NOW,
};
const seal = new TransactionSeal(credential('one'));

describe('TransactionSeal', () => {
  it('opens what another instance with the same credential has sealed', () => {
    const sealed = new TransactionSeal(credential('one')).seal(transaction);
    expect(sealed).toMatch(/^[\w-]+$/);
    expect(Buffer.from(sealed, 'base64url').toString()).not.toContain('codeVerifier');
    expect(seal.open(sealed, NOW)).toEqual(transaction);
  });

  it('opens nothing that was sealed with another credential, or changed, cut off or made up', () => {
    const sealed = seal.seal(transaction);
    expect(new TransactionSeal(credential('two')).open(sealed, NOW)).toBeUndefined();
    const bytes = Buffer.from(sealed, 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(seal.open(changed.toString('base64url'), NOW)).toBeUndefined();
    }
    for (const text of ['', 'abc', sealed.slice(0, 30), 'A'.repeat(200)]) expect(seal.open(text, NOW)).toBeUndefined();
  });

  it('opens no login that has taken ten minutes', () => {
    const sealed = seal.seal(transaction);
    expect(seal.open(sealed, NOW + LOGIN_LIMIT_MS - 1)).toEqual(transaction);
    expect(seal.open(sealed, NOW + LOGIN_LIMIT_MS)).toBeUndefined();
  });
});

describe('transactionName', () => {
  it('differs by the state, and does not tell it', () => {
    expect(transactionName('a')).toMatch(/^login-[0-9a-f]{16}$/);
    expect(transactionName('a')).not.toBe(transactionName('b'));
  });
});
