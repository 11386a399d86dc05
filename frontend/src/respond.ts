import type { Request, Response } from 'express';

/** Whether the client asks for JSON; without a preference the page is for people. */
export function wantsJson(req: Request): boolean {
  // What programs usually ask for leaves nothing to weigh.
  return req.headers.accept === 'application/json' || req.accepts(['html', 'json']) === 'json';
}

export interface Representations {
  readonly status: number;
  readonly html: () => string;
  readonly json: () => object;
}

/** Answers with the page or its JSON twin, by `Accept`. Both are made for this request alone: nobody may keep them. */
export function respond(req: Request, res: Response, { status, html, json }: Representations): void {
  const isJson = wantsJson(req);
  const body = isJson ? JSON.stringify(json()) : html();
  res.status(status);
  res.setHeader('cache-control', 'no-store');
  res.setHeader('vary', 'Accept');
  res.setHeader('content-type', isJson ? 'application/json; charset=utf-8' : 'text/html; charset=utf-8');
  res.setHeader('content-length', Buffer.byteLength(body));
  // Not `send`, which copies the text into a buffer, so that Node cannot write it together with the head.
  res.end(body);
}
