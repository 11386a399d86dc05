import type { LogLine } from './app-types';

/** What `cf logs --recent` shows at most. */
const LIMIT = 1000;

export type LogEntry = Pick<LogLine, 'source' | 'message'> & Partial<Pick<LogLine, 'instance' | 'stream'>>;

/** The log of one app: the newest 1000 lines of its instances, of staging and of the platform. */
export class AppLog {
  readonly #lines: LogLine[] = [];
  readonly #followers = new Set<(line: LogLine) => void>();

  /** Adds one entry a line of the message. */
  add({ source, instance = '0', stream = 'OUT', message }: LogEntry): void {
    const time = new Date();
    for (const text of message.split('\n')) {
      const line: LogLine = { time, source, instance, stream, message: text };
      this.#lines.push(line);
      if (this.#lines.length > LIMIT) this.#lines.shift();
      for (const follow of this.#followers) follow(line);
    }
  }

  recent(): readonly LogLine[] {
    return [...this.#lines];
  }

  /** Calls back for every new line; returns how to stop that. */
  follow(onLog: (line: LogLine) => void): () => void {
    this.#followers.add(onLog);
    return () => this.#followers.delete(onLog);
  }
}
