import { X509Certificate } from 'node:crypto';
import { credentialsOf, type Credentials } from '../support/bindings';
import { call } from '../support/http';
import type { RunningLandscape } from '../support/running-landscape';
import { fetchToken } from '../support/token-request';
import { TokenSigner } from '../support/token-signer';

export type PartyName = 'XSUAA' | 'Identity' | 'the authorization server';

/** An issuer of tokens, and a client of it that has a certificate. */
export interface Party {
  readonly name: PartyName;
  /** What the client shows in a TLS handshake, PEM. */
  readonly client: { readonly cert: string; readonly key: string };
  /** The client's certificate as the router writes it into the header. */
  readonly line: string;
  /** A token that the issuer bound to the client's certificate. */
  readonly bound: string;
  /** Makes further tokens of the issuer, bound to the same certificate unless they say otherwise. */
  readonly signer: TokenSigner;
}

export interface PartyOptions {
  readonly name: Party['name'];
  readonly ca: string;
  /** Of a binding with a certificate. */
  readonly credentials: Credentials;
}

const services = {
  XSUAA: { path: '/oauth/token', signingKey: 'xsuaa' },
  Identity: { path: '/oauth2/token', signingKey: 'identity' },
  'the authorization server': { path: '/oauth2/token', signingKey: 'authorization-server' },
} as const;

/** Fetches a bound token with the certificate of a binding. */
export async function createParty(
  landscape: RunningLandscape,
  { name, ca, credentials }: PartyOptions,
): Promise<Party> {
  const { certificate = '', key = '' } = credentials as Record<string, string>;
  const { path, signingKey } = services[name];
  const bound = await fetchToken(credentials, { ca, path });
  const signer = new TokenSigner(landscape, signingKey, bound);
  const line = new X509Certificate(certificate).raw.toString('base64');
  return { name, client: { cert: certificate, key }, line, bound, signer };
}

/** Creates a party of each issuer that the deployed backend trusts, with the clients that the deployment has. */
export async function createParties(
  landscape: RunningLandscape,
  ca: string,
): Promise<Readonly<Record<PartyName, Party>>> {
  const [xsuaa, identity, oauth] = await Promise.all([
    credentialsOf(landscape, 'backendmtls', 'xsuaa'),
    credentialsOf(landscape, 'frontendmtls', 'identity'),
    credentialsOf(landscape, 'frontendmtls', 'user-provided'),
  ]);
  return {
    XSUAA: await createParty(landscape, { name: 'XSUAA', ca, credentials: xsuaa }),
    Identity: await createParty(landscape, { name: 'Identity', ca, credentials: identity }),
    'the authorization server': await createParty(landscape, {
      name: 'the authorization server',
      ca,
      credentials: {
        clientid: oauth['MTLS_OAUTH_CLIENT_ID'],
        certificate: oauth['MTLS_OAUTH_CERTIFICATE'],
        key: oauth['MTLS_OAUTH_KEY'],
        certurl: await findCertificateUrl(String(oauth['OAUTH_ISSUER']), ca),
      },
    }),
  };
}

/** Where the server asks for a client certificate (RFC 8705 §5). */
async function findCertificateUrl(issuer: string, ca: string): Promise<string> {
  const { text } = await call(`${issuer}/.well-known/oauth-authorization-server`, { tls: { ca } });
  const metadata = JSON.parse(text) as { mtls_endpoint_aliases: { token_endpoint: string } };
  return new URL(metadata.mtls_endpoint_aliases.token_endpoint).origin;
}
