import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');
const document = readFileSync(join(root, 'docs', 'troubleshooting.md'), 'utf8');
/** What nobody can make without an account of SAP's. */
const UNPROVEN = /described, not run/;
/** Tests, and the tutorials that a test executes. */
const proofs = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  .toString()
  .split('\0')
  .filter((file) => /\.test\.tsx?$|^test\/|\/test\/|^docs\/(tutorials\/|operations\.md)/.test(file))
  .filter((file) => /\.(tsx?|md)$/.test(file) && file !== 'test/troubleshooting.test.ts')
  .map((file) => normalize(readFileSync(join(root, file), 'utf8')));

interface Row {
  readonly section: string;
  readonly first: string;
  readonly all: string;
}

const rows = document.split(/^##+ /m).flatMap((part) => readRows(part));

describe('docs/troubleshooting.md', () => {
  it('has tables of messages, each with cause and remedy', () => {
    const sections = [...new Set(rows.map(({ section }) => section))];
    expect(sections).toEqual([
      'What mtls finds',
      'What Node.js and OpenSSL say',
      'What token endpoints and services say',
      'What the apps say',
      'Inbound client certificates',
      'Tokens of an authorization server of another vendor',
    ]);
    expect(rows.length).toBeGreaterThan(80);
  });

  it.each(rows.map((row) => [row.section, row.first, row] as const))('%s: a test makes %s', (_section, _first, row) => {
    if (UNPROVEN.test(row.all)) return;
    const messages = [...row.first.matchAll(/`([^`]+)`/g)].flatMap(([, text = '']) => fragmentsOf(text));
    expect(messages).not.toEqual([]);
    const unproven = messages.filter((message) => !proofs.some((text) => text.includes(message)));
    expect(unproven).toEqual([]);
  });
});

/** Rows of tables whose columns end with a remedy; a regular expression of a test counts without its backslashes. */
function readRows(part: string): Row[] {
  const [section = ''] = part.split('\n');
  const lines = part.split('\n').filter((line) => line.startsWith('|'));
  if (!/\bremedy\b/.test(lines[0] ?? '')) return [];
  return lines.slice(2).map((all) => ({ section, first: all.split(/(?<!\\)\|/)[1]?.trim() ?? '', all }));
}

/** What stands between the ellipses of a message; a path in front of it, or a word of one letter, is none. */
function fragmentsOf(message: string): string[] {
  return message
    .split('…')
    .map((text) => normalize(text).trim())
    .filter((text) => text.length > 3);
}

function normalize(text: string): string {
  return text.replaceAll(/\\(?=[^\w\s])/g, '').replaceAll(/\s+/g, ' ');
}
