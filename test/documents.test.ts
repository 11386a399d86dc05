import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');
const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  .toString()
  .split('\0');

/** A test file in code style, and the names of tests that follow it between curly quotes, separated by commas. */
const REFERENCE = /`([\w./-]+\.test\.tsx?)`(?:: (“[^”]+”(?:, “[^”]+”)*))?/g;

describe.each(['docs/rfc-8705.md', 'SECURITY.md'])('the tests that %s names', (document) => {
  const text = readFileSync(join(root, document), 'utf8');
  const references = [...text.matchAll(REFERENCE)].map(([, file = '', titles = '']) => ({
    file,
    titles: [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => title),
  }));

  it('are some', () => {
    expect(references.length).toBeGreaterThan(10);
  });

  it('exist', () => {
    const missing = references.flatMap(({ file, titles }) => {
      if (!tracked.includes(file)) return [file];
      const source = readFileSync(join(root, file), 'utf8');
      return titles.filter((title) => !hasTest(source, title)).map((title) => `${file}: ${title}`);
    });
    expect(missing).toEqual([]);
  });

  it('are in files and folders that exist', () => {
    const paths = [...text.matchAll(/`((?:[\w-]+\/)+(?:[\w.-]+\.(?:ts|tsx|md|mjs))?)`/g)].map(([, path = '']) => path);
    const missing = paths.filter((path) => !tracked.some((file) => file === path || file.startsWith(path)));
    expect(missing).toEqual([]);
  });
});

/** A test's or group's name stands in the source as one text. */
function hasTest(source: string, title: string): boolean {
  return [`'${title}'`, `"${title}"`, `\`${title}\``].some((text) => source.includes(text));
}
