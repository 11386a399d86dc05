import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

export interface ProcessRun {
  readonly exitCode: number | string;
  readonly out: string;
  readonly err: string;
}

/**
 * Builds the cli once per test file and runs it as a process of its own: only a new process trusts the CA that
 * NODE_EXTRA_CA_CERTS names, and only that one shows what a user sees.
 */
export function useBuiltCli(): (
  argv: readonly string[],
  options: { cwd: string; caFile?: string; stdin?: string },
) => Promise<ProcessRun> {
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mtls-cli-built-'));
    await build({
      entryPoints: [join(__dirname, '..', '..', 'src', 'main.ts')],
      outfile: join(folder, 'mtls.js'),
      bundle: true,
      platform: 'node',
      target: 'node20.19',
      format: 'cjs',
      logLevel: 'error',
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (argv, { cwd, caFile, stdin = '' }) =>
    new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [join(folder, 'mtls.js'), ...argv],
        { cwd, timeout: 20_000, env: { ...process.env, ...(caFile !== undefined && { NODE_EXTRA_CA_CERTS: caFile }) } },
        (error, out, err) => resolve({ exitCode: error === null ? 0 : (error.code ?? 'killed'), out, err }),
      );
      child.stdin?.end(stdin);
    });
}
