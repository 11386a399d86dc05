import type { Request, Response } from 'express';
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { setPageHeaders } from './security-headers';

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
  res.setHeader('Vary', 'Accept');
  res.setHeader('Cache-Control', 'no-store');
  switch (preferredForm(req)) {
    case 'html':
      setPageHeaders(res);
      sendBody(res, 'text/html; charset=utf-8', `<!DOCTYPE html>${renderToString(page())}`);
      return;
    case 'text':
      sendBody(res, 'text/plain; charset=utf-8', `${text}\n`);
      return;
    default:
      sendBody(res, 'application/json; charset=utf-8', JSON.stringify(json));
  }
}

/** What Express' `send` does besides, ETag and freshness, is for answers that are kept. */
function sendBody(res: Response, type: string, body: string): void {
  res.setHeader('Content-Type', type);
  res.setHeader('Content-Length', Buffer.byteLength(body));
  res.end(body);
}

/** What programs send needs no negotiation. */
const plainForms: ReadonlyMap<string | undefined, string> = new Map([
  [undefined, 'json'],
  ['*/*', 'json'],
  ['application/json', 'json'],
  ['text/plain', 'text'],
]);

function preferredForm(req: Request): string {
  return plainForms.get(req.headers.accept) ?? (req.accepts(['json', 'html', 'text']) || 'json');
}
