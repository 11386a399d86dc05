import { AppError } from '../errors';
import type { UpstreamErrorOptions } from '../upstream/upstream';
import { UpstreamError } from '../upstream/upstream';

const LOG_IN = 'Log in at /login.';

/** The page is for users who are logged in; a browser is sent to the login instead. */
export class LoginRequiredError extends AppError {
  readonly code = 'login-required';
  readonly status = 401;
  override readonly title = 'Log in first';

  constructor() {
    super('This page is for users who are logged in.', LOG_IN);
  }
}

/** The answer of a login that this browser has not begun, that was tampered with, or that took too long. */
export class LoginForgedError extends AppError {
  readonly code = 'login-not-begun-here';
  readonly status = 400;
  override readonly title = 'This login cannot be completed';

  /** @param detail what was missing or wrong, for the log */
  constructor(detail: string) {
    super(
      'The answer of the login belongs to no login that this browser has begun in the last ten minutes, or to one that is complete already: nobody was logged in.',
      `${LOG_IN} Let the browser keep cookies of this app.`,
      { detail },
    );
  }
}

/** XSUAA has sent the browser back without a code. */
export class LoginRefusedError extends AppError {
  readonly code = 'login-refused';
  readonly status = 403;
  override readonly title = 'XSUAA did not log you in';

  /** @param reason of XSUAA, as a sentence may quote it */
  constructor(reason: string) {
    super(
      `XSUAA did not let this login through (${reason}).`,
      'Let an administrator assign the role collection of this application to your user, and log in again at /login.',
    );
  }
}

/** The sessions cannot be read or written: pages that need none still work. */
export class SessionStoreError extends AppError {
  readonly code = 'session-store-unavailable';
  readonly status = 503;
  override readonly title = 'Sessions are not available';

  /** @param cause what the store has thrown, for the log */
  constructor(cause: unknown) {
    super(
      'Redis, which holds the sessions of users who are logged in, does not answer.',
      'Try again in a moment. The pages /app and /homepage need no login.',
      { detail: cause instanceof Error ? cause.message : 'the store gives no reason' },
    );
  }

  override get headers(): Readonly<Record<string, string>> {
    return { 'retry-after': '5' };
  }
}

/** No user can log in until somebody changes the deployment. */
export class LoginUnavailableError extends AppError {
  readonly code = 'xsuaa-not-bound';
  readonly status = 503;
  override readonly title = 'Nobody can log in here';

  constructor(appName: string) {
    super(
      'No instance of XSUAA is bound to this app, so it has no client to log users in with.',
      `Bind one: \`cf bind-service ${appName} mtlsXsuaa -c '{"credential-type":"x509"}'\`, \`cf restage ${appName}\`.`,
    );
  }
}

/** XSUAA does not take the code, the refresh token or the assertion, rather than this app's client. */
export class GrantRefusedError extends UpstreamError {
  constructor(options: Omit<UpstreamErrorOptions, 'code' | 'status'>) {
    super({ ...options, code: 'xsuaa-grant-refused', status: 502 });
  }
}
