interface ErrorDetails {
  /** For the log only: what exactly was found. */
  readonly detail?: string | undefined;
  readonly cause?: unknown;
}

/** An answer that is no success: what the caller is told, and what only the log keeps. */
export abstract class AppError extends Error {
  /** Stable name for programs, the member `error` of the JSON body. */
  abstract readonly code: string;
  abstract readonly status: number;
  /** Says in general words what is wrong and what to do; safe for every caller. */
  readonly description: string;
  readonly detail: string | undefined;

  constructor(description: string, { detail, cause }: ErrorDetails = {}) {
    super(detail ?? description, { cause });
    this.name = new.target.name;
    this.description = description;
    this.detail = detail;
  }

  /** Response headers that belong to this answer, e.g. a challenge. */
  get headers(): Readonly<Record<string, string>> {
    return {};
  }
}

export class BadRequestError extends AppError {
  readonly code = 'bad_request';
  readonly status = 400;
}

export class NotFoundError extends AppError {
  readonly code = 'not_found';
  readonly status = 404;
}

export class MethodNotAllowedError extends AppError {
  readonly code = 'method_not_allowed';
  readonly status = 405;

  constructor(readonly allowed: string) {
    super(`This path answers ${allowed} only.`);
  }

  override get headers(): Readonly<Record<string, string>> {
    return { Allow: this.allowed };
  }
}

/** A bug, or something that nobody thought of: the caller learns nothing, the log everything. */
export class InternalError extends AppError {
  readonly code = 'server_error';
  readonly status = 500;

  constructor(cause: unknown) {
    super('The backend failed. Its log says more.', { cause });
  }
}

const RETRY_AFTER_SECONDS = 5;

/** A service that this app depends on does not do its part; that is never the caller's fault, so no 401. */
export class UpstreamError extends AppError {
  readonly code = 'temporarily_unavailable';
  readonly status = 503;

  override get headers(): Readonly<Record<string, string>> {
    return { 'Retry-After': String(RETRY_AFTER_SECONDS) };
  }
}
