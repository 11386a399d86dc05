import type { Request, Response } from 'express';

/** Whether the client asks for JSON; without a preference the page is for people. */
export function wantsJson(req: Request): boolean {
  return req.accepts(['html', 'json']) === 'json';
}

export interface Representations {
  readonly status: number;
  readonly html: () => string;
  readonly json: () => unknown;
}

/** Answers with the page or its JSON twin, by `Accept`. Both are made for this request alone: nobody may keep them. */
export function respond(req: Request, res: Response, { status, html, json }: Representations): void {
  res.status(status).set({ 'cache-control': 'no-store', vary: 'Accept' });
  if (wantsJson(req)) res.json(json());
  else res.type('html').send(html());
}
