import type { Types } from '@sap/xssec';

const CORRELATION_ID = /^[\w.:-]{1,128}$/;

export interface IssuerOptions {
  /** Deadline of a request to the issuer. */
  readonly timeoutMs: number;
  /** Knows the tokens whose signature was verified before. */
  readonly signatureCache: Types.Cache;
}

/** It comes from the caller's headers and goes into ours: an odd or huge one must not make our request fail. */
export function correlationIdToPassOn(id: string | undefined): string | undefined {
  return id !== undefined && CORRELATION_ID.test(id) ? id : undefined;
}
