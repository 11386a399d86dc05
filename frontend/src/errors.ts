import type { HopFailure } from './hops';
import type { ScenarioError, ScenarioPage, ScenarioResult } from './scenario';

interface ErrorDetails {
  /** For the log only: what exactly was found. */
  readonly detail?: string | undefined;
  readonly cause?: unknown;
}

/** An answer that is no success: what the user is told, and what only the log keeps. */
export abstract class AppError extends Error {
  /** Stable, kebab-case; the contract of the JSON answers. */
  abstract readonly code: string;
  /** The HTTP status of this app's answer. */
  abstract readonly status: number;
  /** Heading of the page. */
  readonly title: string = 'This request failed';
  /** Says what went wrong, for the user: no secret, no internals. */
  readonly description: string;
  /** Tells the user what to do, as an instruction; commands in backticks. */
  readonly remedy: string;
  readonly detail: string | undefined;

  constructor(description: string, remedy: string, { detail, cause }: ErrorDetails = {}) {
    super(description, { cause });
    this.name = new.target.name;
    this.description = description;
    this.remedy = remedy;
    this.detail = detail;
  }

  /** Response headers that belong to this answer. */
  get headers(): Readonly<Record<string, string>> {
    return {};
  }

  toFailure(): HopFailure {
    return { code: this.code, message: this.description, remedy: this.remedy };
  }
}

const START_OVER = 'Start from the overview at /.';

/** What Express and its parts found wrong with a request, e.g. a range that a file does not have. */
export class BadRequestError extends AppError {
  readonly code = 'bad-request';
  readonly status: number;
  override readonly title = 'Bad request';

  constructor(status: number, cause: unknown) {
    super('The request cannot be understood.', START_OVER, { detail: String(cause), cause });
    this.status = status;
  }
}

/** No route has this path. */
export class NotFoundError extends AppError {
  readonly code = 'not-found';
  readonly status = 404;
  override readonly title = 'Page not found';

  constructor() {
    super('There is no page with this address.', START_OVER);
  }
}

export class MethodNotAllowedError extends AppError {
  readonly code = 'method-not-allowed';
  readonly status = 405;
  override readonly title = 'Method not allowed';
  readonly #allowed: string;

  constructor(allowed: string) {
    super(`This address answers ${allowed} only.`, START_OVER);
    this.#allowed = allowed;
  }

  override get headers(): Readonly<Record<string, string>> {
    return { allow: this.#allowed };
  }
}

/** A form that none of this app's pages has sent, as far as can be told. */
export class ForgedRequestError extends AppError {
  readonly code = 'request-forged';
  readonly status = 403;
  override readonly title = 'Not sent from this app';

  /** @param detail what was missing or wrong, for the log */
  constructor(detail: string) {
    super(
      'This request was not made with a button of this app, or the browser has not kept the cookie that proves it: nothing was done.',
      'Open the page anew, press the button there, and let the browser keep cookies of this app.',
      { detail },
    );
  }
}

export class TooManyRequestsError extends AppError {
  readonly code = 'too-many-requests';
  readonly status = 429;
  override readonly title = 'Too many at once';
  readonly #seconds: number;

  constructor(waitMs: number) {
    const seconds = Math.max(1, Math.ceil(waitMs / 1000));
    super('This was done too often in a short time, and each time takes several calls.', `Try again in ${seconds} s.`);
    this.#seconds = seconds;
  }

  /** RFC 9110 §10.2.3 */
  override get headers(): Readonly<Record<string, string>> {
    return { 'retry-after': String(this.#seconds) };
  }
}

/** The demonstration of attacks is only for those who ask for it. */
export class DemoOffError extends AppError {
  readonly code = 'demo-attacks-off';
  readonly status = 403;
  override readonly title = 'Switched off';

  constructor(appName: string) {
    super(
      'This app uses no token again as a thief would, since its setting DEMO_ATTACKS is not true.',
      `Switch it on with \`cf set-env ${appName} DEMO_ATTACKS true\` and \`cf restart ${appName}\`.`,
    );
  }
}

/** A bug, or something that nobody thought of: the user learns nothing of it, the log everything. */
export class InternalError extends AppError {
  readonly code = 'internal-error';
  readonly status = 500;
  override readonly title = 'Error of this app';

  constructor(cause: unknown) {
    super(
      'This app has a bug, or met something that it was not made for.',
      'Try again; if it persists, see the log of this app: `cf logs frontendmtls --recent`.',
      { cause },
    );
  }
}

/** What a page of a scenario is rendered from. */
export interface FailedRun extends ScenarioPage {
  readonly result: ScenarioResult & { readonly error: ScenarioError };
}

/** A scenario ran and failed: its page shows the failing hop. */
export class ScenarioFailedError extends AppError {
  readonly code: string;
  readonly status: number;
  readonly run: FailedRun;

  constructor(run: FailedRun, cause?: AppError) {
    const { code, status, message, remedy } = run.result.error;
    super(message, remedy, { detail: cause?.detail });
    this.code = code;
    this.status = status;
    this.run = run;
  }
}
