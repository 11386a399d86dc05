import type { IncomingMessage } from 'node:http';
import { maskPath } from '../journal';
import { HOST } from '../settings';
import type { RouterEndpoint } from './endpoint-pool';

export interface Access {
  readonly req: IncomingMessage;
  readonly host: string;
  readonly status: number;
  readonly bytes: number;
  readonly requestId: string;
  readonly scheme: 'http' | 'https';
  readonly seconds: number;
  readonly endpoint: RouterEndpoint;
}

/** A line as gorouter's access log has it; other than there, values in the query that may be secret are replaced. */
export function formatAccess(access: Access): string {
  const { req, endpoint } = access;
  const { remoteAddress = '-', remotePort = 0 } = req.socket;
  return [
    `${access.host} - [${new Date().toISOString()}]`,
    quote(`${req.method} ${maskPath(req.url ?? '/')} HTTP/${req.httpVersion}`),
    access.status,
    req.headers['content-length'] ?? 0,
    access.bytes,
    quote(req.headers.referer),
    quote(req.headers['user-agent']),
    quote(`${remoteAddress}:${remotePort}`),
    quote(`${HOST}:${endpoint.port}`),
    `x_forwarded_for:${quote(remoteAddress)}`,
    `x_forwarded_proto:${quote(access.scheme)}`,
    `vcap_request_id:${quote(access.requestId)}`,
    `response_time:${access.seconds.toFixed(6)}`,
    `app_id:${quote(endpoint.applicationId)}`,
    `app_index:${quote(String(endpoint.index))}`,
    `instance_id:${quote(endpoint.instanceId)}`,
    `x_cf_routererror:"-"`,
  ].join(' ');
}

function quote(value: string | undefined): string {
  return `"${value ?? '-'}"`;
}
