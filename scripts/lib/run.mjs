// The repository's root and one way to run a step of a script: inherit the streams, stop at the first failure.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Runs the JavaScript file of a tool from node_modules with this Node, so that no shell or PATH is involved. */
export function runTool(tool, args, options = {}) {
  return runNode([join(root, 'node_modules', tool), ...args], options);
}

/** Runs this Node with `args`; ends the process with the same status when it fails. */
export function runNode(args, { env = {} } = {}) {
  const { status, signal } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  if (status !== 0) process.exit(status ?? (signal ? 1 : 0));
}
