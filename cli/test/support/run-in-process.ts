import type { CliContext, ExitCode } from '../../src/context';
import { runCli } from '../../src/program';

export interface CliRun {
  readonly exitCode: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** Runs `mtls …argv` in this process. */
export async function runInProcess(
  argv: readonly string[],
  overrides: Partial<CliContext> & { stdin?: string } = {},
): Promise<CliRun> {
  const out: string[] = [];
  const err: string[] = [];
  const exitCode = await runCli(argv, {
    cwd: process.cwd(),
    env: {},
    colour: false,
    now: Date.now,
    readStdin: async () => Buffer.from(overrides.stdin ?? ''),
    ...overrides,
    out: (line) => out.push(line),
    err: (line) => err.push(line),
  });
  return { exitCode, out: out.join('\n'), err: err.join('\n') };
}
