import type { RequestListener } from 'node:http';
import type { CertificateAuthority } from '../ca/certificate-authority';
import type { Journal } from '../journal';
import { Listener } from '../listener';
import { HOST, portOf, type LandscapeSettings } from '../settings';
import { authenticateClient, type AuthenticationPolicy } from '../token-core/client-authentication';
import { ClientRegistry } from '../token-core/client-registry';
import { Form } from '../token-core/form';
import type { OAuthErrorContent } from '../token-core/oauth-error';
import { SigningKey } from '../token-core/signing-key';
import { createTokenEndpoint } from '../token-core/token-endpoint';
import type { UserAccess } from '../token-core/user-access';
import { UserDirectory, type User } from '../token-core/user-directory';
import { xsuaaAddresses } from '../xsuaa/subaccount';
import type { TokenIssuer } from './access-token';
import { listApplications } from './application';
import { IdentityBroker } from './broker';
import { describeKeys, describeServer } from './discovery';
import { createClientCredentialsGrant } from './grants/client-credentials';
import type { IdentityClient } from './identity-client';
import { checkKeyRequest } from './key-request';
import { createIdentityServer, REALM } from './server';
import { describeTenant } from './tenant';
import { Trust } from './trust';
import { createUserAccess } from './user-access';

export interface IdentityOptions {
  readonly settings: LandscapeSettings;
  readonly ca: CertificateAuthority;
  readonly journal: Journal;
}

/** The stand-in for SAP Cloud Identity Services (IAS): a tenant with its applications. */
export interface Identity {
  readonly broker: IdentityBroker;
  /** One port for clients with secrets and with certificates, not started yet. */
  readonly listeners: readonly Listener[];
  /** Between the subaccount and the tenant; there is trust at first. */
  readonly trust: Trust;
  /** Ends the logins and the refresh tokens of a user. */
  readonly revokeUser: (user: User) => void;
}

/**
 * Creates the tenant with its broker and its port.
 * @throws {StateFileError} when the signing key or the users in the state folder are damaged.
 */
export async function createIdentity({ settings, ca, journal }: IdentityOptions): Promise<Identity> {
  const { stateFolder, now } = settings;
  const tenant = describeTenant(settings);
  const trust = new Trust();
  const signingKey = await SigningKey.open({ stateFolder, now, service: 'identity', kidPrefix: 'ias-' });
  const registry = new ClientRegistry<IdentityClient>();
  const broker = new IdentityBroker({ registry, ca, tenant, trust, tenantApi: xsuaaAddresses(settings).url, now });
  const issuer = { signingKey, tenant, now };
  const userAccess = createUserAccess({ issuer, registry, users: await UserDirectory.open(settings) });
  const { key, certificate } = await ca.issueServer();
  const listener = new Listener({
    service: 'identity',
    host: HOST,
    port: portOf(settings, 'identity'),
    journal,
    tls: { key, cert: certificate, ca: ca.rootPem, requestCert: true },
    handler: await createHandler({ registry, broker, trust, issuer, userAccess }),
  });
  return { broker, listeners: [listener], trust, revokeUser: userAccess.revoke };
}

interface Parts {
  readonly registry: ClientRegistry<IdentityClient>;
  readonly broker: IdentityBroker;
  readonly trust: Trust;
  readonly issuer: TokenIssuer;
  readonly userAccess: UserAccess<IdentityClient>;
}

async function createHandler({ registry, broker, trust, issuer, userAccess }: Parts): Promise<RequestListener> {
  const { signingKey, tenant, now } = issuer;
  const authentication = { registry, now, policy };
  const grants = [createClientCredentialsGrant(issuer), ...userAccess.grants];
  return createIdentityServer({
    tokenEndpoint: createTokenEndpoint({
      ...authentication,
      grants,
      realm: REALM,
      query: 'ignored',
      repeatable: ['resource'],
      unauthorizedGrant,
    }),
    keys: describeKeys(signingKey, await signingKey.certify(tenant.domains[0])),
    checkKeyRequest: ({ headers }) => checkKeyRequest(headers, { registry, trust, now }),
    discovery: describeServer(
      tenant,
      grants.map(({ type }) => type),
    ),
    pages: userAccess.pages,
    listApplications: (req) => {
      const { clientId } = authenticateClient(req, readClientId(req.query['client_id']), authentication).client;
      return listApplications(broker.applications().filter((application) => application.clientId === clientId));
    },
  });
}

/** Secrets and certificates count at the same URL; approuter sends a secret in header and body at once. */
const policy: AuthenticationPolicy = {
  basicAndBody: 'accepted-when-equal',
  basicEncoding: 'either',
  unknownClient: { bySecret: 'Client not found', byCertificate: 'Client not found' },
  certificateRule: () => ({
    use: 'accepted',
    hint: 'a binding of credential type NONE has neither, and cannot get a token for itself',
  }),
};

const unauthorizedGrant: OAuthErrorContent = {
  status: 400,
  error: 'unauthorized_client',
  description: 'The application may not use this grant type; see "grant-types" of its "oauth2-configuration"',
};

/** In a query nothing else may prove a client: it ends up in logs. */
function readClientId(clientId: unknown): Form {
  return Form.parse(typeof clientId === 'string' ? new URLSearchParams({ client_id: clientId }).toString() : '');
}
