import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { ConfigError } from './config-error';
import type { Logger } from './logger';

/** Something that was made of files, and is replaced when they change. */
export interface Current<T> {
  /** A request takes it once, and uses that one to its end. */
  readonly current: T;
  /** Whether the files now hold something that cannot be used, so that `current` is older than they are. */
  readonly isOutdated: boolean;
}

export interface Followed<T> extends Current<T> {
  stop(): void;
}

export interface FollowOptions<T> {
  /** Paths of the files that `make` reads; without any, nothing is watched. */
  readonly files: readonly string[];
  /** Milliseconds between two looks. */
  readonly intervalMs: number;
  /** Reads the files and makes what depends on them. @throws {ConfigError} when they cannot be used. */
  readonly make: () => T;
  /** Hears of each replacement; requests that took `old` still use it. */
  readonly onReplaced: (old: T, current: T) => void;
  readonly logger: Logger;
}

/**
 * Makes something of files, and makes it anew whenever their content changes. What cannot be used (a file that is half
 * written, two that do not fit together) leaves the last good one in place; when it is there at the next look as well,
 * that is logged as one error.
 *
 * It reads and compares the content every few seconds. Events of the file system get lost where a file is replaced by
 * renaming, by swapping a symbolic link or on a network file system, and its time, size and inode can outlast a change.
 * @throws what `make` throws the first time.
 */
export function followFiles<T>(options: FollowOptions<T>): Followed<T> {
  return new FileFollower(options);
}

class FileFollower<T> implements Followed<T> {
  readonly #options: FollowOptions<T>;
  /** Of the content that `#current` was made of, so that no secret is kept twice. */
  #digest: string;
  #current: T;
  /** Why the content at the last look could not be used. */
  #problem: string | undefined;
  /** The problem that was logged, as long as there is one. */
  #reported: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: FollowOptions<T>) {
    this.#options = options;
    // First: what changes while `make` reads is seen as a change at the next look.
    this.#digest = digestOf(options.files.map(readAtOnce));
    this.#current = options.make();
    if (options.files.length > 0) this.#schedule();
  }

  get current(): T {
    return this.#current;
  }

  get isOutdated(): boolean {
    return this.#reported !== undefined;
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    const { intervalMs, logger } = this.#options;
    this.#timer = setTimeout(() => {
      void this.#look()
        .catch((error: unknown) => logger.error({ err: error }, 'the replacement of what depends on files has a bug'))
        .finally(() => this.#isStopped || this.#schedule());
    }, intervalMs).unref();
  }

  async #look(): Promise<void> {
    const { files, logger } = this.#options;
    const digest = digestOf(await Promise.all(files.map((file) => readFile(file).catch(() => undefined))));
    if (this.#isStopped) return;
    if (digest !== this.#digest) return this.#replace(digest);
    if (this.isOutdated) logger.info({ files }, 'the changed files are as they were before');
    this.#settle();
  }

  #replace(digest: string): void {
    const { make, onReplaced, logger, files } = this.#options;
    let made: T;
    try {
      made = make();
    } catch (error) {
      this.#keep(error);
      return;
    }
    const old = this.#current;
    this.#current = made;
    this.#digest = digest;
    this.#settle();
    logger.info({ files }, 'the changed files are in use');
    onReplaced(old, made);
  }

  #keep(error: unknown): void {
    const { logger, files } = this.#options;
    const reason = error instanceof Error ? error.message : String(error);
    const isNew = reason !== this.#reported;
    // At the first look somebody may just be writing the file.
    if (isNew && reason === this.#problem) {
      this.#reported = reason;
      const why = error instanceof ConfigError ? { problems: error.problems } : { err: error };
      logger.error({ files, ...why }, 'the changed files cannot be used: this app goes on with what it has');
    }
    this.#problem = reason;
  }

  #settle(): void {
    this.#problem = undefined;
    this.#reported = undefined;
  }
}

function readAtOnce(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    // `make` says so, with what to do.
    return undefined;
  }
}

/** A file that cannot be read differs from an empty one. */
function digestOf(contents: readonly (Buffer | undefined)[]): string {
  const each = contents.map((content) => content && createHash('sha256').update(content).digest('base64'));
  return JSON.stringify(each.map((digest) => digest ?? null));
}
