import { AppError } from '../errors';

/** An answer with a challenge of RFC 6750 §3. Descriptions are ASCII without `"` and `\`, as its grammar demands. */
abstract class BearerError extends AppError {
  override get headers(): Readonly<Record<string, string>> {
    return { 'WWW-Authenticate': `Bearer error="${this.code}", error_description="${this.description}"` };
  }
}

/** No token came along: RFC 6750 §3.1 wants a challenge without an error code then. */
export class MissingTokenError extends AppError {
  readonly code = 'missing_token';
  readonly status = 401;

  constructor() {
    super('Send an access token in the header: Authorization: Bearer <token>.');
  }

  override get headers(): Readonly<Record<string, string>> {
    return { 'WWW-Authenticate': 'Bearer' };
  }
}

/** The token was sent in a way that RFC 6750 §2 does not allow. */
export class InvalidRequestError extends BearerError {
  readonly code = 'invalid_request';
  readonly status = 400;
}

/** The token came, and must not be accepted. */
export class InvalidTokenError extends BearerError {
  readonly code = 'invalid_token';
  readonly status = 401;
}

/** The token is good, but was not granted what this route demands. */
export class InsufficientScopeError extends BearerError {
  readonly code = 'insufficient_scope';
  readonly status = 403;

  constructor(readonly scope: string) {
    super(`The token lacks the scope ${scope}.`);
  }

  override get headers(): Readonly<Record<string, string>> {
    return { 'WWW-Authenticate': `${super.headers['WWW-Authenticate']}, scope="${this.scope}"` };
  }
}
