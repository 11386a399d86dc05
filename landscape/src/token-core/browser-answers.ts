import type { Response } from 'express';
import type { VNode } from 'preact';
import { render } from 'preact-render-to-string';
import { styleSource } from './pages/page';

/**
 * Sets the headers that UAA gives each answer to a browser. `max-age=0`: the header is a matter of the whole host, and a year
 * of it would break every http port of the reader's localhost.
 */
function setHeaders(res: Response): void {
  res.set({
    'strict-transport-security': 'max-age=0',
    'cache-control': 'no-store',
    'content-language': 'en',
    'x-xss-protection': '1; mode=block',
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
  });
}

export interface PageOptions {
  readonly status: number;
  /** Origin that a form may lead to besides this server: browsers apply the policy to the redirects after it, too. */
  readonly formTarget?: string;
}

export function sendPage(res: Response, page: VNode, { status, formTarget }: PageOptions): void {
  setHeaders(res);
  const policy = [
    "default-src 'none'",
    `style-src ${styleSource}`,
    'img-src data:',
    "base-uri 'none'",
    `form-action 'self'${formTarget === undefined ? '' : ` ${formTarget}`}`,
    "frame-ancestors 'none'",
  ].join('; ');
  res.status(status).set('content-security-policy', policy).type('html');
  res.send(`<!doctype html>${render(page)}`);
}

export function sendRedirect(res: Response, location: string): void {
  setHeaders(res);
  res.status(302).set('location', location).end();
}
