import type { Request, Response } from 'express';
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';

/** One answer in the three forms that a caller may ask for. */
export interface Answer {
  readonly json: object;
  readonly text: string;
  readonly page: () => VNode;
}

/**
 * Sends the form that `Accept` prefers; without a preference, and when none fits, JSON. Never stored: it depends on the
 * token.
 */
export function sendAnswer(req: Request, res: Response, { json, text, page }: Answer): void {
  res.set({ Vary: 'Accept', 'Cache-Control': 'no-store' });
  switch (preferredForm(req)) {
    case 'html':
      res.type('html').send(`<!DOCTYPE html>${renderToString(page())}`);
      return;
    case 'text':
      res.type('text').send(`${text}\n`);
      return;
    default:
      res.json(json);
  }
}

function preferredForm(req: Request): string {
  const { accept } = req.headers;
  // What programs send needs no negotiation.
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return 'json';
  return req.accepts(['json', 'html', 'text']) || 'json';
}
