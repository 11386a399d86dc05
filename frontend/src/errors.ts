import type { HopFailure } from './hops';
import type { ScenarioError, ScenarioResult } from './scenario';

/** The error answers of this app's own making: 4xx and 5xx that a page explains. */
export abstract class AppError extends Error {
  /** Stable, kebab-case; the contract of the JSON answers. */
  abstract readonly code: string;
  /** The HTTP status of this app's answer. */
  abstract readonly status: number;
  /** Says what went wrong, for the user: no secret, no internals. */
  abstract readonly description: string;
  /** Tells the user what to do, as an instruction. */
  abstract readonly remedy: string;

  toFailure(): HopFailure {
    return { code: this.code, message: this.description, remedy: this.remedy };
  }
}

/** No route has this path. */
export class NotFoundError extends AppError {
  override readonly name = 'NotFoundError';
  readonly code = 'not-found';
  readonly status = 404;
  readonly description = 'There is no page with this address.';
  readonly remedy = 'Start from the overview at /.';

  constructor() {
    super('not found');
  }
}

/** What a page of a scenario is rendered from. */
export interface FailedRun {
  readonly title: string;
  readonly path: string;
  readonly result: ScenarioResult & { readonly error: ScenarioError };
}

/** A scenario ran and failed: its page shows the failing hop. The cause is for the log. */
export class ScenarioFailedError extends Error {
  override readonly name = 'ScenarioFailedError';
  readonly run: FailedRun;

  constructor(run: FailedRun, cause: Error | undefined) {
    super(run.result.error.message, { cause });
    this.run = run;
  }
}
