import {
  InsufficientScopeError,
  InvalidRequestError,
  InvalidTokenError,
  MissingTokenError,
} from '../../src/auth/bearer-errors';

describe('challenges of RFC 6750 §3', () => {
  it.each([
    [new MissingTokenError(), 401, 'Bearer'],
    [new InvalidRequestError('Send one.'), 400, 'Bearer error="invalid_request", error_description="Send one."'],
    [new InvalidTokenError('It expired.'), 401, 'Bearer error="invalid_token", error_description="It expired."'],
    [
      new InsufficientScopeError('Display'),
      403,
      'Bearer error="insufficient_scope", error_description="The token lacks the scope Display.", scope="Display"',
    ],
  ])('%s has status %i and the challenge %s', (error, status, challenge) => {
    expect(error.status).toBe(status);
    expect(error.headers).toEqual({ 'WWW-Authenticate': challenge });
  });

  it('keeps the detail out of what the caller is told', () => {
    const error = new InvalidTokenError('It expired.', { detail: 'exp was 5' });
    expect(JSON.stringify([error.description, error.headers])).not.toContain('exp was');
    expect(error.message).toBe('exp was 5');
    expect(error.name).toBe('InvalidTokenError');
  });
});
