import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { ClientTrust } from '../client-trust';
import { noteRequest, peerCertificate } from '../listener';

const none: readonly string[] = [];

export interface ClientCertificatesOptions {
  /** Certificates whose chain reaches this root count; PEM. */
  readonly rootPem: string;
  /** The landscape's clock, milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * What certificate routes tell an app of the client's certificate: as HAProxy does in front of gorouter with
 * `forwarded_client_cert: sanitize_set`. A certificate that does not count is dropped, and the journal says why.
 */
export class ClientCertificates {
  readonly #root: X509Certificate;
  readonly #trust: ClientTrust;
  readonly #headers = new WeakMap<TLSSocket, readonly string[]>();

  constructor({ rootPem, now }: ClientCertificatesOptions) {
    this.#root = new X509Certificate(rootPem);
    this.#trust = new ClientTrust({ roots: [this.#root], now });
  }

  /** Lets a self-signed certificate count as well. */
  trust(certificate: X509Certificate): void {
    this.#trust.trust(certificate);
  }

  /** A flat list of header names and values, empty without a certificate that counts. */
  headersFor(req: IncomingMessage): readonly string[] {
    const { socket } = req;
    if (!(socket instanceof TLSSocket)) return none;
    const certificate = peerCertificate(socket);
    if (certificate === undefined) return none;
    const problem = this.#trust.findProblem(socket, certificate);
    if (problem !== undefined) {
      noteRequest(req, `The client's certificate was dropped: ${problem}.`);
      return none;
    }
    let headers = this.#headers.get(socket);
    if (headers === undefined) {
      const root = certificate.subject === certificate.issuer ? certificate : this.#root;
      headers = describeHandshake(socket, certificate, root.subject);
      this.#headers.set(socket, headers);
    }
    return headers;
  }
}

/** `x-forwarded-client-cert` is one line of base64 DER, the leaf only (gorouter); the rest are HAProxy's formats. */
function describeHandshake(socket: TLSSocket, certificate: X509Certificate, rootSubject: string): readonly string[] {
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
