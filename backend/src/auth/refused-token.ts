import { errors } from '@sap/xssec';
import { AppError, InternalError } from '../errors';
import { InvalidTokenError } from './bearer-errors';

/** Longest detail that is logged: an error may quote claims, and whoever made the token chose those. */
const DETAIL_LENGTH = 300;
const UNREADABLE = 'The token cannot be read as a signed JSON Web Token.';

/** What the caller is told of a failed check. A class stands before the classes that it extends. */
const descriptions: readonly (readonly [abstract new (...args: never[]) => Error, string])[] = [
  [errors.ExpiredTokenError, 'The token has expired.'],
  [errors.NotYetValidTokenError, 'The token is not valid yet.'],
  [errors.WrongAudienceError, 'The token was issued for another application.'],
  [errors.InvalidTokenSignatureError, 'The signature of the token is wrong.'],
  [errors.UnsupportedAlgorithmError, 'The signature algorithm of the token is not accepted.'],
  [errors.MissingKidError, 'The token is not signed with a key that its issuer publishes.'],
  [errors.InvalidJwtError, UNREADABLE],
];

/**
 * Maps what @sap/xssec threw while it checked a token. Failures of the issuer are AppErrors already and pass through.
 *
 * All else is the token's fault, unexpected errors too: on unsigned tokens of an odd shape (payload `null`, a number as
 * `aud`) the library fails with a bare TypeError before it refuses them.
 */
export function refusedToken(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof errors.ConfigurationError) return new InternalError(error);
  const known = descriptions.find(([kind]) => error instanceof kind);
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return new InvalidTokenError(known?.[1] ?? UNREADABLE, { detail: `${name}: ${message}`.slice(0, DETAIL_LENGTH) });
}
