import type { AuthenticatedClient } from './client-authentication';
import type { ClientCertificate } from './client-certificate';
import type { CertificateCredential } from './client-credential';
import type { ClientRegistry, RegisteredClient, Whereabouts } from './client-registry';
import { invalidClient, type OAuthError } from './oauth-error';

const CLIENT_AUTH_EKU = '1.3.6.1.5.5.7.3.2';

interface Context<Client extends RegisteredClient> {
  readonly registry: ClientRegistry<Client>;
  readonly now: number;
  /** What is said of a client that does not exist. */
  readonly unknownClient: string;
}

/**
 * Authenticates a client by the certificate of its TLS connection; the client names itself by `client_id` (RFC 8705 §2).
 * @throws {OAuthError} invalid_client, with a description of its own for each cause.
 */
export function authenticateByCertificate<Client extends RegisteredClient>(
  certificate: ClientCertificate | undefined,
  clientId: string | undefined,
  context: Context<Client>,
): AuthenticatedClient<Client> {
  if (certificate === undefined) throw refuse('no client certificate was presented');
  if (clientId === undefined) throw refuse('client_id is missing; it is required with a client certificate (RFC 8705)');
  const client = context.registry.find(clientId);
  if (client === undefined) throw invalidClient(context.unknownClient, `no client "${clientId}"`);
  const match = findMatch(certificate, clientId, context);
  if (isExpired(certificate, context.now))
    throw refuse(`the client certificate expired on ${certificate.x509.validTo}; bind again for a new one`);
  if (match === undefined) throw explainMismatch(certificate, clientId, context);
  if (match.trust === 'chain') checkChain(certificate);
  checkUsable(certificate, context.now);
  match.recordUse?.(certificate);
  return { client, method: 'certificate', thumbprint: certificate.thumbprint };
}

function findMatch<Client extends RegisteredClient>(
  certificate: ClientCertificate,
  clientId: string,
  { registry, now }: Context<Client>,
): CertificateCredential | undefined {
  for (const credential of registry.credentialsOf(clientId))
    if (credential.kind === 'certificate' && credential.match(certificate, now) === 'match') return credential;
  return undefined;
}

/** Both clocks count: the landscape's, which a test sets, and the one that the TLS handshake used. */
function isExpired({ x509, untrusted }: ClientCertificate, now: number): boolean {
  return Date.parse(x509.validTo) <= now || untrusted === 'CERT_HAS_EXPIRED';
}

function checkChain({ untrusted }: ClientCertificate): void {
  if (untrusted === undefined) return;
  const remedy =
    untrusted === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' || untrusted === 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'
      ? '; send the certificate followed by its intermediate certificates'
      : '';
  throw refuse(`the client certificate is not trusted (${untrusted})${remedy}`);
}

const whereaboutsCauses: Readonly<Record<Whereabouts, string>> = {
  'other-client': 'the client certificate belongs to another client; check client_id',
  removed: 'the client certificate was revoked: its binding or service key has been deleted',
  unknown: 'the client certificate is not registered for this client',
};

function explainMismatch<Client extends RegisteredClient>(
  certificate: ClientCertificate,
  clientId: string,
  { registry, now }: Context<Client>,
): OAuthError {
  for (const credential of registry.credentialsOf(clientId))
    if (credential.kind === 'certificate' && credential.match(certificate, now) === 'outdated')
      return refuse('the client certificate is older than one that was accepted before');
  const whereabouts = registry.locate(certificate.thumbprint);
  if (whereabouts === 'unknown') checkChain(certificate);
  return refuse(whereaboutsCauses[whereabouts]);
}

function checkUsable({ x509 }: ClientCertificate, now: number): void {
  if (Date.parse(x509.validFrom) > now) throw refuse(`the client certificate is not valid before ${x509.validFrom}`);
  // Absent means any purpose (RFC 5280 §4.2.1.12).
  const purposes = x509.keyUsage as readonly string[] | undefined;
  if (purposes !== undefined && !purposes.includes(CLIENT_AUTH_EKU))
    throw refuse('the client certificate may not authenticate clients (its extended key usage lacks clientAuth)');
}

function refuse(cause: string): OAuthError {
  return invalidClient(`Client authentication failed: ${cause}`, cause);
}
