import { request } from 'node:http';

/** What a server answered to a request as `curl` would send it. */
export interface ProbeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

const TIMEOUT_MS = 20_000;

/** Sends a GET as `curl -H … URL` does. @throws when there is no answer within 20 s. */
export async function probe(url: string, headers: Readonly<Record<string, string>> = {}): Promise<ProbeAnswer> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { accept: '*/*', ...headers }, signal: AbortSignal.timeout(TIMEOUT_MS) })
      .once('error', reject)
      .once('response', (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.once('error', reject);
        response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      })
      .end();
  });
}
