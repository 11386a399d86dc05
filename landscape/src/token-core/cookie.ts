import type { IncomingMessage, ServerResponse } from 'node:http';

/** Reads a cookie; undefined when there is none, or when two claim the name: one of them is somebody else's. */
export function readCookie({ headers }: IncomingMessage, name: string): string | undefined {
  const values = (headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return values.length === 1 ? values[0] : undefined;
}

export interface CookieContent {
  readonly name: string;
  /** Characters of base64url. */
  readonly value: string;
  /** Seconds; without it the cookie ends with the browser, 0 removes it. */
  readonly maxAgeS?: number;
}

/** Sets a cookie that scripts cannot read, that goes over TLS only and with navigation from elsewhere, but not with its forms. */
export function setCookie(res: ServerResponse, { name, value, maxAgeS }: CookieContent, now: number): void {
  const expires = maxAgeS !== undefined && new Date(maxAgeS === 0 ? 0 : now + maxAgeS * 1000).toUTCString();
  const age = expires === false ? '' : `; Max-Age=${maxAgeS}; Expires=${expires}`;
  res.appendHeader('set-cookie', `${name}=${value}; Path=/${age}; HttpOnly; Secure; SameSite=Lax`);
}
