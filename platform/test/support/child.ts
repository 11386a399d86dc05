import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const root = join(__dirname, '..', '..', '..');

/** A Node process that runs TypeScript source text which imports from `platform/src`. */
export class Child {
  readonly #folder = mkdtempSync(join(tmpdir(), 'platform-child-'));
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  #output = '';
  stderr = '';

  constructor(source: string, nodeOptions: readonly string[] = []) {
    const outfile = join(this.#folder, 'child.js');
    buildSync({
      stdin: { contents: source, resolveDir: join(root, 'platform', 'src'), loader: 'ts' },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
    });
    this.#process = spawn(process.execPath, [...nodeOptions, outfile], { env: {} });
    this.#process.stdout.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.#process.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.#ended = new Promise((resolve) =>
      this.#process.once('close', (code, signal) => {
        rmSync(this.#folder, { recursive: true, force: true });
        resolve({ code, signal });
      }),
    );
  }

  /** Everything that the process logged so far; of a line that is still coming nothing. */
  get lines(): Record<string, unknown>[] {
    return this.#output
      .slice(0, this.#output.lastIndexOf('\n') + 1)
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Resolves with the first log line whose message is `msg`, or rejects when the process ends without it. */
  async line(msg: string): Promise<Record<string, unknown>> {
    for (;;) {
      const found = this.lines.find((line) => line['msg'] === msg);
      if (found !== undefined) return found;
      const next = new Promise((resolve) => this.#process.stdout.once('data', resolve));
      const ended = await Promise.race([next.then(() => false), this.#ended.then(() => true)]);
      if (ended && !this.lines.some((line) => line['msg'] === msg)) {
        throw new Error(`The process ended without "${msg}":\n${this.#output}${this.stderr}`);
      }
    }
  }

  /** Reads nothing of what the process logs, until it is told to go on. */
  stopReading(): void {
    this.#process.stdout.pause();
  }

  goOnReading(): void {
    this.#process.stdout.resume();
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Whether the process runs no more; `end` also waits until all that it wrote is read. */
  get hasExited(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  async end(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    return this.#ended;
  }
}
