import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

export interface ProcessRun {
  readonly exitCode: number | string;
  readonly out: string;
  readonly err: string;
  /** What the process took by the count of the operating system: milliseconds of all its threads, and megabytes. */
  readonly usage: { readonly cpu: number; readonly memory: number };
}

/**
 * Tells at the end what the process took. Linux counts in maxRSS what the parent had when it started the process; the
 * high-water mark in /proc is that of the process alone.
 */
const REPORT = `process.on('exit', () => {
  const { existsSync, readFileSync, writeFileSync } = require('node:fs');
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const status = '/proc/self/status';
  const peak = existsSync(status) ? Number(/VmHWM:\\s+(\\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1]) : maxRSS;
  const usage = { cpu: (userCPUTime + systemCPUTime) / 1000, memory: peak / 1024 };
  writeFileSync(process.env.USAGE_FILE, JSON.stringify(usage));
});`;

/**
 * Builds the cli once per test file and runs it as a process of its own: only a new process trusts the CA that
 * NODE_EXTRA_CA_CERTS names, and only that one shows what a user sees.
 */
export function useBuiltCli(): (
  argv: readonly string[],
  options: { cwd: string; caFile?: string; stdin?: string; env?: Record<string, string> },
) => Promise<ProcessRun> {
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mtls-cli-built-'));
    writeFileSync(join(folder, 'report.js'), REPORT);
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
  return (argv, { cwd, caFile, stdin = '', env }) =>
    new Promise((resolve) => {
      const usageFile = join(folder, `usage-${randomUUID()}.json`);
      const child = execFile(
        process.execPath,
        ['--require', join(folder, 'report.js'), join(folder, 'mtls.js'), ...argv],
        {
          cwd,
          timeout: 20_000,
          env: {
            ...process.env,
            ...env,
            USAGE_FILE: usageFile,
            ...(caFile !== undefined && { NODE_EXTRA_CA_CERTS: caFile }),
          },
        },
        (error, out, err) => {
          const exitCode = error === null ? 0 : (error.code ?? 'killed');
          resolve({ exitCode, out, err, usage: readUsage(usageFile) });
        },
      );
      child.stdin?.end(stdin);
    });
}

/** A process that was killed reports nothing. */
function readUsage(file: string): ProcessRun['usage'] {
  if (!existsSync(file)) return { cpu: Infinity, memory: Infinity };
  return JSON.parse(readFileSync(file, 'utf8')) as ProcessRun['usage'];
}
