import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, type Answer } from './http';
import type { RunningLandscape } from './running-landscape';

/** What the landscape's users are by default: the first may call the backend, the second may not. */
export const alice = { username: 'alice@example.com', password: 'Wonderland-1' } as const;
export const bob = { username: 'bob@example.com', password: 'Builder-2' } as const;

/** An answer with the address that it came from. */
export interface Visit extends Answer {
  readonly url: string;
}

/** A browser without pages: it keeps cookies of `localhost`, whatever the port, as real ones do, and follows redirects. */
export class LoginBrowser {
  readonly cookies: Map<string, string>;
  readonly #ca: string;

  constructor({ home }: Pick<RunningLandscape, 'home'>, cookies: Iterable<readonly [string, string]> = []) {
    this.#ca = readFileSync(join(home, 'ca', 'root.pem'), 'utf8');
    this.cookies = new Map(cookies);
  }

  /** One request, no redirect followed. */
  async send(url: string, form?: Record<string, string>, headers: Record<string, string> = {}): Promise<Visit> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await call(url, {
      method: form === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'text/html',
        'user-agent': 'Mozilla/5.0 (test)', // what SAP's application router looks at
        ...(cookie !== '' && { cookie }),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      ...(form && { body: new URLSearchParams(form).toString() }),
      ...(url.startsWith('https:') && { tls: { ca: this.#ca } }),
    });
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /Max-Age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return { ...answer, url };
  }

  /** Follows redirects until a page comes, or the address fits `stopAt`, which is then not opened. */
  async open(url: string, stopAt?: RegExp): Promise<Visit> {
    return this.follow(await this.send(url), stopAt);
  }

  async follow(first: Visit, stopAt?: RegExp): Promise<Visit> {
    let visit = first;
    for (let hops = 0; hops < 10; hops += 1) {
      const { location } = visit.headers;
      if (location === undefined) return visit;
      const next = new URL(location, visit.url).href;
      if (stopAt?.test(next)) return { ...visit, url: next };
      visit = await this.send(next);
    }
    throw new Error(`redirected in a circle at ${visit.url}`);
  }

  /** Fills in the login form that a visit has led to, and goes on from there. */
  async logIn(page: Visit, user: { username: string; password: string }, stopAt?: RegExp): Promise<Visit> {
    const action = /<form method="post" action="([^"]+)"/.exec(page.text)?.[1];
    if (action === undefined) throw new Error(`no login page at ${page.url}: ${page.status} ${page.text}`);
    return this.follow(
      await this.send(new URL(action, page.url).href, { ...hiddenFields(page.text), ...user }),
      stopAt,
    );
  }
}

/** The hidden fields of a page's forms. */
export function hiddenFields(html: string): Record<string, string> {
  const fields = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]));
}
