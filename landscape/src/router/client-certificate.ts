import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { noteRequest } from '../listener';

const known = new WeakMap<TLSSocket, readonly string[]>();
const none: readonly string[] = [];

/**
 * What a certificate route tells the app of the client's certificate, as a flat list of header names and values: as
 * HAProxy does in front of gorouter with `forwarded_client_cert: sanitize_set`. Only a certificate whose chain reaches the
 * landscape's CA counts; another one is dropped, and the journal says why.
 */
export function clientCertificateHeaders(req: IncomingMessage, rootSubject: string): readonly string[] {
  const { socket } = req;
  if (!(socket instanceof TLSSocket)) return none;
  if (!socket.authorized) {
    if (socket.getPeerX509Certificate() !== undefined)
      noteRequest(req, `The client's certificate was dropped: ${String(socket.authorizationError)}.`);
    return none;
  }
  let headers = known.get(socket);
  if (headers === undefined) {
    headers = describeHandshake(socket, rootSubject);
    known.set(socket, headers);
  }
  return headers;
}

/** `x-forwarded-client-cert` is one line of base64 DER, the leaf only (gorouter); the rest are HAProxy's formats. */
function describeHandshake(socket: TLSSocket, rootSubject: string): readonly string[] {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return none;
  const { subject, issuer, validFrom, validTo } = certificate;
  const headers = {
    'x-forwarded-client-cert': certificate.raw.toString('base64'),
    'x-ssl-client': '1',
    // TLS 1.3 has no session id; like one, this is the same on both ends of a connection and tells nothing of its keys.
    'x-ssl-client-session-id': socket.exportKeyingMaterial(32, 'EXPORTER-session-id', Buffer.alloc(0)).toString('hex'),
    'x-ssl-client-verify': '0',
    'x-ssl-client-subject-dn': encode(toOneLine(subject)),
    'x-ssl-client-subject-cn': encode(commonName(subject)),
    'x-ssl-client-issuer-dn': encode(toOneLine(issuer)),
    'x-ssl-client-root-ca-dn': encode(toOneLine(rootSubject)),
    'x-ssl-client-notbefore': toUtcTime(validFrom),
    'x-ssl-client-notafter': toUtcTime(validTo),
  };
  return Object.entries(headers).flat();
}

/** OpenSSL's one-line form, `/C=DE/O=…/CN=…`, of Node's form with one attribute a line. */
function toOneLine(name: string): string {
  return `/${name.split('\n').join('/')}`;
}

function commonName(name: string): string {
  const attribute = name.split('\n').findLast((part) => part.startsWith('CN='));
  return attribute?.slice('CN='.length) ?? '';
}

/** ASN.1's UTCTime, YYMMDDhhmmssZ. */
function toUtcTime(date: string): string {
  return `${new Date(date).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
