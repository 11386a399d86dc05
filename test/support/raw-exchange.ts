import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

/** A connection on which bytes are sent as they are written, also such as no HTTP client would send. */
export interface RawTarget {
  readonly port: number;
  /** Absent for plain http. */
  readonly tls?: Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'servername'>;
}

export interface RawAnswer {
  /** Everything that came back until the server closed the connection. */
  readonly text: string;
  /** Of each response in it, in their order. */
  readonly statuses: readonly number[];
}

const LIMIT_MS = 10_000;

/** Sends lines (each ended by CR LF) on a connection of its own, and reads until the server closes it. */
export function exchange(target: RawTarget, lines: readonly string[]): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = open(target);
    const limit = setTimeout(() => socket.destroy(new Error(`No end within ${LIMIT_MS} ms: ${text}`)), LIMIT_MS);
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (text += chunk));
    // A server that refuses a request may reset the connection while the rest of it is still being sent.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => {
      clearTimeout(limit);
      const statuses = [...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));
      resolve({ text, statuses });
    });
    socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  });
}

function open({ port, tls }: RawTarget): Socket {
  return tls === undefined
    ? connectPlain(port, '127.0.0.1')
    : // The server's certificate names localhost only, whatever it was asked for.
      connectTls({ port, host: '127.0.0.1', servername: 'localhost', checkServerIdentity: () => undefined, ...tls });
}
