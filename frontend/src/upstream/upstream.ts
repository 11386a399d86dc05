import { AppError } from '../errors';
import type { Party } from '../hops';

/** A server that this app calls, with what a message about it needs. */
export interface Upstream {
  readonly party: Party;
  /** As a sentence names it, e.g. `the Destination Service`. */
  readonly name: string;
  /** Where its address is configured, e.g. `"uri" of the service binding "mtlsDestination"`. */
  readonly addressFrom: string;
  readonly timeoutMs: number;
  /** The setting that holds `timeoutMs`. */
  readonly timeoutSetting: string;
}

/** Bad gateway for a wrong answer or none, service unavailable when it says so itself, gateway time-out when it is late. */
export type GatewayStatus = 502 | 503 | 504;

export interface UpstreamErrorOptions {
  readonly code: string;
  readonly status: GatewayStatus;
  readonly description: string;
  readonly remedy: string;
  /** For the log only. */
  readonly detail?: string;
  /** The status that the upstream answered, where it did. */
  readonly upstreamStatus?: number;
}

/**
 * A call to another server that failed. It never carries the error of an HTTP library as its cause: that one holds the
 * request's agent, and with it the private key.
 */
export class UpstreamError extends AppError {
  readonly code: string;
  readonly status: GatewayStatus;
  readonly upstreamStatus: number | undefined;

  constructor({ code, status, description, remedy, detail, upstreamStatus }: UpstreamErrorOptions) {
    super(description, remedy, { detail });
    this.code = code;
    this.status = status;
    this.upstreamStatus = upstreamStatus;
  }
}
