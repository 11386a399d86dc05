import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { until } from './until';

const root = join(__dirname, '..', '..', '..');

/** Bundles main.ts as the build does, two folders below the repository, where it expects to be. */
export async function buildMain(): Promise<{ readonly file: string; remove(): void }> {
  mkdirSync(join(root, '.artifacts'), { recursive: true });
  const outdir = mkdtempSync(join(root, '.artifacts', 'landscape-'));
  await build({
    absWorkingDir: root,
    entryPoints: ['landscape/src/main.ts'],
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    packages: 'external',
    alias: { '@mtls/platform': './platform/src/index.ts' },
    tsconfigRaw: {},
    logLevel: 'warning',
  });
  return { file: join(outdir, 'main.js'), remove: () => rmSync(outdir, { recursive: true, force: true }) };
}

export interface LandscapeProcess {
  readonly child: ChildProcess;
  /** All that it has printed. */
  output(): string;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  untilPrinted(pattern: RegExp): Promise<void>;
}

export function runMain(
  file: string,
  options: { readonly args: readonly string[]; readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): LandscapeProcess {
  const child = spawn(process.execPath, [file, ...options.args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal)),
  );
  return {
    child,
    ended,
    output: () => text,
    untilPrinted: (pattern) =>
      until(`${pattern} is printed, after:\n${text}`, () => {
        if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}:\n${text}`);
        return pattern.test(text);
      }),
  };
}
