import type { JWTPayload } from 'jose';
import type { CertificateAuthority } from '../ca/certificate-authority';
import type { Journal } from '../journal';
import { Listener } from '../listener';
import { HOST, portOf, type LandscapeSettings } from '../settings';
import type { CertificateRule } from '../token-core/client-authentication';
import { ClientRegistry } from '../token-core/client-registry';
import { SigningKey } from '../token-core/signing-key';
import { createTokenEndpoint } from '../token-core/token-endpoint';
import { UserDirectory, type User } from '../token-core/user-directory';
import type { TokenIssuer } from './access-token';
import { XsuaaBroker } from './broker';
import { describeKeys, describeServer } from './discovery';
import { createClientCredentialsGrant } from './grants/client-credentials';
import { createXsuaaServer, REALM } from './server';
import { xsuaaAddresses, type XsuaaAddresses } from './subaccount';
import { createUserAccess } from './user-access';
import type { XsuaaClient } from './xsuaa-client';

export interface XsuaaOptions {
  readonly settings: LandscapeSettings;
  readonly ca: CertificateAuthority;
  readonly journal: Journal;
}

/** The stand-in for SAP Authorization and Trust Management (XSUAA). */
export interface Xsuaa {
  readonly broker: XsuaaBroker;
  /** The plain port (`url`) and the certificate port (`certurl`), not started yet. */
  readonly listeners: readonly Listener[];
  /** Who can log in. */
  readonly users: UserDirectory;
  /** Ends the logins and the refresh tokens of a user. */
  readonly revokeUser: (user: User) => void;
  /**
   * Verifies signature, expiry and issuer of a token that this XSUAA issued; the caller checks audience and scopes.
   * @throws jose's errors, e.g. JWTExpired.
   */
  verifyAccessToken(jwt: string): Promise<JWTPayload>;
}

/**
 * Creates XSUAA with its broker and its two ports.
 * @throws {StateFileError} when the signing key or the users in the state folder are damaged.
 */
export async function createXsuaa({ settings, ca, journal }: XsuaaOptions): Promise<Xsuaa> {
  const { stateFolder, now } = settings;
  const addresses = xsuaaAddresses(settings);
  const signingKey = await SigningKey.open({ stateFolder, now, service: 'xsuaa', kidPrefix: 'default-jwt-key-' });
  const registry = new ClientRegistry<XsuaaClient>();
  const broker = new XsuaaBroker({ registry, ca, addresses, verificationKey: signingKey.publicPem, now });
  const issuer: TokenIssuer = { signingKey, addresses, now };
  const users = await UserDirectory.open(settings);
  const { pages, grants, revoke } = createUserAccess({ issuer, registry, users });
  const { key, certificate } = await ca.issueServer();
  // Both ask for a certificate: see decidePlainPort.
  const tls = { key, cert: certificate, ca: ca.rootPem, requestCert: true };
  const listeners = (['xsuaa', 'xsuaaCertificate'] as const).map(
    (port) =>
      new Listener({
        service: 'xsuaa',
        host: HOST,
        port: portOf(settings, port),
        journal,
        tls,
        handler: createXsuaaServer({
          tokenEndpoint: createTokenEndpoint({
            registry,
            now,
            policy: {
              basicAndBody: 'refused',
              basicEncoding: 'as-header-says',
              unknownClient: { bySecret: 'Bad credentials', byCertificate: 'Client with requested ID does not exist' },
              certificateRule: port === 'xsuaa' ? decidePlainPort(addresses) : decideCertificatePort(addresses),
            },
            grants: [createClientCredentialsGrant(issuer), ...grants],
            realm: REALM,
            query: 'refused',
            unauthorizedGrant: { status: 401, error: 'invalid_client', description: 'Unauthorized grant type' },
          }),
          keys: describeKeys(signingKey),
          discovery: describeServer(addresses),
          pages,
        }),
      }),
  );
  return {
    broker,
    listeners,
    users,
    revokeUser: revoke,
    verifyAccessToken: (jwt) => signingKey.verify(jwt, { issuer: addresses.issuer }),
  };
}

/**
 * On the plain host a certificate does not count. With an x509 binding and a tenant, though, xssec 4 derives the certificate
 * host from `uaadomain` by replacing `authentication.`, which leaves the plain port here; it sends `x-zid` then.
 */
function decidePlainPort({
  certUrl,
}: XsuaaAddresses): (req: { headers: NodeJS.Dict<string | string[]> }) => CertificateRule {
  const hint = `a client certificate counts at the certificate URL only (certurl of the binding, ${certUrl})`;
  return (req) => (req.headers['x-zid'] === undefined ? { use: 'ignored', hint } : { use: 'accepted' });
}

function decideCertificatePort({ url }: XsuaaAddresses): () => CertificateRule {
  const hint = `client secrets are for the other URL (url of the binding, ${url})`;
  return () => ({ use: 'required', hint });
}
