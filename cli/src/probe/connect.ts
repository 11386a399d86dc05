import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { formatName } from '../pki/certificate';
import { formatChain, type ClientIdentity } from '../pki/keystore';
import { explainFailure, type FailureContext } from './explain-failure';
import { HopFailure, type RecordHop, type Step } from './hop';
import { openTunnel, type Proxy } from './proxy';
import { readServerFlight, type ServerFlight } from './server-flight';
import { TappedSocket } from './tapped-socket';
import { withDeadline } from './with-deadline';

export interface ConnectRequest {
  readonly url: URL;
  /** How messages call the other side, e.g. `target`. */
  readonly party: string;
  /** Of each step. */
  readonly timeoutMs: number;
  /** Shown if the server asks for it. */
  readonly identity?: ClientIdentity | undefined;
  /** Certificates (PEM) of all CAs that servers are trusted with; default: those of Node and NODE_EXTRA_CA_CERTS. */
  readonly trusted?: readonly string[] | undefined;
  readonly proxy?: Proxy | undefined;
  readonly recordHop?: RecordHop | undefined;
  /** Gets what the server said in a handshake that failed. */
  readonly recordFlight?: ((flight: ServerFlight) => void) | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A connection that is ready for one request. */
export interface Connection {
  readonly socket: Socket | TLSSocket;
  /** undefined for plain http. */
  readonly flight: ServerFlight | undefined;
  /** The first bytes that the server sent. */
  readonly received: () => Buffer;
}

/**
 * Opens a connection step by step: name, TCP (or the proxy's tunnel), TLS. Servers are always verified.
 * @throws {HopFailure} naming the step that failed, and why.
 */
export async function connect(request: ConnectRequest): Promise<Connection> {
  const socket = await openSocket(request);
  const tapped = new TappedSocket(socket);
  tapped.on('error', () => {});
  if (request.url.protocol === 'http:')
    return { socket: asSocket(tapped), flight: undefined, received: () => tapped.received };
  const { socket: secure, flight } = await startTls(request, tapped);
  return { socket: secure, flight, received: () => tapped.received };
}

async function openSocket(request: ConnectRequest): Promise<Socket> {
  const { url, proxy } = request;
  if (proxy !== undefined) {
    const text = `tunnel through ${proxy.host}:${proxy.port} to ${url.host}`;
    return take(
      request,
      'proxy',
      (signal) => openTunnel(proxy, url, signal),
      () => text,
    );
  }
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const addresses =
    isIP(hostname) === 0
      ? await take(
          request,
          'DNS',
          () => lookup(hostname, { all: true }),
          (found) => `${hostname} is ${found.map(({ address }) => address).join(', ')}`,
        )
      : [{ address: hostname, family: isIP(hostname) }];
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  return take(
    request,
    'TCP',
    async (signal) => {
      const found: LookupFunction = (_name, _options, done) => done(null, addresses);
      const socket = connectTcp({ host: hostname, port, lookup: found, autoSelectFamily: true });
      signal.addEventListener('abort', () => socket.destroy());
      await once(socket, 'connect');
      return socket;
    },
    (socket) => `connected to ${socket.remoteAddress ?? hostname}, port ${port}`,
  );
}

async function startTls(
  request: ConnectRequest,
  tapped: TappedSocket,
): Promise<{ socket: TLSSocket; flight: ServerFlight }> {
  const { url, party, identity, trusted, recordHop } = request;
  let secret: Buffer | undefined;
  const flight = (): ServerFlight => readServerFlight(tapped.received, secret);
  const socket = await take(
    request,
    'TLS',
    async (signal) => {
      signal.addEventListener('abort', () => tapped.destroy());
      const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
      const secure = connectTls({
        socket: tapped,
        host: hostname,
        ...(isIP(hostname) === 0 && { servername: hostname }),
        ALPNProtocols: ['http/1.1'],
        rejectUnauthorized: true,
        ...(trusted && { ca: [...trusted] }),
        ...(identity && { key: identity.key.pem, cert: formatChain(identity.chain) }),
      });
      secure.on('keylog', (line: Buffer) => {
        secret ??= readHandshakeSecret(line);
      });
      await once(secure, 'secureConnect');
      // A server that refuses the certificate may say so between the handshake and the request, when nobody else listens.
      secure.on('error', () => {});
      return secure;
    },
    (secure) => describeTls(secure, flight()),
    () => {
      request.recordFlight?.(flight());
      return { flight: flight(), received: tapped.received };
    },
  );
  const seen = flight();
  recordHop?.({ party, step: 'client certificate', state: 'ok', text: describeQuestion(seen, identity) });
  return { socket, flight: seen };
}

/** Takes one step within the time allowed and records how it ended. */
async function take<T>(
  request: ConnectRequest,
  step: Step,
  act: (signal: AbortSignal) => Promise<T>,
  describe: (result: T) => string,
  learn: () => Partial<FailureContext> = () => ({}),
): Promise<T> {
  const { party, url, timeoutMs, identity, recordHop, now } = request;
  const started = performance.now();
  const milliseconds = (): number => Math.round(performance.now() - started);
  try {
    const result = await withDeadline(act, timeoutMs);
    recordHop?.({ party, step, state: 'ok', text: describe(result), milliseconds: milliseconds() });
    return result;
  } catch (error) {
    const finding = explainFailure(error, { url: url.href, party, step, timeoutMs, identity, now: now(), ...learn() });
    recordHop?.({ party, step, state: 'failed', text: finding.message, milliseconds: milliseconds() });
    throw new HopFailure(finding);
  }
}

function describeTls(socket: TLSSocket, { certificates }: ServerFlight): string {
  const [leaf] = certificates;
  const server =
    leaf === undefined
      ? ''
      : `, server certificate ${shortName(leaf.subject)} of ${shortName(leaf.issuer)}, valid to ${new Date(leaf.validTo).toISOString()}`;
  return `${socket.getProtocol() ?? 'TLS'}${server}`;
}

function describeQuestion(flight: ServerFlight, identity: ClientIdentity | undefined): string {
  if (flight.clientCertificate === 'not-requested') return 'not asked for, so none was shown';
  const count = flight.acceptedAuthorities.length;
  const of = count === 0 ? '' : ` (of ${count === 1 ? 'one CA' : `${count} CAs`})`;
  const asked =
    flight.clientCertificate === 'requested' ? `asked for${of}` : 'asked for or not, this handshake does not tell';
  return `${asked}; ${identity === undefined ? 'none was shown' : `shown ${shortName(identity.chain.certificates[0].subject)}`}`;
}

/** The most specific part of a name, as a rule CN. */
function shortName(name: string): string {
  return formatName(name.split('\n').at(-1));
}

/** A line of the key log: `LABEL client-random secret`, in hexadecimal. */
function readHandshakeSecret(line: Buffer): Buffer | undefined {
  const [label, , secret] = line.toString('latin1').trim().split(' ');
  return label === 'SERVER_HANDSHAKE_TRAFFIC_SECRET' && secret !== undefined ? Buffer.from(secret, 'hex') : undefined;
}

/** Node's HTTP client takes any duplex stream as its connection, though its types ask for a socket. */
function asSocket(stream: TappedSocket): Socket {
  return stream as unknown as Socket;
}
