import type { IncomingMessage } from 'node:http';

/** RFC 9110 §7.6.1, and what concerns this connection only; framing is set anew for the next hop. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
]);

/** Set by the router alone; what the client sent under these names is dropped. */
const replaced = new Set([
  'host',
  'content-length',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-for',
  'x-vcap-request-id',
  'x-cf-applicationid',
  'x-cf-instanceid',
  'x-cf-instanceindex',
  'x-cf-app-instance',
]);

export interface ForwardedRequest {
  /** The route's name in the cloud. */
  readonly host: string;
  readonly scheme: 'http' | 'https';
  readonly requestId: string;
  readonly applicationId: string;
  readonly instanceId: string;
  readonly instanceIndex: number;
  /** The flat list of names and values that tells the app of the client's certificate; empty without one. */
  readonly clientCertificate: readonly string[];
}

/**
 * The headers that the app gets, as a flat list of names and values: those of the client, without what only the router may
 * say. `x-forwarded-client-cert` and `x-ssl-client*` come from the TLS handshake or not at all (mode `sanitize_set`).
 */
export function createForwardedHeaders(req: IncomingMessage, forwarded: ForwardedRequest): string[] {
  const named = connectionOptions(req);
  const headers = ['host', forwarded.host];
  for (let index = 0; index < req.rawHeaders.length; index += 2) {
    // rawHeaders holds names and values in turn.
    const name = req.rawHeaders[index] as string;
    const lowerCase = name.toLowerCase();
    if (hopByHop.has(lowerCase) || replaced.has(lowerCase) || tellsOfCertificate(lowerCase)) continue;
    if (named?.has(lowerCase)) continue;
    headers.push(name, req.rawHeaders[index + 1] as string);
  }
  const { remoteAddress = '' } = req.socket;
  const previous = req.headers['x-forwarded-for'];
  headers.push(
    'x-forwarded-host',
    req.headers.host ?? '',
    'x-forwarded-proto',
    forwarded.scheme,
    'x-forwarded-for',
    previous === undefined ? remoteAddress : `${String(previous)}, ${remoteAddress}`,
    'x-vcap-request-id',
    forwarded.requestId,
    'x-cf-applicationid',
    forwarded.applicationId,
    'x-cf-instanceid',
    forwarded.instanceId,
    'x-cf-instanceindex',
    String(forwarded.instanceIndex),
    ...forwarded.clientCertificate,
  );
  pushFraming(req, headers);
  return headers;
}

/** Whether the request announces a body (RFC 9112 §6). */
export function hasBody(req: IncomingMessage): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

/** Frames the body as the client did: a body without framing would be read as the next request. */
function pushFraming(req: IncomingMessage, headers: string[]): void {
  const length = req.headers['content-length'];
  if (req.headers['transfer-encoding'] !== undefined) headers.push('transfer-encoding', 'chunked');
  else if (length !== undefined) headers.push('content-length', length);
  else if (req.method === 'POST' || req.method === 'PUT' || req.method === 'PATCH') headers.push('content-length', '0');
}

/** Frameworks that turn headers into variables take `_` for `-`, so such spellings are dropped too. */
function tellsOfCertificate(lowerCase: string): boolean {
  // Nearly every name ends here.
  if (!lowerCase.startsWith('x')) return false;
  const name = lowerCase.replaceAll('_', '-');
  return name === 'x-forwarded-client-cert' || name.startsWith('x-ssl-client');
}

/** The headers that `Connection` declares to be of this connection only. */
function connectionOptions(req: IncomingMessage): Set<string> | undefined {
  const value = req.headers.connection;
  if (value === undefined || /^(keep-alive|close)$/i.test(value)) return undefined;
  return new Set(value.split(',').map((name) => name.trim().toLowerCase()));
}

/** The app's answer as it goes to the client, a flat list without what concerned the app's connection. */
export function createAnswerHeaders(upstream: IncomingMessage): string[] {
  const headers: string[] = [];
  for (let index = 0; index < upstream.rawHeaders.length; index += 2) {
    const name = upstream.rawHeaders[index] as string;
    const lowerCase = name.toLowerCase();
    if (hopByHop.has(lowerCase) || lowerCase === 'x-vcap-request-id') continue;
    headers.push(name, upstream.rawHeaders[index + 1] as string);
  }
  return headers;
}
