/** A command that fails: `cf` prints the message on stderr, then `FAILED` on stdout. */
export class CfFailure extends Error {
  override readonly name = 'CfFailure';
  readonly exitCode: number;
  /** Printed on stdout below FAILED. */
  readonly tip: string | undefined;

  constructor(message: string, options: { readonly exitCode?: number; readonly tip?: string } = {}) {
    super(message);
    this.exitCode = options.exitCode ?? 1;
    this.tip = options.tip;
  }
}

/** Whoever typed the command went away: nobody reads what it says, and it takes no further step. */
export class CommandCancelled extends Error {
  override readonly name = 'CommandCancelled';
}

/**
 * A command typed in a wrong way: `Incorrect Usage: …` on stderr and the verb's help on stdout. Found by the parser there
 * is no `FAILED`, found by the command there is.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly foundBy: 'parser' | 'command';
  /** One more line that the real `cf` does not have: where exactly it is wrong. */
  readonly detail: string | undefined;

  constructor(message: string, options: { readonly foundBy: 'parser' | 'command'; readonly detail?: string }) {
    super(message);
    this.foundBy = options.foundBy;
    this.detail = options.detail;
  }
}
