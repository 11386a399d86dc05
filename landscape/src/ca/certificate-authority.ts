import type { X509Certificate } from 'node:crypto';
import type { LandscapeSettings } from '../settings';

/** What a server shows in a TLS handshake: PEM, the certificate followed by its intermediate. */
export interface ServerIdentity {
  readonly key: string;
  readonly certificate: string;
}

export interface ClientCertificateRequest {
  readonly commonName: string;
  readonly locality: string;
  /** Bits of the RSA key. */
  readonly keyLength: number;
  readonly validityDays: number;
}

/** A client certificate with its key, as a service binding carries them. */
export interface IssuedClient {
  /** PEM, 64 columns: leaf, intermediate, root. */
  readonly certificate: string;
  /** PEM, PKCS#1 ("RSA PRIVATE KEY"). */
  readonly key: string;
  readonly leaf: X509Certificate;
}

/** The certificate authority of the landscape; root and intermediate persist, what they issue does not. */
export interface CertificateAuthority {
  /** The root's certificate, which servers and clients of the landscape trust. */
  readonly rootPem: string;
  /** The file that holds `rootPem`, for NODE_EXTRA_CA_CERTS. */
  readonly rootFile: string;
  /** Issues a certificate for localhost, 127.0.0.1 and ::1, with a key of its own. */
  issueServer(): Promise<ServerIdentity>;
  issueClient(request: ClientCertificateRequest): Promise<IssuedClient>;
}

export type CertificateAuthorityOptions = Pick<LandscapeSettings, 'stateFolder' | 'now'>;
