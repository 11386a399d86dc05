import { request as sendHttp, type IncomingHttpHeaders } from 'node:http';
import { connect, type ConnectRequest } from './connect';
import { explainFailure } from './explain-failure';
import { HopFailure } from './hop';
import type { ServerFlight } from './server-flight';
import { withDeadline } from './with-deadline';

export interface OutgoingRequest extends ConnectRequest {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer | undefined;
}

export interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** undefined for plain http. */
  readonly flight: ServerFlight | undefined;
}

const ANSWER_LIMIT_BYTES = 5_000_000;

/**
 * Sends one request on a connection of its own: any status is an answer, redirects are not followed, nothing is repeated.
 * @throws {HopFailure} naming the step that failed, and why.
 */
export async function sendRequest(request: OutgoingRequest): Promise<Answer> {
  const { url, party, timeoutMs, identity, recordHop, now } = request;
  const connection = await connect(request);
  const started = performance.now();
  const milliseconds = (): number => Math.round(performance.now() - started);
  const line = `${request.method} ${url.pathname}`;
  try {
    const answer = await withDeadline(() => exchange(request, connection.socket), timeoutMs);
    const text = `${line}: ${answer.status} ${answer.statusText}`.trimEnd();
    recordHop?.({
      party,
      step: 'answer',
      state: answer.status < 400 ? 'ok' : 'failed',
      text,
      milliseconds: milliseconds(),
    });
    return { ...answer, flight: connection.flight };
  } catch (error) {
    const finding = explainFailure(error, {
      url: url.href,
      party,
      step: 'answer',
      timeoutMs,
      flight: connection.flight,
      identity,
      now: now(),
      ...(connection.flight === undefined && { received: connection.received() }),
    });
    recordHop?.({
      party,
      step: 'answer',
      state: 'failed',
      text: `${line}: ${finding.message}`,
      milliseconds: milliseconds(),
    });
    throw new HopFailure(finding);
  } finally {
    connection.socket.destroy();
  }
}

function exchange(
  { url, method, headers, body }: OutgoingRequest,
  socket: Awaited<ReturnType<typeof connect>>['socket'],
): Promise<Omit<Answer, 'flight'>> {
  return new Promise((resolve, reject) => {
    const outgoing = sendHttp({
      createConnection: () => socket,
      method,
      path: `${url.pathname}${url.search}`,
      headers: {
        host: url.host,
        connection: 'close',
        ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
        ...headers,
      },
    });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        chunks.push(chunk);
        if (length > ANSWER_LIMIT_BYTES)
          response.destroy(Object.assign(new Error('too long'), { code: 'ANSWER_TOO_LONG' }));
      });
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          statusText: response.statusMessage ?? '',
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    outgoing.end(body);
  });
}
