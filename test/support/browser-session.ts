import { call, type Answer, type Call } from './http';

/**
 * What a browser does between two clicks: keeps cookies (those of `localhost` for all its ports, as browsers do), follows
 * redirects, fills in a form. It trusts `ca` and calls itself Mozilla, since some servers look at that.
 */
export class BrowserSession {
  readonly #cookies = new Map<string, string>();
  readonly #ca: string;

  constructor(ca: string) {
    this.#ca = ca;
  }

  /** The URL of the last answer. */
  url = '';

  cookie(name: string): string | undefined {
    return this.#cookies.get(name);
  }

  /** Opens a page and follows redirects to its end, or to the first one that `stopAt` matches, which is not followed. */
  async open(url: string, options: Call & { readonly stopAt?: RegExp } = {}): Promise<Answer> {
    const { stopAt, ...request } = options;
    let next: Call = request;
    this.url = url;
    for (let hops = 0; hops < 15; hops += 1) {
      const answer = await this.#send(this.url, next);
      const { location } = answer.headers;
      if (answer.status < 300 || answer.status > 399 || location === undefined) return answer;
      const target = new URL(location, this.url).href;
      if (stopAt?.test(target) === true) return answer;
      this.url = target;
      next = {};
    }
    throw new Error(`Too many redirects, the last to ${this.url}`);
  }

  /** Submits the first form of a page with these values beside its hidden ones. */
  async submit(
    page: Answer,
    values: Readonly<Record<string, string>>,
    options: { readonly stopAt?: RegExp } = {},
  ): Promise<Answer> {
    const [form] = /<form[\s\S]*?<\/form>/.exec(page.text) ?? [];
    if (form === undefined) throw new Error(`No form on ${this.url}:\n${page.text}`);
    const action = unescapeHtml(/<form[^>]*\saction="([^"]*)"/.exec(form)?.[1] ?? this.url);
    const hidden = [...form.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(([input]) => [
      unescapeHtml(/\sname="([^"]*)"/.exec(input)?.[1] ?? ''),
      unescapeHtml(/\svalue="([^"]*)"/.exec(input)?.[1] ?? ''),
    ]);
    const body = new URLSearchParams([...hidden, ...Object.entries(values)] as [string, string][]).toString();
    const origin = new URL(this.url).origin;
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin, referer: this.url };
    return this.open(new URL(action, this.url).href, { method: 'POST', body, headers, ...options });
  }

  async #send(url: string, { headers, ...request }: Call): Promise<Answer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await call(url, {
      ...request,
      headers: {
        accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
        'user-agent': 'Mozilla/5.0 (test)',
        ...(cookie !== '' && { cookie }),
        ...headers,
      },
      tls: { ca: this.#ca },
    });
    for (const set of answer.headers['set-cookie'] ?? []) this.#keep(set);
    return answer;
  }

  #keep(setCookie: string): void {
    const [pair = '', ...attributes] = setCookie.split(';');
    const name = pair.slice(0, pair.indexOf('=')).trim();
    const isGone = attributes.some((attribute) => /^\s*(max-age=0|expires=thu, 01 jan 1970)/i.test(attribute));
    if (isGone) this.#cookies.delete(name);
    else this.#cookies.set(name, pair.slice(pair.indexOf('=') + 1));
  }
}

function unescapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#x27': "'" };
  return text.replace(/&(amp|lt|gt|quot|#39|#x27);/g, (_all, name: string) => entities[name] ?? '');
}
