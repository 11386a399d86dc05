import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { ClientTrust } from '../client-trust';
import { readClientCertificate, type ClientCertificate } from '../token-core/client-certificate';

/** What the load balancer passes on of the client's certificate. */
export type PassedCertificate =
  | { readonly kind: 'none' }
  | { readonly kind: 'passed'; readonly certificate: ClientCertificate }
  /** The runtime never learns of it; `problem` is OpenSSL's code, for the journal. */
  | { readonly kind: 'dropped'; readonly problem: string };

/**
 * Does what the load balancer in front of the tenant does: it ends TLS, and passes a certificate on only when its chain reaches
 * a root on its list. It never refuses a connection.
 */
export function passCertificate({ socket }: IncomingMessage, trust: ClientTrust): PassedCertificate {
  const certificate = readClientCertificate(socket);
  if (certificate === undefined || !(socket instanceof TLSSocket)) return { kind: 'none' };
  const problem = trust.findProblem(socket, certificate.x509);
  return problem === undefined ? { kind: 'passed', certificate } : { kind: 'dropped', problem };
}
