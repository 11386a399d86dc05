import { request } from 'node:http';

/** What a server answered to a request as `curl` would send it. */
export interface ProbeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface ProbeOptions {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds; 20 s by default. */
  readonly limitMs?: number;
}

/** Sends a request as `curl -H … URL` does. @throws when there is no answer within the limit. */
export async function probe(
  url: string,
  { method = 'GET', headers = {}, body, limitMs = 20_000 }: ProbeOptions = {},
): Promise<ProbeAnswer> {
  return new Promise((resolve, reject) => {
    request(url, { method, headers: { accept: '*/*', ...headers }, signal: AbortSignal.timeout(limitMs) })
      .once('error', reject)
      .once('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.once('error', reject);
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      })
      .end(body);
  });
}
