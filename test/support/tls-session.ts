import { connect } from 'node:tls';

export interface TlsCall {
  readonly port: number;
  readonly version?: 'TLSv1.2' | 'TLSv1.3';
  readonly ca: string;
  readonly client?: { readonly cert: string; readonly key: string } | undefined;
  /** What the client asks for in the handshake; an empty text leaves it out. */
  readonly servername?: string;
  /** Of an earlier call. */
  readonly session?: Buffer | undefined;
  /** The lines of the request; the server closes the connection behind its answer. */
  readonly lines: readonly string[];
}

export interface TlsAnswer {
  readonly resumed: boolean;
  /** The last one that the server gave, to resume. */
  readonly session: Buffer | undefined;
  readonly text: string;
}

/** Sends one request on a TLS connection that may resume a session, and reads until the server closes it. */
export function callOverTls({ port, version, ca, client, servername, session, lines }: TlsCall): Promise<TlsAnswer> {
  return new Promise((resolve, reject) => {
    let text = '';
    let resumed = false;
    let latest: Buffer | undefined;
    const options = {
      port,
      host: '127.0.0.1',
      ca,
      servername: servername ?? 'localhost',
      // The servers' certificates name localhost only, whatever they were asked for.
      checkServerIdentity: () => undefined,
      ...(version && { minVersion: version, maxVersion: version }),
      ...(session && { session }),
      ...client,
    };
    const socket = connect(options, () => {
      resumed = socket.isSessionReused();
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    });
    // TLS 1.3 sends its tickets after the handshake.
    socket.on('session', (ticket: Buffer) => (latest = ticket));
    socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve({ resumed, session: latest, text }));
  });
}
