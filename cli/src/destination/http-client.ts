import { Agent } from 'node:https';
import { AxiosError, create } from 'axios';
import { Failure } from '../failure';
import { describeNetworkError } from './network-error';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as a form for URLSearchParams. */
  readonly body?: Readonly<Record<string, unknown>> | URLSearchParams;
}

export interface HttpAnswer {
  readonly status: number;
  /** Parsed where it is JSON, whatever its content type says; else the text. */
  readonly body: unknown;
}

export interface HttpClientOptions {
  /** How messages call the other side, e.g. `Destination Service`. */
  readonly party: string;
  readonly timeoutMs: number;
  /** PEM; shown in the TLS handshake. */
  readonly identity?: { readonly certificate: string; readonly key: string };
}

export type SendRequest = (request: HttpRequest) => Promise<HttpAnswer>;

const ANSWER_LIMIT_BYTES = 5_000_000;

/**
 * Creates the function that calls one party: any status is an answer, redirects are not followed.
 * Errors of axios carry keys, tokens and forms, so none leaves this module.
 * @returns a function that throws {Failure} `unreachable`, naming the party and what to do.
 */
export function createHttpClient({ party, timeoutMs, identity }: HttpClientOptions): SendRequest {
  const httpsAgent = new Agent({
    keepAlive: false,
    ...(identity && { cert: identity.certificate, key: identity.key }),
  });
  const instance = create({
    httpsAgent,
    proxy: false,
    maxRedirects: 0,
    maxContentLength: ANSWER_LIMIT_BYTES,
    responseType: 'text',
    transformResponse: (data: unknown) => data,
    validateStatus: () => true,
  });
  return async ({ method, url, headers, body }) => {
    try {
      const { status, data } = await instance.request<unknown>({
        method,
        url,
        ...(headers && { headers }),
        ...(body && { data: body }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status, body: parseBody(data) };
    } catch (error) {
      const code = error instanceof AxiosError ? (error.code ?? 'unknown error') : 'unknown error';
      const { what, remedy } = describeNetworkError(code, { url, timeoutMs });
      throw new Failure('unreachable', `${party} (${new URL(url).origin}): ${what}.`, remedy);
    }
  };
}

function parseBody(data: unknown): unknown {
  if (typeof data !== 'string') return undefined;
  try {
    return JSON.parse(data);
  } catch {
    return data;
  }
}
