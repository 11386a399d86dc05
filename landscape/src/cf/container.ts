import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { LogLine } from './app-types';
import { readLines } from './line-reader';
import { findByEnvironment, groupIsAlive } from './process-table';
import type { Reaper } from './reaper';

/** Cloud Foundry's time between SIGTERM and SIGKILL. */
export const GRACEFUL_SHUTDOWN_MS = 10_000;

/** A process that left the group can hold the pipes open after the end of the container. */
const OUTPUT_LIMIT_MS = 1_000;
const GROUP_POLL_MS = 25;

export interface ContainerOptions {
  readonly command: string;
  readonly folder: string;
  /** All of it: nothing of this process' environment is added. */
  readonly env: Readonly<Record<string, string>>;
  readonly reaper: Reaper;
  readonly onLine: (stream: LogLine['stream'], line: string) => void;
  /** Between SIGTERM and SIGKILL, default 10 s as on Cloud Foundry. */
  readonly gracefulShutdownMs?: number;
}

export interface ContainerExit {
  /** The exit status, or 128 plus the number of the signal. */
  readonly status: number;
  /** Whether SIGKILL was needed because SIGTERM was not enough. */
  readonly killed: boolean;
}

const isWindows = process.platform === 'win32';

// The command starts only after the gate: a landscape that dies before the reaper knows the group leaves no process.
const gate = 'read -r _ <&3 || exit 1; exec 3<&- "$0" -c "$1"';

/** One instance of an app: its command in a process group of its own. */
export class Container {
  readonly #child: ChildProcess;
  readonly #options: ContainerOptions;
  #stopping = false;
  #killed = false;
  /** The group's id. */
  readonly pid: number;
  readonly exited: Promise<ContainerExit>;

  private constructor(child: ChildProcess, pid: number, options: ContainerOptions) {
    this.#child = child;
    this.#options = options;
    this.pid = pid;
    this.exited = this.#waitForExit();
  }

  /** @throws the error of the spawn, e.g. E2BIG when the environment is too large. */
  static async start(options: ContainerOptions): Promise<Container> {
    const child = isWindows ? spawnOnWindows(options) : spawnGroup(options);
    await once(child, 'spawn');
    // A child that was spawned has an id.
    const pid = child.pid as number;
    options.reaper.watch(pid);
    const gatePipe = child.stdio[3];
    if (gatePipe != null && 'end' in gatePipe) {
      gatePipe.on('error', () => {});
      gatePipe.end('go\n');
    }
    return new Container(child, pid, options);
  }

  /** Ends the container as Cloud Foundry does: SIGTERM, then SIGKILL for whatever is left of the group. */
  async stop(): Promise<ContainerExit> {
    this.#stopping = true;
    this.#signal('SIGTERM');
    const timer = setTimeout(() => {
      this.#killed = true;
      this.#signal('SIGKILL');
    }, this.#options.gracefulShutdownMs ?? GRACEFUL_SHUTDOWN_MS);
    const exit = await this.exited;
    clearTimeout(timer);
    return exit;
  }

  /** Ends it at once, as Cloud Foundry does when it is out of memory. */
  kill(): void {
    this.#signal('SIGKILL');
  }

  async #waitForExit(): Promise<ContainerExit> {
    const { stdout, stderr } = this.#child;
    // Both are pipes, see the spawn.
    const output = Promise.all([
      stdout && readLines(stdout, (line) => this.#options.onLine('OUT', line)),
      stderr && readLines(stderr, (line) => this.#options.onLine('ERR', line)),
    ]);
    await once(this.#child, 'exit');
    // A shell ends on SIGTERM before the program that it started: that one has its time too.
    while (this.#stopping && !this.#killed && groupIsAlive(this.pid)) await delay(GROUP_POLL_MS);
    this.#killLeftovers();
    await Promise.race([output, delay(OUTPUT_LIMIT_MS, undefined, { ref: false })]);
    stdout?.destroy();
    stderr?.destroy();
    this.#options.reaper.release(this.pid);
    const { exitCode, signalCode } = this.#child;
    return { status: exitCode ?? 128 + constants.signals[signalCode ?? 'SIGKILL'], killed: this.#killed };
  }

  /** A container ends with its first process; children that it left behind end with it. */
  #killLeftovers(): void {
    this.#signal('SIGKILL');
    const { env } = this.#options;
    if (env['INSTANCE_GUID'] === undefined) return;
    for (const pid of findByEnvironment(`INSTANCE_GUID=${env['INSTANCE_GUID']}`)) killQuietly(pid, 'SIGKILL');
  }

  #signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (isWindows) {
      if (this.#child.exitCode === null) spawn('taskkill', ['/pid', String(this.pid), '/t', '/f'], { stdio: 'ignore' });
      return;
    }
    killQuietly(-this.pid, signal);
  }
}

function killQuietly(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(id, signal);
  } catch {
    // It is gone.
  }
}

function spawnGroup({ command, folder, env }: ContainerOptions): ChildProcess {
  const shell = existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh';
  return spawn('/bin/sh', ['-c', gate, shell, command], {
    cwd: folder,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
}

/** cmd.exe knows no `exec`; a group is not needed because taskkill ends the whole tree. */
function spawnOnWindows({ command, folder, env }: ContainerOptions): ChildProcess {
  return spawn(command.replace(/^exec\s+/, ''), {
    cwd: folder,
    env,
    shell: true,
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
