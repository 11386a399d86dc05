import { spawnSync } from 'node:child_process';

/** Runs a tool that judges ours; undefined where this system has not got it. */
export function runOracle(tool: string, args: readonly string[], input = ''): string | undefined {
  const { error, status, stdout, stderr } = spawnSync(tool, args, { input, encoding: 'utf8' });
  if (error !== undefined) return undefined;
  if (status !== 0) throw new Error(`${tool} ${args.join(' ')} failed: ${stderr}`);
  return stdout;
}

/** `it` where the tool is installed, `it.skip` elsewhere: the tests need nothing but Node. */
export function itWith(tool: string, probe: readonly string[]): jest.It {
  return spawnSync(tool, probe, { input: '' }).error === undefined ? it : it.skip;
}
