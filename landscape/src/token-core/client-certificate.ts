import { createHash, type X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { peerCertificate, presentedCertificate } from '../listener';

/** The certificate that a client proved to own in the TLS handshake. */
export interface ClientCertificate {
  readonly x509: X509Certificate;
  /** base64url(SHA-256(DER)): `x5t#S256` of RFC 8705 §3.1. */
  readonly thumbprint: string;
  /** OpenSSL's reason why its chain does not reach the listener's CA; absent when it does. */
  readonly untrusted?: string;
}

/** Reads the client's certificate of a connection; undefined without TLS or when none was presented. */
export function readClientCertificate(socket: Socket): ClientCertificate | undefined {
  const x509 = peerCertificate(socket);
  const presented = presentedCertificate(socket);
  if (x509 === undefined || presented === undefined) return undefined;
  const { 'x5t#S256': thumbprint, reason } = presented;
  return { x509, thumbprint, ...(reason !== undefined && { untrusted: reason }) };
}

export function thumbprintOf(certificate: X509Certificate): string {
  return createHash('sha256').update(certificate.raw).digest('base64url');
}
