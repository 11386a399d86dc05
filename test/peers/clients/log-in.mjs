// What a browser does between the application's redirect to the login and the redirect back: cookies, redirects, the form.
import { fetch } from 'undici';

/** @returns the address that the user ends at, with the code; the request for it is left to the application. */
export async function logIn(address, { username, password, redirectUri, dispatcher }) {
  const cookies = new Map();
  const visit = async (url, options = {}) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { ...options, redirect: 'manual', dispatcher, headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      cookies.set(name, value);
    }
    const location = answer.headers.get('location');
    if (location === null) return { url, html: await answer.text() };
    const next = new URL(location, url);
    return next.href.startsWith(redirectUri) ? { callback: next } : visit(next);
  };
  const { url, html } = await visit(address);
  const form = new URLSearchParams({ username, password });
  for (const [, name, value] of html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g))
    form.set(name, value.replaceAll('&amp;', '&'));
  const action = new URL(/<form method="post" action="([^"]+)"/.exec(html)[1], url);
  const { callback } = await visit(action, { method: 'POST', body: form });
  return callback;
}
