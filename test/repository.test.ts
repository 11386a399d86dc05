import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(__dirname, '..');

describe('what is under version control', () => {
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((file) => file !== '');

  it('contains no private key', () => {
    // A whole block, not the bare header: code and documents may name the header.
    const block = /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----[\s\\nr]+[A-Za-z0-9+/]{40}/;
    const offenders = tracked.filter((file) => block.test(readTracked(file)));
    expect(offenders).toEqual([]);
  });

  it('contains no built artefact, since @sap/xssec is not ours to distribute', () => {
    expect(tracked.filter((file) => file.includes('dist/'))).toEqual([]);
  });

  it('never switches TLS verification off in an app or the cli', () => {
    const sources = tracked.filter((file) => /^(backend|frontend|platform|cli)\/src\//.test(file));
    expect(sources.length).toBeGreaterThan(10);
    const offenders = sources.filter((file) =>
      /rejectUnauthorized\s*:\s*false|NODE_TLS_REJECT_UNAUTHORIZED/.test(readTracked(file)),
    );
    expect(offenders).toEqual([]);
  });

  function readTracked(file: string): string {
    try {
      return readFileSync(join(root, file), 'utf8');
    } catch {
      return ''; // deleted in the working tree
    }
  }
});

describe('the linter’s import directions', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'import-direction-'));
    cpSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ['backend/src/wrong.ts', '@mtls/frontend'],
    ['backend/src/wrong.ts', '../../frontend/src/app'],
    ['backend/src/auth/wrong.ts', '../../../landscape/src/journal'],
    ['backend/src/wrong.ts', 'axios'],
    ['frontend/src/wrong.ts', '../../backend/src/app'],
    ['frontend/src/wrong.ts', '@mtls/landscape'],
    ['platform/src/wrong.ts', 'express'],
    ['platform/src/wrong.ts', '@mtls/backend'],
    ['cli/src/wrong.ts', '@mtls/platform'],
    ['cli/src/commands/wrong.ts', '../../../landscape/src/journal'],
    ['landscape/src/wrong.ts', '../../backend/src/auth/authenticate'],
    ['landscape/src/wrong.ts', '@mtls/cli'],
  ])('refuse %s importing %s', (file, imported) => {
    const { status, output } = lint(file, `import { x } from '${imported}';\nexport const y: unknown = x;\n`);
    expect(output).toContain('no-restricted-imports');
    expect(status).not.toBe(0);
  });

  it('refuse that landscape reads bindings with the code of the apps', () => {
    const source =
      "import { readServiceBindings } from '@mtls/platform';\nexport const y: unknown = readServiceBindings;\n";
    expect(lint('landscape/src/wrong.ts', source).output).toContain('no-restricted-imports');
  });

  it.each([
    ['backend/src/right.ts', '@mtls/platform'],
    ['landscape/src/right.ts', '@mtls/platform'],
    ['backend/src/auth/right.ts', '../config'],
  ])('allow %s importing %s', (file, imported) => {
    const { status, output } = lint(file, `import { x } from '${imported}';\nexport const y: unknown = x;\n`);
    expect(output).not.toContain('no-restricted-imports');
    expect(status).toBe(0);
  });

  it.each(['backend/src/app.ts', 'frontend/src/routes/start.ts', 'cli/src/commands/extract.ts'])(
    'refuse process.env in %s',
    (file) => {
      const { output } = lint(file, 'export const port = process.env;\n');
      expect(output).toContain('no-process-env');
    },
  );

  function lint(file: string, source: string): { status: number | null; output: string } {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, source);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, 'node_modules', 'oxlint', 'bin', 'oxlint'), file],
      { cwd: folder, encoding: 'utf8' },
    );
    rmSync(path);
    return { status, output: stdout + stderr };
  }
});
