import { randomUUID } from 'node:crypto';
import {
  Agent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { errorCode } from '../error-code';
import { HOST } from '../settings';
import { formatAccess } from './access-log';
import type { ClientCertificates } from './client-certificate';
import { createStickyCookie, type EndpointPool, type RouterEndpoint } from './endpoint-pool';
import { createAnswerHeaders, createForwardedHeaders, hasBody } from './forwarded-headers';
import { answerRouterError } from './router-error';

/** As gorouter: so many endpoints are tried for one request. */
const MAX_ATTEMPTS = 3;
/** Below the 5 s after which a Node server closes an idle connection. */
const IDLE_LIMIT_MS = 4_000;

const agent = new Agent({ keepAlive: true, maxFreeSockets: 256, timeout: IDLE_LIMIT_MS });

export interface ForwardOptions {
  /** The route's host in the cloud. */
  readonly host: string;
  readonly pool: EndpointPool;
  /** undefined on a plain route, where no certificate is passed on. */
  readonly certificates: ClientCertificates | undefined;
}

interface Exchange extends ForwardOptions {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestId: string;
  readonly began: number;
  readonly body: boolean;
}

/** Passes a request on to an instance and its answer back, both as streams. */
export function forward(req: IncomingMessage, res: ServerResponse, options: ForwardOptions): void {
  const endpoint = options.pool.choose(req.headers.cookie);
  if (endpoint === undefined) return answerRouterError(res, { code: 'no_endpoints', host: options.host });
  attempt({ ...options, req, res, requestId: randomUUID(), began: performance.now(), body: hasBody(req) }, endpoint, 1);
}

function attempt(exchange: Exchange, endpoint: RouterEndpoint, count: number): void {
  const { req, res, body } = exchange;
  const upstream = httpRequest({
    host: HOST,
    port: endpoint.port,
    agent,
    // Both come from Node's parser and are never undefined in a server.
    method: req.method as string,
    path: req.url as string,
    headers: requestHeaders(exchange, endpoint),
  });
  const abandon = (): void => void upstream.destroy();
  res.once('close', abandon);
  upstream.once('response', (answer) => passBack(exchange, endpoint, answer));
  upstream.once('error', (error) => {
    res.off('close', abandon);
    if (res.headersSent || res.destroyed) return void res.destroy();
    req.unpipe(upstream);
    const next = canRetry(error, upstream, exchange, count) ? exchange.pool.choose(undefined) : undefined;
    if (next !== undefined) return attempt(exchange, next, count + 1);
    answerRouterError(res, { code: 'endpoint_failure', host: exchange.host, requestId: exchange.requestId });
    logAccess(exchange, endpoint, 0);
  });
  if (!body) upstream.end();
  // Not before there is a connection: another endpoint can be tried only while nothing of the body is read.
  else upstream.once('socket', (socket) => (socket.connecting ? socket.once('connect', sendBody) : sendBody()));
  function sendBody(): void {
    req.pipe(upstream);
  }
}

function requestHeaders(exchange: Exchange, endpoint: RouterEndpoint): string[] {
  const { req, certificates, host, requestId } = exchange;
  return createForwardedHeaders(req, {
    host,
    requestId,
    scheme: certificates === undefined ? 'http' : 'https',
    applicationId: endpoint.applicationId,
    instanceId: endpoint.instanceId,
    instanceIndex: endpoint.index,
    clientCertificate: certificates?.headersFor(req) ?? [],
  });
}

function passBack(exchange: Exchange, endpoint: RouterEndpoint, answer: IncomingMessage): void {
  const { res, requestId } = exchange;
  const headers = createAnswerHeaders(answer);
  const sticky = createStickyCookie(headers, endpoint.instanceId);
  if (sticky !== undefined) headers.push('set-cookie', sticky);
  headers.push('x-vcap-request-id', requestId);
  // An answer always has a status.
  res.writeHead(answer.statusCode as number, answer.statusMessage ?? '', headers);
  let bytes = 0;
  answer.on('data', (chunk: Buffer) => (bytes += chunk.length));
  answer.once('error', () => res.destroy()); // cut off in the middle: so is the client's copy
  answer.pipe(res);
  res.once('close', () => logAccess(exchange, endpoint, bytes));
}

/** Nothing was sent, or a kept connection closed under a request that may be sent twice. */
function canRetry(error: Error, upstream: ClientRequest, { req, body }: Exchange, count: number): boolean {
  if (count >= MAX_ATTEMPTS) return false;
  const code = errorCode(error);
  if (code === 'ECONNREFUSED') return true;
  const idempotent = req.method === 'GET' || req.method === 'HEAD' || req.method === 'OPTIONS';
  return code === 'ECONNRESET' && upstream.reusedSocket && idempotent && !body;
}

function logAccess(
  { req, res, requestId, began, host, certificates }: Exchange,
  endpoint: RouterEndpoint,
  bytes: number,
): void {
  endpoint.onAccess(
    formatAccess({
      req,
      host,
      status: res.statusCode,
      bytes,
      requestId,
      scheme: certificates === undefined ? 'http' : 'https',
      seconds: (performance.now() - began) / 1000,
      endpoint,
    }),
  );
}
