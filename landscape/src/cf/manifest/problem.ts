import type { Path } from './yaml-source';

/** Something that the Cloud Controller refuses about one application, and where it stands. */
export interface Problem {
  readonly at: Path;
  readonly message: string;
}

/** Collects what is wrong with one application, so that a user mends it in one go. */
export class ApplicationProblems {
  readonly #prefix: string;
  readonly #found: Problem[] = [];

  /** @param prefix e.g. `For application 'backendmtls': `. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  add(at: Path, message: string): void {
    this.#found.push({ at, message: `${this.#prefix}${message}` });
  }

  /** Problems of one process: `Process "web": Memory is not a number`. */
  addToProcess(at: Path, type: string, message: string): void {
    this.add(at, `Process "${type}": ${message}`);
  }

  get found(): readonly Problem[] {
    return this.#found;
  }
}

/** Several errors of the API as `cf` words them. */
export function joinMessages(messages: readonly string[]): string {
  const [first = ''] = messages;
  if (messages.length <= 1) return first;
  return ['Multiple errors occurred:', ...messages.map((message) => `- ${message}`)].join('\n');
}
