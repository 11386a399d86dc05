import { STATUS_CODES, type ServerResponse } from 'node:http';

const statuses = {
  unknown_route: 404,
  no_endpoints: 503,
  endpoint_failure: 502,
  websocket_not_supported: 501,
} as const;

/** What gorouter answers by itself: its values of `x-cf-routererror`, and one of the landscape's. */
export type RouterErrorCode = keyof typeof statuses;

export interface RouterError {
  readonly code: RouterErrorCode;
  /** The route's host in the cloud. */
  readonly host: string;
  readonly requestId?: string;
}

/** Answers in gorouter's words: `404 Not Found: Requested route ('x') does not exist.` */
export function answerRouterError(res: ServerResponse, { code, host, requestId }: RouterError): void {
  const status = statuses[code];
  res.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'x-cf-routererror': code,
    'cache-control': 'no-cache, no-store',
    ...(requestId !== undefined && { 'x-vcap-request-id': requestId }),
    // The body of the request may not have been read.
    connection: 'close',
  });
  res.end(`${status} ${STATUS_CODES[status]}: ${messageOf(code, host)}\n`);
}

function messageOf(code: RouterErrorCode, host: string): string {
  const messages = {
    unknown_route: `Requested route ('${host}') does not exist.`,
    no_endpoints: `Requested route ('${host}') has no available endpoints.`,
    endpoint_failure: 'Registered endpoint failed to handle the request.',
    websocket_not_supported: "The landscape's router does not pass WebSocket connections on.",
  } as const satisfies Record<RouterErrorCode, string>;
  return messages[code];
}
