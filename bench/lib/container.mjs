// A memory limit as a Cloud Foundry container has it: a control group that the page cache is charged to.
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { APP_CORE, pinned } from './machine.mjs';

const V1 = '/sys/fs/cgroup/memory';
const V2 = '/sys/fs/cgroup';
const version = existsSync(join(V1, 'memory.limit_in_bytes')) ? 1 : 2;
const parent = version === 1 ? V1 : V2;
const FILES = {
  1: { limit: 'memory.limit_in_bytes', peak: 'memory.max_usage_in_bytes', events: 'memory.oom_control' },
  2: { limit: 'memory.max', peak: 'memory.peak', events: 'memory.events' },
}[version];

/** Copied inside the group: the kernel charges a page of a file to whoever brought it into memory. */
const ENTER = 'echo $$ > "$1" && cp "$2" "$3" && shift 2 && exec "$@"';

/** Why no control group can be made here; undefined where it can. */
export function whyNoContainer() {
  const probe = join(parent, `mtls-bench-probe-${process.pid}`);
  try {
    mkdirSync(probe);
    writeFileSync(join(probe, FILES.limit), '100000000');
    rmdirSync(probe);
    return undefined;
  } catch (error) {
    return `a memory control group wants root and a writable ${parent} (${error.code})`;
  }
}

/**
 * Creates a control group of so many MiB with a Node binary of its own, so that its pages are charged here.
 * @returns `command(args)` for startApp, `peakMiB()`, `kills()` and `remove()`, which wants the process to have ended
 */
export function createContainer({ folder, name, node, limitMiB }) {
  const group = join(parent, `mtls-bench-${process.pid}-${name}`);
  mkdirSync(group);
  writeFileSync(join(group, FILES.limit), String(limitMiB * 2 ** 20));
  const binary = join(folder, `node-${name}`);
  const read = (file) => readFileSync(join(group, file), 'utf8');
  return {
    command: (args) => pinned(APP_CORE, 'sh', ['-c', ENTER, 'sh', join(group, 'cgroup.procs'), node, binary, ...args]),
    peakMiB: () => (existsSync(join(group, FILES.peak)) ? Number(read(FILES.peak)) / 2 ** 20 : Number.NaN),
    kills: () => Number(/^oom_kill (\d+)/m.exec(read(FILES.events))?.[1] ?? 0),
    remove: () => rmdirSync(group),
  };
}
