import { AppError } from '../errors';

/**
 * A 401 needs a challenge (RFC 9110 §15.5.2), and no registered scheme is that of a TLS client certificate: this one says what is
 * wanted, and clients ignore a scheme that they do not know. Descriptions are ASCII without `"` and `\`.
 */
abstract class CertificateChallenge extends AppError {
  readonly status = 401;

  override get headers(): Readonly<Record<string, string>> {
    return {
      'WWW-Authenticate': `TLS-Client-Certificate error="${this.code}", error_description="${this.description}"`,
    };
  }
}

/** No certificate reached this app. */
export class MissingCertificateError extends CertificateChallenge {
  readonly code = 'missing_certificate';
}

/** A certificate came, and must not be accepted. */
export class InvalidCertificateError extends CertificateChallenge {
  readonly code = 'invalid_certificate';
}

/** The certificate is known, but does not have the role that this route demands. */
export class MissingRoleError extends AppError {
  readonly code = 'missing_role';
  readonly status = 403;
}
