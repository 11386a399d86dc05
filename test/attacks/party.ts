import { X509Certificate } from 'node:crypto';
import type { Credentials } from '../support/bindings';
import type { RunningLandscape } from '../support/running-landscape';
import { fetchToken } from '../support/token-request';
import { TokenSigner } from '../support/token-signer';

/** An issuer of tokens, and a client of it that has a certificate. */
export interface Party {
  readonly name: 'XSUAA' | 'Identity';
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

/** Fetches a bound token with the certificate of a binding. */
export async function createParty(
  landscape: RunningLandscape,
  { name, ca, credentials }: PartyOptions,
): Promise<Party> {
  const { certificate = '', key = '' } = credentials as Record<string, string>;
  const path = name === 'XSUAA' ? '/oauth/token' : '/oauth2/token';
  const bound = await fetchToken(credentials, { ca, path });
  const signer = new TokenSigner(landscape, name === 'XSUAA' ? 'xsuaa' : 'identity', bound);
  const line = new X509Certificate(certificate).raw.toString('base64');
  return { name, client: { cert: certificate, key }, line, bound, signer };
}
