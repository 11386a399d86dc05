import type { Agent } from 'node:https';
import { create as createAxios, isAxiosError, type AxiosInstance } from 'axios';
import { describeConnectionFailure, describeOversizedAnswer, describeTimeout } from './connection-failure';
import type { HttpAnswer, HttpClient, HttpRequest } from './http-client';
import type { Upstream, UpstreamError } from './upstream';

/** A keystore with a long chain is a few kilobytes; nothing that these services answer comes near this. */
const ANSWER_LIMIT_BYTES = 1_048_576;

/**
 * Creates the HTTP client of one credential: one lean axios instance (no proxy, redirect, decompression, parsing) on its
 * keep-alive agent. An agent per request would cost a TLS handshake per request.
 */
export function createAxiosClient({ agent }: { readonly agent: Agent }): HttpClient {
  const instance = createAxios({
    adapter: 'http',
    httpsAgent: agent,
    proxy: false,
    maxRedirects: 0,
    decompress: false,
    responseType: 'text',
    transformResponse: [(data: unknown) => data],
    maxContentLength: ANSWER_LIMIT_BYTES,
    validateStatus: () => true,
    // axios asks for compressed answers unless told otherwise.
    headers: { 'accept-encoding': 'identity' },
  });
  return { send: (upstream, request) => send(instance, upstream, request) };
}

async function send(instance: AxiosInstance, upstream: Upstream, request: HttpRequest): Promise<HttpAnswer> {
  const deadline = AbortSignal.timeout(upstream.timeoutMs);
  try {
    return await attempt(instance, request, deadline);
  } catch (error) {
    // The server closed an idle connection just as it was used again: that says nothing about the server.
    if (!isStaleSocket(error)) throw mapError(error, upstream, request.url, deadline);
  }
  try {
    return await attempt(instance, request, deadline);
  } catch (error) {
    throw mapError(error, upstream, request.url, deadline);
  }
}

async function attempt(instance: AxiosInstance, request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { method, url, headers, body } = request;
  const response = await instance.request<string>({
    method,
    url: url.href,
    headers: { ...headers },
    data: body,
    signal,
  });
  return { status: response.status, headers: singleHeaders(response.headers), text: response.data };
}

/** Never wraps axios' error: its config holds the agent with the private key, its request the secret. */
function mapError(error: unknown, upstream: Upstream, url: URL, deadline: AbortSignal): UpstreamError {
  if (deadline.aborted) return describeTimeout(upstream, url);
  if (!isAxiosError(error)) throw error;
  if (error.code === 'ERR_BAD_RESPONSE' && error.message.startsWith('maxContentLength'))
    return describeOversizedAnswer(upstream, ANSWER_LIMIT_BYTES);
  return describeConnectionFailure(upstream, url, { code: error.code, message: error.message });
}

function isStaleSocket(error: unknown): boolean {
  if (!isAxiosError(error) || (error.code !== 'ECONNRESET' && error.code !== 'EPIPE')) return false;
  const request: unknown = error.request;
  return typeof request === 'object' && request !== null && 'reusedSocket' in request && request.reusedSocket === true;
}

function singleHeaders(headers: object): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      value === undefined ? undefined : String(value),
    ]),
  );
}
