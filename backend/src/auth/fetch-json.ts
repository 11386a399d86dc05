import { errors } from '@sap/xssec';
import { get, type RequestOptions } from 'node:https';

/** Metadata and key sets are a few kilobytes. */
const LIMIT_BYTES = 262_144;

/**
 * Fetches a JSON document over https within one deadline for the whole answer; redirects are not followed.
 * @throws {errors.RequestError | errors.ResponseError | Error} what issuerUnavailable() explains
 */
export async function fetchJson(url: string, timeoutMs: number): Promise<unknown> {
  const { status, text } = await fetchText(url, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (status !== 200) throw new errors.ResponseError(url, {}, status, text);
  return JSON.parse(text) as unknown;
}

function fetchText(url: string, options: RequestOptions): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    let hasBegun = false;
    const request = get(url, options, (response) => {
      hasBegun = true;
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= LIMIT_BYTES) chunks.push(chunk);
        else request.destroy(new Error(`The answer of ${url} is longer than ${LIMIT_BYTES} bytes.`));
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      response.on('error', reject);
    });
    request.on('error', (error) =>
      reject(hasBegun ? error : new errors.RequestError(url, { name: 'fetchJson' }, error)),
    );
  });
}
