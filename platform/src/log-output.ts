import { writeSync } from 'node:fs';

/** Some 15,000 lines: minutes of a quiet app, a second of a busy one, and little beside the smallest memory quota. */
const BACKLOG_BYTES = 4 * 1024 * 1024;
/** What goes out in one write: few calls, and soon. */
const CHUNK_BYTES = 16 * 1024;
/** How soon a reader that was too slow is tried again; a pipe holds 64 KiB. */
const RETRY_MS = 20;
const FINAL_RETRY_MS = 5;
/** How long the end of the process waits for a reader that takes nothing. */
export const FINAL_WAIT_MS = 1_000;

/**
 * The process's standard output as a log: a write never waits for the reader. What the reader has not taken is kept up
 * to a limit; beyond it lines are dropped and counted, and `onLost` tells how many as soon as there is room again.
 *
 * Not pino's own destination: its last flush waits for ever, and leaves out the piece that is being tried again.
 */
export class LogOutput {
  // It is the access to `process.stdout` that makes a pipe non-blocking.
  readonly #fd = process.stdout.fd;
  readonly #onLost: (lines: number) => void;
  /** Lines that are not yet a chunk. */
  #batch = '';
  readonly #chunks: Buffer[] = [];
  #chunkBytes = 0;
  #lost = 0;
  #scheduled = false;

  constructor(onLost: (lines: number) => void) {
    this.#onLost = onLost;
    process.once('exit', () => this.flushSync());
  }

  write(line: string): void {
    // After a lost line all are lost until that is told: the gap is one, and its size stands where it is.
    if (this.#lost > 0 || this.#chunkBytes + this.#batch.length + line.length > BACKLOG_BYTES) this.#lost += 1;
    else this.#batch += line;
    if (this.#batch.length >= CHUNK_BYTES) this.#writeOut();
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#runScheduled);
  }

  /** Waits until everything is written, at most for `FINAL_WAIT_MS`. Pino calls it after a fatal line. */
  flushSync(): void {
    const deadline = performance.now() + FINAL_WAIT_MS;
    for (;;) {
      this.#writeOut();
      if (this.#isEmpty || performance.now() > deadline) return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FINAL_RETRY_MS);
    }
  }

  /** The same, under the name that a logger's own `flush` looks for. */
  flush(): void {
    this.flushSync();
  }

  get #isEmpty(): boolean {
    return this.#batch === '' && this.#chunks.length === 0;
  }

  readonly #runScheduled = (): void => {
    this.#writeOut();
    this.#scheduled = !this.#isEmpty;
    // A log that nobody reads keeps no process alive: what is left then is written at its exit.
    if (this.#scheduled) setTimeout(this.#runScheduled, RETRY_MS).unref();
  };

  /** Writes what the reader takes now. */
  #writeOut(): void {
    this.#endBatch();
    try {
      for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
        const written = writeSync(this.#fd, chunk);
        this.#chunkBytes -= written;
        if (written === chunk.length) this.#chunks.shift();
        else this.#chunks[0] = chunk.subarray(written);
      }
    } catch {
      // The pipe is full, the disk is, or the reader has gone: a log must not end the process. It is tried again.
    }
    if (this.#lost > 0 && this.#chunkBytes < BACKLOG_BYTES / 2) {
      const lines = this.#lost;
      this.#lost = 0;
      this.#onLost(lines);
    }
  }

  #endBatch(): void {
    if (this.#batch === '') return;
    const chunk = Buffer.from(this.#batch);
    this.#chunks.push(chunk);
    this.#chunkBytes += chunk.length;
    this.#batch = '';
  }
}
