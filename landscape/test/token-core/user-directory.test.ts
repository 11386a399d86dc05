import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserDirectory } from '../../src/token-core/user-directory';
import { alice, bob } from './browser';

let stateFolder: string;
beforeEach(() => {
  stateFolder = mkdtempSync(join(tmpdir(), 'users-test-'));
});
afterEach(() => rmSync(stateFolder, { recursive: true, force: true }));

const open = () => UserDirectory.open({ stateFolder });
const file = () => join(stateFolder, 'users.json');
const write = (content: unknown) =>
  writeFileSync(file(), typeof content === 'string' ? content : JSON.stringify(content));

const carol = {
  name: 'carol',
  password: 'secret',
  id: '6e1d6a1c-3f0b-4d53-9a55-0e6a7c0b1f09',
  uuid: '0b7c1d52-8a4e-4f0e-8e55-5c6b1d3f9a09',
  email: 'carol@example.com',
  givenName: 'Carol',
  familyName: 'Clark',
};

describe('the user directory', () => {
  it('begins with two users, in a file that only its owner can read', async () => {
    const users = await open();
    expect(users.list().map(({ name }) => name)).toEqual([alice.username, bob.username]);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({ users: users.list() });
  });

  it('knows a user by name, in whatever letters, and by the right password only', async () => {
    const users = await open();
    expect(users.authenticate('Alice@Example.COM', alice.password)).toMatchObject({ name: alice.username });
    for (const [name, password] of [
      [alice.username, bob.password],
      [alice.username, ''],
      [alice.username, `${alice.password} `],
      ['nobody', alice.password],
      ['nobody', ''],
      ['__proto__', ''],
    ] as const)
      expect(users.authenticate(name, password)).toBeUndefined();
  });

  it('hands out users without their passwords', async () => {
    const users = await open();
    const user = users.authenticate(alice.username, alice.password);
    expect(JSON.stringify(user)).not.toContain(alice.password);
    expect(users.findById(user?.id ?? '')).toEqual(user);
    expect(users.findById('nobody')).toBeUndefined();
  });

  it('takes the users that the reader has written, and fills in what they need not say', async () => {
    write({ users: [carol] });
    const users = await open();
    expect(users.authenticate('carol', 'secret')).toMatchObject({ roleCollections: [], groups: [], attributes: {} });
    expect(users.authenticate(alice.username, alice.password)).toBeUndefined();
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({ users: [carol] });
  });

  it.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /users\.json is damaged/],
    ['a user without a password', { users: [{ ...carol, password: '' }] }, /is damaged/],
    ['an id that is no UUID', { users: [{ ...carol, id: '1' }] }, /is damaged/],
    ['a name twice', { users: [carol, { ...carol, name: 'CAROL' }] }, /names a user twice/],
  ])('refuses a file with %s, naming it and the remedy', async (_, content, message) => {
    write(content);
    await expect(open()).rejects.toThrow(message);
    await expect(open()).rejects.toThrow(/Delete it and start again/);
  });
});
