import type { CookieOptions, Request } from 'express';

/** The value of a cookie as it was sent, the first of several; undefined without one. */
export function readCookie(req: Request, name: string): string | undefined {
  return readCookies(req).find((cookie) => cookie.name === name)?.value;
}

export function cookieNames(req: Request): readonly string[] {
  return readCookies(req).map(({ name }) => name);
}

/**
 * The name that a cookie of this app has in a browser: over https with the prefix that keeps other hosts of the domain from
 * setting it (RFC 6265bis §4.1.3.2).
 */
export function hostCookieName({ secure }: Pick<Request, 'secure'>, name: string): string {
  return secure ? `__Host-${name}` : name;
}

/** How all cookies of this app are set. Lax: a page that was reached from elsewhere, as after a login, shall find them. */
export function hostCookieOptions({ secure }: Pick<Request, 'secure'>): CookieOptions {
  return { httpOnly: true, sameSite: 'lax', secure, path: '/' };
}

function readCookies(req: Request): readonly { readonly name: string; readonly value: string }[] {
  return (req.get('cookie') ?? '').split(';').map((pair) => {
    const [name = '', ...value] = pair.trim().split('=');
    return { name, value: value.join('=') };
  });
}
