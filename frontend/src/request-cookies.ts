import type { Request } from 'express';

/** The value of a cookie as it was sent, the first of several; undefined without one. */
export function readCookie(req: Request, name: string): string | undefined {
  return readCookies(req).find((cookie) => cookie.name === name)?.value;
}

export function cookieNames(req: Request): readonly string[] {
  return readCookies(req).map(({ name }) => name);
}

function readCookies(req: Request): readonly { readonly name: string; readonly value: string }[] {
  return (req.get('cookie') ?? '').split(';').map((pair) => {
    const [name = '', ...value] = pair.trim().split('=');
    return { name, value: value.join('=') };
  });
}
