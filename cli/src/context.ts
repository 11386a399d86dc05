/** What a command sees of the process that it runs in; only main.ts knows the real one. */
export interface CliContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard output takes colours. */
  readonly colour: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Writes one line to standard output. */
  readonly out: (line: string) => void;
  /** Writes one line to standard error. */
  readonly err: (line: string) => void;
  readonly readStdin: () => Promise<Buffer>;
  /** Asks for a secret without showing what is typed; undefined where nobody can be asked. */
  readonly readSecret?: (question: string) => Promise<string>;
  /** Asks the user at the terminal; absent where there is none. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
}

/** 0 fine, 1 findings or failure, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;
