import { createHash, type X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** The certificate that a client proved to own in the TLS handshake. */
export interface ClientCertificate {
  readonly x509: X509Certificate;
  /** base64url(SHA-256(DER)): `x5t#S256` of RFC 8705 §3.1. */
  readonly thumbprint: string;
  /** OpenSSL's reason why its chain does not reach the listener's CA; absent when it does. */
  readonly untrusted?: string;
}

/** A connection keeps its certificate, so it is read once a connection. */
const known = new WeakMap<Socket, { readonly certificate: ClientCertificate | undefined }>();

/** Reads the client's certificate of a connection; undefined without TLS or when none was presented. */
export function readClientCertificate(socket: Socket): ClientCertificate | undefined {
  let entry = known.get(socket);
  if (entry === undefined) {
    entry = { certificate: socket instanceof TLSSocket ? inspect(socket) : undefined };
    known.set(socket, entry);
  }
  return entry.certificate;
}

function inspect(socket: TLSSocket): ClientCertificate | undefined {
  const x509 = socket.getPeerX509Certificate();
  if (x509 === undefined) return undefined;
  return {
    x509,
    thumbprint: thumbprintOf(x509),
    ...(!socket.authorized && { untrusted: String(socket.authorizationError) }),
  };
}

export function thumbprintOf(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('base64url');
}
