import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { writeOwnFiles } from '../../src/files/write-own-files';
import { useTemporaryFolder } from '../support/temporary-folder';

const folder = useTemporaryFolder();
const keep = { force: false };
const file = (content: string, name = 'privateKey.txt') => ({ name, content, mode: 0o600 });
const read = (name = 'privateKey.txt'): string => readFileSync(join(folder(), name), 'utf8');

describe('writeOwnFiles', () => {
  it('writes with the mode asked for, whatever the file had, and leaves no temporary file', async () => {
    writeFileSync(join(folder(), 'privateKey.txt'), '', { mode: 0o644 });
    const [written] = await writeOwnFiles(folder(), [file('a')], keep);
    expect(written).toEqual({ path: join(folder(), 'privateKey.txt'), mode: 0o600, state: 'written' });
    expect(read()).toBe('a');
    expect(readdirSync(folder()).toSorted()).toEqual(['.mtls-files.json', 'privateKey.txt']);
    if (process.platform !== 'win32') expect(statSync(join(folder(), 'privateKey.txt')).mode & 0o777).toBe(0o600);
  });

  it('makes the folder, readable by its owner alone', async () => {
    const made = join(folder(), 'new', 'certificate');
    await writeOwnFiles(made, [file('a')], keep);
    if (process.platform !== 'win32') expect(statSync(made).mode & 0o777).toBe(0o700);
  });

  it('is idempotent and mends the mode of an unchanged file', async () => {
    await writeOwnFiles(folder(), [file('a')], keep);
    chmodSync(join(folder(), 'privateKey.txt'), 0o644);
    expect(await writeOwnFiles(folder(), [file('a')], keep)).toMatchObject([{ state: 'unchanged' }]);
    if (process.platform !== 'win32') expect(statSync(join(folder(), 'privateKey.txt')).mode & 0o777).toBe(0o600);
  });

  it('replaces what it wrote before, again and again', async () => {
    for (const content of ['a', 'b', 'c', 'a']) await writeOwnFiles(folder(), [file(content)], keep);
    expect(read()).toBe('a');
  });

  it('refuses a file of somebody else, names all of them and writes nothing', async () => {
    writeFileSync(join(folder(), 'two'), 'mine');
    writeFileSync(join(folder(), 'three'), 'mine too');
    await expect(
      writeOwnFiles(folder(), [file('x', 'one'), file('x', 'two'), file('x', 'three')], keep),
    ).rejects.toMatchObject({
      code: 'file-exists',
      message: expect.stringMatching(/two, .*three are there already/) as string,
    });
    expect(readdirSync(folder()).toSorted()).toEqual(['three', 'two']);
    expect(read('two')).toBe('mine');
  });

  it('refuses its own file once somebody changed it, and overwrites it with force', async () => {
    await writeOwnFiles(folder(), [file('a')], keep);
    writeFileSync(join(folder(), 'privateKey.txt'), 'edited');
    await expect(writeOwnFiles(folder(), [file('b')], keep)).rejects.toMatchObject({ code: 'file-exists' });
    await writeOwnFiles(folder(), [file('b')], { force: true });
    expect(read()).toBe('b');
  });

  it('trusts no damaged record', async () => {
    await writeOwnFiles(folder(), [file('a')], keep);
    writeFileSync(join(folder(), '.mtls-files.json'), '{');
    await expect(writeOwnFiles(folder(), [file('b')], keep)).rejects.toMatchObject({ code: 'file-exists' });
  });

  it('refuses a folder that is a file, and a file that is a folder', async () => {
    writeFileSync(join(folder(), 'blocked'), '');
    await expect(writeOwnFiles(join(folder(), 'blocked'), [file('a')], keep)).rejects.toMatchObject({
      code: 'folder-unwritable',
    });
    rmSync(join(folder(), 'blocked'));
    mkdirSync(join(folder(), 'privateKey.txt'));
    await expect(writeOwnFiles(folder(), [file('a')], keep)).rejects.toMatchObject({ code: 'file-exists' });
  });
});
