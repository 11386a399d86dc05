import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request, type Agent } from 'node:https';

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
  /** Empty when the answer is no JSON. */
  readonly json: Record<string, unknown>;
}

export interface HttpsCall {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  /** An object is sent as a form. */
  readonly body?: Record<string, string> | string;
  readonly key?: string;
  readonly cert?: string;
  readonly agent?: Agent;
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3';
}

/** Sends one request over TLS to a port of this machine, on a connection of its own where no agent is given. */
export async function callHttps(call: HttpsCall & { readonly port: number; readonly ca: string }): Promise<Answer> {
  const { method = 'POST', headers, body, ...options } = call;
  const req = request({
    host: 'localhost',
    method,
    agent: false,
    ...options,
    headers: {
      ...(typeof body === 'object' && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
  });
  req.end(typeof body === 'object' ? new URLSearchParams(body).toString() : body);
  const [res] = (await once(req, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of res) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const isJson = res.headers['content-type']?.includes('json') ?? false;
  return {
    status: res.statusCode ?? 0,
    headers: res.headers,
    text,
    json: isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}
