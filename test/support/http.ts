import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Trust and client certificate of an https call. */
  readonly tls?: Pick<RequestOptions, 'ca' | 'cert' | 'key'>;
  readonly timeoutMs?: number;
}

/** One request on a connection of its own; resolves with any status, throws what the connection throws. */
export function call(
  url: string,
  { method = 'GET', headers = {}, body, tls = {}, timeoutMs = 30_000 }: Call = {},
): Promise<Answer> {
  const request = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const req = request(url, { method, headers, agent: false, ...tls }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () =>
        resolve({ status: res.statusCode ?? 0, headers: res.headers, text: Buffer.concat(chunks).toString() }),
      );
      res.on('error', reject);
    });
    req.setTimeout(timeoutMs, () => req.destroy(new Error(`No answer from ${url} within ${timeoutMs} ms`)));
    req.on('error', reject);
    req.end(body);
  });
}

export interface JsonAnswer<T> {
  readonly status: number;
  readonly body: T;
}

/** GET with `Accept: application/json`, parsed; what a page's JSON twin says. */
export async function getJson<T>(url: string, options: Call = {}): Promise<JsonAnswer<T>> {
  const { status, text } = await call(url, { ...options, headers: { accept: 'application/json', ...options.headers } });
  // The tests assert on the members they read.
  return { status, body: JSON.parse(text) as T };
}

/** Polls until the condition holds. @throws with `what` and the last value after the deadline. */
export async function until<T>(
  what: string,
  read: () => Promise<T>,
  holds: (value: T) => boolean,
  limitMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > deadline)
      throw new Error(`${what} did not happen within ${limitMs} ms; last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
