import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, run, type CommandResult } from './support/running-landscape';

const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const INSTALL_LIMIT_MS = 120_000;

let folder: string;
let tarball: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mtls-package-'));
  // Without its scripts: other tests run what these would build anew.
  const packed = await command(
    npm,
    ['pack', '--workspace', 'cli', '--ignore-scripts', '--pack-destination', folder],
    root,
  );
  expect(packed.code).toBe(0);
  const [file = ''] = readdirSync(folder);
  tarball = join(folder, file);
}, INSTALL_LIMIT_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function command(program: string, argv: readonly string[], cwd: string): Promise<CommandResult> {
  return run(program, argv, { cwd, env: process.env });
}

describe('the package of the cli', () => {
  it(
    'is installed offline into an empty folder and works there',
    async () => {
      const home = join(folder, 'empty');
      mkdirSync(home);
      writeFileSync(join(home, 'package.json'), '{}');
      const installed = await command(npm, ['install', '--offline', '--no-audit', '--no-fund', tarball], home);
      expect(installed.code).toBe(0);
      expect(readdirSync(join(home, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['@mtls']);
      const folderOfPackage = join(home, 'node_modules', '@mtls', 'cli');
      const { version, dependencies } = JSON.parse(readFileSync(join(folderOfPackage, 'package.json'), 'utf8')) as {
        version: string;
        dependencies?: unknown;
      };
      expect(dependencies).toBeUndefined();
      expect(readFileSync(join(folderOfPackage, 'dist', 'LICENSES.txt'), 'utf8')).toContain('commander');
      const mtls = (...argv: string[]): Promise<CommandResult> =>
        command(join(home, 'node_modules', '.bin', process.platform === 'win32' ? 'mtls.cmd' : 'mtls'), argv, home);
      expect(await mtls('--version')).toMatchObject({ code: 0, stdout: `${version}\n` });
      expect(await mtls('cert', 'self-signed', '--key-type', 'ec')).toMatchObject({ code: 0 });
      const inspected = await mtls('cert', 'inspect', 'certificate/client.crt', 'certificate/client.key', '--json');
      expect(inspected.code).toBe(0);
      expect(JSON.parse(inspected.stdout)).toMatchObject({
        credentials: [{ identities: [{ chain: [{ subject: 'CN=mtls-client' }], privateKey: { key: 'EC P-256' } }] }],
        findings: [],
      });
    },
    INSTALL_LIMIT_MS,
  );

  it('is what npx finds in the repository', async () => {
    const npx = process.platform === 'win32' ? 'npx.cmd' : 'npx';
    expect(await command(npx, ['--no-install', 'mtls', 'cert', '--help'], root)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('self-signed') as string,
    });
  });
});
