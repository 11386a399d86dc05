import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeProtectedHeader } from 'jose';
import { SigningKey } from '../../src/token-core/signing-key';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

const ISSUER = 'https://sub.localhost:5444/oauth/token';
let stateFolder: string;
beforeEach(() => {
  stateFolder = mkdtempSync(join(tmpdir(), 'landscape-key-'));
});
afterEach(() => rmSync(stateFolder, { recursive: true, force: true }));

const file = () => join(stateFolder, 'signing-keys', 'xsuaa.json');
const open = (now: () => number = Date.now, service = 'xsuaa') =>
  SigningKey.open({ stateFolder, now, service, kidPrefix: 'default-jwt-key-' });
const claims = () => ({ iss: ISSUER, sub: 'a', exp: Math.floor(Date.now() / 1000) + 60 });

describe('SigningKey', () => {
  it('signs what openssl verifies with the public key that it shows', async () => {
    const key = await open();
    const [header = '', payload = '', signature = ''] = (await key.sign(claims(), { jku: 'https://x' })).split('.');
    const path = (name: string) => join(stateFolder, name);
    writeFileSync(path('data'), `${header}.${payload}`);
    writeFileSync(path('signature'), Buffer.from(signature, 'base64url'));
    writeFileSync(path('public.pem'), key.publicPem);
    const args = ['dgst', '-sha256', '-verify', path('public.pem'), '-signature', path('signature'), path('data')];
    expect(execFileSync('openssl', args, { encoding: 'utf8' })).toContain('Verified OK');
  });

  it('names algorithm, key and type in the header, and what is added', async () => {
    const key = await open();
    expect(decodeProtectedHeader(await key.sign(claims(), { jku: 'https://x' }))).toEqual({
      alg: 'RS256',
      typ: 'JWT',
      kid: key.kid,
      jku: 'https://x',
    });
  });

  it('is the same key with the same id after a restart a year later, in a file of its owner', async () => {
    const first = await open();
    const second = await open(() => Date.now() + 365 * 86_400_000);
    expect(second.kid).toBe(first.kid);
    expect(second.publicPem).toBe(first.publicPem);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(first.kid).toMatch(/^default-jwt-key-/);
  });

  it('is another key with another id for another service', async () => {
    const [xsuaa, ias] = [await open(), await open(Date.now, 'ias')];
    expect(ias.kid).not.toBe(xsuaa.kid);
    expect(ias.publicPem).not.toBe(xsuaa.publicPem);
  });

  it('verifies its own tokens by the clock of the landscape', async () => {
    const key = await open();
    const jwt = await key.sign(claims(), {});
    await expect(key.verify(jwt, { issuer: ISSUER })).resolves.toMatchObject({ sub: 'a' });
    const later = await open(() => Date.now() + 61_000);
    await expect(later.verify(jwt, { issuer: ISSUER })).rejects.toMatchObject({ code: 'ERR_JWT_EXPIRED' });
  });

  it('rejects tokens of another issuer, another key, without expiry, and unsigned ones', async () => {
    const key = await open();
    const other = await open(Date.now, 'other');
    const verify = async (jwt: string) => key.verify(jwt, { issuer: ISSUER });
    const signed = await key.sign(claims(), {});
    await expect(verify(await key.sign({ ...claims(), iss: 'https://evil' }, {}))).rejects.toThrow(/"iss"/);
    await expect(verify(await other.sign(claims(), {}))).rejects.toThrow(/signature verification failed/);
    await expect(verify(await key.sign({ iss: ISSUER }, {}))).rejects.toThrow(/"exp"/);
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    await expect(verify(`${none}.${signed.split('.')[1]}.`)).rejects.toThrow(/"alg"/);
    await expect(verify('')).rejects.toThrow(/Invalid Compact JWS/);
  });

  it.each([
    ['it is cut off', (text: string) => text.slice(0, 40)],
    ['its key is damaged', (text: string) => text.replace(/MII\w{20}/, 'MIIx')],
    ['it has no key id', (text: string) => text.replace('kid', 'id')],
  ])('names the file and the remedy when %s', async (_, damage) => {
    await open();
    writeFileSync(file(), damage(readFileSync(file(), 'utf8')));
    await expect(open()).rejects.toMatchObject({
      name: 'StateFileError',
      message: expect.stringMatching(/xsuaa\.json is damaged: .*Delete it and start again/) as string,
    });
  });
});
