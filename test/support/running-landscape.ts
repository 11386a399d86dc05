import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const root = join(__dirname, '..', '..');

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A landscape as a user starts it: a process of its own, on ports and with a state folder of its own. */
export interface RunningLandscape {
  readonly portBase: number;
  readonly home: string;
  readonly pid: number;
  /** What every process of this landscape needs in its environment to find and trust it. */
  readonly env: NodeJS.ProcessEnv;
  /** e.g. `url('frontend')` → `http://localhost:5002` moved by the port base. */
  url(
    route:
      | 'backend'
      | 'frontend'
      | 'certificate'
      | 'xsuaa'
      | 'xsuaaCertificate'
      | 'destination'
      | 'identity'
      | 'cloudIntegration',
  ): string;
  /** All that it has printed so far. */
  output(): string;
  cf(...argv: string[]): Promise<CommandResult>;
  control(...argv: string[]): Promise<CommandResult>;
  /** Sends SIGINT as Ctrl+C does, waits for the end, removes the state folder unless `keepHome`. */
  stop(options?: { readonly keepHome?: boolean }): Promise<number | null>;
}

const offsets = {
  backend: 1,
  frontend: 2,
  certificate: 443,
  xsuaa: 444,
  xsuaaCertificate: 445,
  destination: 446,
  identity: 447,
  cloudIntegration: 449,
};
const START_LIMIT_MS = 60_000;

export interface StartLandscapeOptions {
  readonly args?: readonly string[];
  /** The folder whose descriptors are deployed; default: this repository. */
  readonly cwd?: string;
  readonly home?: string;
  readonly portBase?: number;
}

/**
 * Starts the built landscape and waits for its last line.
 * @throws with everything it printed when it ends before or says nothing for a minute.
 */
export async function startLandscape(options: StartLandscapeOptions = {}): Promise<RunningLandscape> {
  const { child, env, home, portBase, output } = await spawnLandscape(options);
  try {
    await untilReady(child, output);
  } catch (error) {
    if (options.home === undefined) rmSync(home, { recursive: true, force: true });
    throw error;
  }
  // Spawned successfully: the process printed something.
  const pid = child.pid as number;
  return {
    portBase,
    home,
    pid,
    env,
    url: (route) =>
      `${route === 'backend' || route === 'frontend' ? 'http' : 'https'}://localhost:${portBase + offsets[route]}`,
    output,
    cf: (...argv) => run(process.execPath, [join(root, 'landscape', 'bin', 'cf.js'), ...argv], { env }),
    control: (...argv) => run(process.execPath, [join(root, 'landscape', 'bin', 'landscape.js'), ...argv], { env }),
    async stop({ keepHome = false } = {}) {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGINT');
        await ended;
      }
      if (!keepHome) rmSync(home, { recursive: true, force: true });
      return child.exitCode;
    },
  };
}

/** Starts a landscape that is expected to refuse: resolves with its exit code and output. */
export async function runLandscapeToItsEnd(options: StartLandscapeOptions): Promise<CommandResult> {
  const { child, home, output } = await spawnLandscape(options);
  if (child.exitCode === null) await once(child, 'exit');
  if (options.home === undefined) rmSync(home, { recursive: true, force: true });
  return { code: child.exitCode, stdout: output(), stderr: '' };
}

async function spawnLandscape({ args = [], cwd = root, ...given }: StartLandscapeOptions) {
  const home = given.home ?? mkdtempSync(join(tmpdir(), 'landscape-test-'));
  const portBase = given.portBase ?? (await findFreePortBase());
  const env = { ...process.env, LANDSCAPE_HOME: home, LANDSCAPE_PORT_BASE: String(portBase) };
  const child = spawn(process.execPath, [join(root, 'landscape', 'dist', 'main.js'), ...args], { cwd, env });
  let text = '';
  const collect = (chunk: Buffer): void => {
    text += chunk.toString();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return { child, env, home, portBase, output: () => text };
}

async function untilReady(child: ChildProcess, output: () => string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`The landscape was not ready within a minute:\n${output()}`));
    }, START_LIMIT_MS);
    const look = (): void => {
      if (!/^ready {2}http/m.test(output())) return;
      clearTimeout(limit);
      resolve();
    };
    child.stdout?.on('data', look);
    child.once('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`The landscape ended with ${code} before it was ready:\n${output()}`));
    });
  });
}

/** Runs a command to its end and collects what it printed; never throws for its exit code. */
export async function run(
  command: string,
  args: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string; readonly input?: string } = {},
): Promise<CommandResult> {
  const child = spawn(command, args, { cwd: options.cwd ?? root, env: options.env ?? process.env });
  const chunks = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (chunks.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (chunks.stderr += chunk.toString()));
  child.stdin.on('error', () => {}); // the command may end without reading its input
  child.stdin.end(options.input ?? '');
  await once(child, 'close');
  return { code: child.exitCode, ...chunks };
}

/** Bases that other test files cannot take: each jest worker has a range of its own, below the ephemeral ports. */
const workerBase = 18_000 + (Number(process.env['JEST_WORKER_ID'] ?? 1) - 1) * 3_000;
/** Another run on this machine, of another checkout say, begins elsewhere. */
let nextSlot = process.pid % 6;

export async function findFreePortBase(): Promise<number> {
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const base = workerBase + (nextSlot++ % 6) * 500;
    const free = await Promise.all(Object.values(offsets).map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`No free range of ports from ${workerBase} on.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
