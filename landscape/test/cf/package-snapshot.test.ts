import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readIgnoreRules } from '../../src/cf/ignore-rules';
import { takePackageSnapshot } from '../../src/cf/package-snapshot';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'snapshot-test-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string>>): Promise<string> {
  const app = join(folder, 'app');
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(app, name)), { recursive: true });
    await writeFile(join(app, name), content);
  }
  return app;
}

async function list(): Promise<string[]> {
  const entries = await readdir(join(folder, 'copy'), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, 'copy').length + 1))
    .sort();
}

describe('takePackageSnapshot', () => {
  it('copies all but what cf never uploads; .gitignore does not count, node_modules does', async () => {
    const app = await write({
      'server.js': 'main',
      'manifest.yml': '',
      'sub/manifest.yml': 'another',
      '.gitignore': 'server.js',
      '.cfignore': '',
      '.git/config': '',
      'sub/.DS_Store': '',
      'node_modules/a/index.js': 'a',
      '.npmrc': 'x=y',
    });
    const { files, bytes } = await takePackageSnapshot(app, join(folder, 'copy'));
    expect(await list()).toEqual(['.npmrc', 'node_modules/a/index.js', 'server.js', 'sub/manifest.yml']);
    expect({ files, bytes }).toEqual({ files: 4, bytes: 15 });
  });

  it('leaves out what .cfignore names', async () => {
    const app = await write({
      '.cfignore': 'test/\n*.log\n!keep.log\n',
      'a.js': '',
      'test/a.js': '',
      'x.log': '',
      'keep.log': '',
    });
    await takePackageSnapshot(app, join(folder, 'copy'));
    expect(await list()).toEqual(['a.js', 'keep.log']);
  });

  it('keeps symbolic links as they are', async () => {
    const app = await write({ 'a.js': 'a' });
    await symlink('a.js', join(app, 'b.js'));
    await takePackageSnapshot(app, join(folder, 'copy'));
    expect(await readlink(join(folder, 'copy', 'b.js'))).toBe('a.js');
    expect(await readFile(join(folder, 'copy', 'b.js'), 'utf8')).toBe('a');
  });

  it('refuses a folder without anything to upload', async () => {
    const app = await write({ 'manifest.yml': '' });
    await expect(takePackageSnapshot(app, join(folder, 'copy'))).rejects.toMatchObject({
      code: 'no-app-files',
      message: `No app files found in '${app}'`,
    });
  });
});

describe('readIgnoreRules', () => {
  const patterns = [
    '*.log',
    '!keep.log',
    '/root.txt',
    'docs/*.md',
    'build/',
    '**/deep',
    'a/**/z',
    '?.tmp',
    '[ab].bin',
    '\\#x',
    'end/**',
  ];
  const paths = [
    'x.log',
    'sub/x.log',
    'keep.log',
    'root.txt',
    'sub/root.txt',
    'docs/a.md',
    'docs/sub/a.md',
    'sub/docs/a.md',
    'deep',
    'q/r/deep',
    'a/z',
    'a/b/c/z',
    'q.tmp',
    'qq.tmp',
    'a.bin',
    'c.bin',
    '#x',
    'end/in/side',
    'plain.js',
    'build',
  ];

  it('agrees with git about patterns', async () => {
    execFileSync('git', ['init', '-q', folder]);
    await writeFile(join(folder, '.gitignore'), patterns.join('\n'));
    const isIgnored = readIgnoreRules(patterns.join('\n'));
    const byGit = paths.filter((path) => {
      try {
        execFileSync('git', ['check-ignore', '-q', '--no-index', path], { cwd: folder });
        return true;
      } catch {
        return false;
      }
    });
    expect(byGit.length).toBeGreaterThan(8);
    expect(paths.filter((path) => isIgnored(path, 'file'))).toEqual(byGit);
  });

  it('takes a pattern with a final slash for folders only', () => {
    const isIgnored = readIgnoreRules('build/');
    expect([isIgnored('build', 'folder'), isIgnored('sub/build', 'folder'), isIgnored('build', 'file')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('leaves out what cf never uploads, whatever .cfignore says', () => {
    const isIgnored = readIgnoreRules('!.git\n!manifest.yml');
    expect([isIgnored('.git', 'folder'), isIgnored('manifest.yml', 'file')]).toEqual([true, true]);
  });
});
