import { connect, type Socket } from 'node:net';
import { Failure } from '../failure';

type Environment = Readonly<Record<string, string | undefined>>;

/** A proxy that opens tunnels (CONNECT, RFC 9110 §9.3.6). */
export interface Proxy {
  readonly host: string;
  readonly port: number;
  /** Header of its own authentication; a secret. */
  readonly authorization?: string;
}

const ANSWER_LIMIT = 16_384;

/**
 * Finds the proxy that the environment names for an https address: HTTPS_PROXY or https_proxy, unless NO_PROXY names the host. This computer itself is
 * never called through one.
 * @throws {Failure} `proxy-address` for one that is no http address.
 */
export function findProxy(url: URL, environment: Environment): Proxy | undefined {
  const text = environment['HTTPS_PROXY'] ?? environment['https_proxy'] ?? '';
  const isExempt =
    url.protocol !== 'https:' ||
    isLoopback(url.hostname) ||
    isNamed(url, environment['NO_PROXY'] ?? environment['no_proxy'] ?? '');
  if (text === '' || isExempt) return undefined;
  const address = text.includes('://') ? text : `http://${text}`;
  const proxy = URL.canParse(address) ? new URL(address) : undefined;
  if (proxy?.protocol !== 'http:')
    throw new Failure(
      'proxy-address',
      'HTTPS_PROXY is no address of an http proxy.',
      'Set it like http://proxy.example:8080, or unset it.',
    );
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return {
    host: proxy.hostname,
    port: Number(proxy.port || 80),
    ...(proxy.username !== '' && { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
  };
}

/** Names at or below localhost and the loopback addresses (RFC 6761 §6.3). */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || /^127\.|^\[::1\]$|^::1$/.test(hostname);
}

/** Asks the proxy for a tunnel. Rejects with an error of code `PROXY_REFUSED` when it gives none, or with that of the socket. */
export function openTunnel(proxy: Proxy, target: URL, signal: AbortSignal): Promise<Socket> {
  const authority = `${target.hostname}:${target.port || '443'}`;
  return new Promise((resolve, reject) => {
    const socket = connect({ host: proxy.host, port: proxy.port });
    signal.addEventListener('abort', () => socket.destroy());
    let answer = '';
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    const read = (chunk: Buffer): void => {
      answer += chunk.toString('latin1');
      const end = answer.indexOf('\r\n\r\n');
      if (end < 0 && answer.length < ANSWER_LIMIT) return;
      if (!/^HTTP\/1\.[01] 2\d\d/.test(answer))
        return fail(Object.assign(new Error('refused'), { code: 'PROXY_REFUSED' }));
      socket.off('data', read).off('error', fail).off('close', cut);
      // The server speaks only once it has been spoken to (TLS): nothing of it can be here yet.
      socket.pause();
      resolve(socket);
    };
    const cut = (): void => fail(Object.assign(new Error('cut'), { code: 'PROXY_REFUSED' }));
    socket.on('data', read).on('error', fail).on('close', cut);
    socket.write(
      `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${proxy.authorization === undefined ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`}\r\n`,
    );
  });
}

/** Names in the list count for their subdomains too, with or without a dot in front; a port narrows one down. */
function isNamed({ hostname, port }: URL, list: string): boolean {
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [name = '', ownPort] = entry.replace(/^\*?\./, '').split(':');
      const fits = hostname === name || hostname.endsWith(`.${name}`);
      return fits && (ownPort === undefined || ownPort === (port || '443'));
    });
}
