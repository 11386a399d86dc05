import { createHash } from 'node:crypto';
import type { Request, Response } from 'express';
import { ServiceError } from './service-error';

/** The entity tag of a state: SHA-256 in hex, without quotes, as the service sends it. */
export function createEtag(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  // Each part is hashed on its own first, so that ("ab", "c") and ("a", "bc") differ.
  for (const part of parts) hash.update(createHash('sha256').update(part).digest());
  return hash.digest('hex');
}

/**
 * Evaluates If-Match and then If-None-Match (RFC 9110 §13.2.2) and sets ETag. Returns whether the client's copy is current: then
 * the 304 has been sent.
 * @throws {ServiceError} 412 when If-Match names no current tag.
 */
export function answerPreconditions(req: Request, res: Response, etag: string): boolean {
  res.setHeader('ETag', etag);
  const ifMatch = req.headers['if-match'];
  if (ifMatch !== undefined && !matches(ifMatch, etag)) throw new ServiceError(412, 'Precondition Failed');
  const ifNoneMatch = req.headers['if-none-match'];
  if (ifNoneMatch === undefined || !matches(ifNoneMatch, etag)) return false;
  res.status(304).end();
  return true;
}

/** Clients send the tag back bare, as they got it, or quoted, as RFC 9110 writes it. */
function matches(header: string, etag: string): boolean {
  return header.split(',').some((item) => {
    const candidate = item
      .trim()
      .replace(/^W\//, '')
      .replace(/^"(.*)"$/, '$1');
    return candidate === '*' || candidate === etag;
  });
}
