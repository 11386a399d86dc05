import { request as requestHttp, type Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { request as requestHttps, type Agent as HttpsAgent, type RequestOptions } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { describeConnectionFailure, describeOversizedAnswer, describeTimeout } from './connection-failure';
import type { HttpAnswer, HttpClient, HttpRequest } from './http-client';
import type { Upstream } from './upstream';

export interface NodeClientOptions {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
  /** A longer answer is an error. */
  readonly answerLimitBytes: number;
}

/**
 * Creates the HTTP client of the call that every request makes: node:https and node:http with keep-alive agents. The
 * same call through axios costs more than the rest of the request.
 */
export function createNodeClient(wire: NodeClientOptions): HttpClient {
  return {
    async send(upstream, request) {
      const endsAt = performance.now() + upstream.timeoutMs;
      const first = await attempt(wire, upstream, request, upstream.timeoutMs);
      if (first !== 'stale-socket') return first;
      const second = await attempt(wire, upstream, request, Math.max(1, endsAt - performance.now()));
      if (second !== 'stale-socket') return second;
      throw describeConnectionFailure(upstream, request.url, {
        code: 'ECONNRESET',
        message: 'twice on kept connections',
      });
    },
  };
}

/** Resolves with `stale-socket` when the server closed an idle connection just as it was used again. */
function attempt(
  { http, https, answerLimitBytes }: NodeClientOptions,
  upstream: Upstream,
  { method, url, headers, body }: HttpRequest,
  timeoutMs: number,
): Promise<HttpAnswer | 'stale-socket'> {
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? requestHttps({ ...targetOf(url), method, headers, agent: https })
        : requestHttp({ ...targetOf(url), method, headers, agent: http });
    const fail = (error: Error): void => {
      clearTimeout(deadline);
      reject(error);
      request.destroy();
    };
    const deadline = setTimeout(() => fail(describeTimeout(upstream, url)), timeoutMs);
    const failWith = (error: NodeJS.ErrnoException): void => {
      if (request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')) {
        clearTimeout(deadline);
        resolve('stale-socket');
      } else fail(describeConnectionFailure(upstream, url, error));
    };
    request.on('error', failWith);
    request.on('response', (response) => {
      readBody(response, answerLimitBytes, {
        onText(text) {
          clearTimeout(deadline);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        },
        onOversize: () => fail(describeOversizedAnswer(upstream, answerLimitBytes)),
        // A part of the answer came: the server has seen the request, so it is not sent again.
        onError: (error) => fail(describeConnectionFailure(upstream, url, error)),
      });
    });
    request.end(body);
  });
}

/** Given the URL itself, Node would take it apart for each request. */
const targets = new WeakMap<URL, RequestOptions>();

function targetOf(url: URL): RequestOptions {
  const known = targets.get(url);
  if (known !== undefined) return known;
  const { hostname, port, path } = urlToHttpOptions(url);
  const target = { hostname, port, path };
  targets.set(url, target);
  return target;
}

interface BodyListeners {
  onText(text: string): void;
  onOversize(): void;
  onError(error: NodeJS.ErrnoException): void;
}

function readBody(response: IncomingMessage, limitBytes: number, on: BodyListeners): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limitBytes) on.onOversize();
    else chunks.push(chunk);
  });
  response.on('end', () => on.onText(Buffer.concat(chunks).toString()));
  response.on('error', (error) => on.onError(error));
}
