// What the figures depend on: cores, Node binaries, tools; and where each process runs.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const benchFolder = join(dirname(fileURLToPath(import.meta.url)), '..');
export const root = join(benchFolder, '..');
const require = createRequire(import.meta.url);

export const canPin = availableParallelism() > 1 && has('taskset');
export const hasWrk = has('wrk');

/** The measured process has a core of its own; load, upstreams and landscape share the other. */
export const APP_CORE = '0';
export const OTHER_CORE = '1';

/** The command line that runs `command` on `core`, or anywhere where the system cannot pin. */
export function pinned(core, command, args) {
  return canPin ? ['taskset', ['-c', core, command, ...args]] : [command, args];
}

/** Moves this process and what it starts from now on away from the measured process's core. */
export function leaveAppCore() {
  if (canPin) execFileSync('taskset', ['-a', '-c', '-p', OTHER_CORE, String(process.pid)], { stdio: 'ignore' });
}

/** The Node binary of a major version: from this folder's packages, else the running one. */
export function nodeBinary(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  try {
    const binary = join(dirname(require.resolve(`node${major}/package.json`)), 'bin', 'node');
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined; // an optional package of this platform alone
  }
}

export function nodeVersion(binary) {
  return execFileSync(binary, ['--version']).toString().trim();
}

export function describeMachine(nodes) {
  return {
    date: new Date().toISOString(),
    system: `${type()} ${release()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    // Not what this process may use: it has left one to the apps.
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    pinned: canPin,
    loadGenerator: hasWrk ? 'wrk' : 'autocannon',
    node: Object.fromEntries(nodes.map((major) => [major, nodeVersion(nodeBinary(major))])),
    revision:
      spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root }).stdout?.toString().trim() || 'unversioned',
  };
}

function has(command) {
  return spawnSync(command, ['--version']).error === undefined;
}
