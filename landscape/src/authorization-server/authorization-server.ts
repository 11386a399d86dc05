import type { CertificateAuthority } from '../ca/certificate-authority';
import type { Journal } from '../journal';
import { Listener } from '../listener';
import { HOST, portOf, type LandscapeSettings } from '../settings';
import { SigningKey } from '../token-core/signing-key';
import { authorizationServerAddresses, type AuthorizationServerAddresses } from './addresses';
import { describeServer } from './metadata';
import { createProvider, type ProviderHandler, type ProviderOptions } from './provider';
import { createAuthorizationServerApp } from './server';

/** The backend as this server's clients name it (RFC 8707 `resource`): the audience of a token whose request names none. */
export const BACKEND_RESOURCE = 'api://backendmtls';

export interface AuthorizationServerOptions {
  readonly settings: LandscapeSettings;
  readonly ca: CertificateAuthority;
  readonly journal: Journal;
  /** Other resources; the first is that of a request which names none. */
  readonly resources?: readonly [string, ...string[]];
}

/** An OAuth authorization server after RFC 8705, of no particular vendor. */
export interface AuthorizationServer {
  readonly addresses: AuthorizationServerAddresses;
  /** The port that asks for no certificate and the one that does, not started yet. */
  readonly listeners: readonly Listener[];
}

/**
 * Creates the authorization server; its clients register themselves (RFC 7591).
 * @throws {StateFileError} when the signing key in the state folder is damaged.
 */
export async function createAuthorizationServer({
  settings,
  ca,
  journal,
  resources = [BACKEND_RESOURCE],
}: AuthorizationServerOptions): Promise<AuthorizationServer> {
  const { stateFolder, now } = settings;
  const addresses = authorizationServerAddresses(settings);
  const signingKey = await SigningKey.open({ stateFolder, now, service: 'authorization-server', kidPrefix: 'as-' });
  const handler = createAuthorizationServerApp({
    provider: loadOnce({ addresses, signingKey, rootPem: ca.rootPem, resources, now }),
    host: new URL(addresses.issuer).host,
    metadata: describeServer(addresses),
    keys: { keys: [{ ...signingKey.jwk, use: 'sig', alg: 'RS256', kid: signingKey.kid }] },
  });
  const { key, certificate } = await ca.issueServer();
  const listeners = (['authorizationServer', 'authorizationServerCertificate'] as const).map(
    (port) =>
      new Listener({
        service: 'authorization-server',
        host: HOST,
        port: portOf(settings, port),
        journal,
        tls: {
          key,
          cert: certificate,
          ca: ca.rootPem,
          requestCert: port === 'authorizationServerCertificate',
        },
        handler,
      }),
  );
  return { addresses, listeners };
}

/** Both ports share one engine and with it the clients. */
function loadOnce(options: ProviderOptions): () => Promise<ProviderHandler> {
  let loading: Promise<ProviderHandler> | undefined;
  return () => (loading ??= createProvider(options));
}
