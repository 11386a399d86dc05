/** Lets a verb of `cf` tell apart what it words differently; everything else prints the message. */
export type CloudFoundryErrorCode =
  | 'app-not-found'
  | 'service-instance-not-found'
  | 'service-instance-not-managed'
  | 'service-plan-not-found'
  | 'service-keys-not-supported'
  /** An asynchronous job failed; the message has the form `Job (GUID) failed: DETAIL`. */
  | 'job-failed'
  /** The request itself is refused (CC's UnprocessableEntity). */
  | 'unprocessable'
  /** The app has no package: it was never pushed. */
  | 'no-eligible-package'
  | 'no-app-files'
  /** `NoAppDetectedError - …`. */
  | 'no-app-detected'
  /** `BuildpackCompileFailed - …` and other staging failures. */
  | 'staging-failed'
  /** An instance crashed while the app was started. */
  | 'start-unsuccessful'
  /** No instance became healthy within the time that `cf` waits. */
  | 'start-timeout'
  /** `cf delete -r` of an app whose route is mapped to another app too. */
  | 'route-shared';

/** A failure in the words of Cloud Foundry: `cf` prints the message, then `FAILED`, and exits with 1. */
export class CloudFoundryError extends Error {
  override readonly name = 'CloudFoundryError';
  readonly code: CloudFoundryErrorCode;

  constructor(code: CloudFoundryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
