import type { Answer, HttpsCall } from '../support/https-call';

/** What a browser does at a token service: keeps cookies, follows redirects on request, fills in the login form. */
export class Browser {
  readonly #call: (call: HttpsCall) => Promise<Answer>;
  readonly cookies = new Map<string, string>();

  constructor(call: (call: HttpsCall) => Promise<Answer>) {
    this.#call = call;
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send({ method: 'GET', path, headers });
  }

  /** Sends a form as the page would; a header may say otherwise. */
  async post(path: string, body: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send({ method: 'POST', path, body, headers });
  }

  /** Follows redirects as long as they stay at this server; the answer is the last one. */
  async follow(answer: Answer): Promise<Answer> {
    let current = answer;
    for (let hops = 0; hops < 5; hops += 1) {
      const location = current.headers['location'];
      if (typeof location !== 'string' || !location.startsWith('/')) return current;
      current = await this.get(location);
    }
    throw new Error('The server redirects in a circle.');
  }

  /** Logs in on a login page that the server has shown. */
  async submitLogin(page: Answer, { username, password }: Credentials): Promise<Answer> {
    const action = /<form method="post" action="([^"]+)"/.exec(page.text)?.[1];
    if (action === undefined) throw new Error(`This is no login page: ${page.status} ${page.text}`);
    return this.post(action, { ...readHiddenFields(page.text), username, password });
  }

  async #send({ headers = {}, ...call }: HttpsCall): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.#call({ ...call, headers: { ...(cookie !== '' && { cookie }), ...headers } });
    for (const line of setCookiesOf(answer)) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Two of the users that a landscape comes with: the first has the role collection `mTLS Reference Viewer`, the second none. */
export const alice: Credentials = { username: 'alice@example.com', password: 'Wonderland-1' };
export const bob: Credentials = { username: 'bob@example.com', password: 'Builder-2' };

export function setCookiesOf({ headers }: Answer): string[] {
  return [headers['set-cookie'] ?? []].flat();
}

export function readHiddenFields(html: string): Record<string, string> {
  const fields = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value.replaceAll('&amp;', '&')]));
}
