/** Why a command cannot do what it was asked: what is wrong, and what to do about it. Never holds a secret. */
export class Failure extends Error {
  override readonly name: string = 'Failure';
  /** Stable, kebab-case, e.g. `chain-gap`. */
  readonly code: string;
  /** An instruction. */
  readonly remedy: string;

  constructor(code: string, message: string, remedy: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.remedy = remedy;
  }
}

/** The command was called in a way that cannot work: a file that is not there, a choice that is missing. */
export class UsageFailure extends Failure {
  override readonly name = 'UsageFailure';
}
