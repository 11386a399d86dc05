import { isNativeError } from 'node:util/types';

/** A refusal of the Destination Service: thrown anywhere, turned into a response by the router that declares the body's form. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A body as the real service was seen to send it, whatever form its interface description declares for the status. */
export class RecordedError extends ServiceError {
  get body(): string {
    return JSON.stringify({ ErrorMessage: this.message });
  }
}

/** Reads the message of anything thrown. */
export function messageOf(error: unknown): string {
  return isNativeError(error) ? error.message : String(error);
}

/** Reads the code that Node's own errors carry, e.g. `ECONNREFUSED`; empty where there is none. */
export function codeOf(error: unknown): string {
  return isNativeError(error) && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
