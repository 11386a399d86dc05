/** Start-up configuration that cannot work: *all* problems at once, each a sentence that says what to do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`The configuration has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${bullets(problems)}`);
    this.problems = problems;
  }
}

/** Collects problems while a configuration is read, so that a user mends them in one go. */
export class ConfigProblems {
  readonly #problems: string[] = [];

  /** How many were added. */
  get count(): number {
    return this.#problems.length;
  }

  add(problem: string): void {
    this.#problems.push(problem);
  }

  /** Runs a reader that throws on its own and keeps its problems; undefined when it threw. */
  collect<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#problems.push(...error.problems);
      return undefined;
    }
  }

  /** @throws {ConfigError} when anything was added. */
  throwIfAny(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
  }
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `  - ${line}`).join('\n');
}
