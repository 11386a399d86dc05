import type { ScenarioNote } from '../scenario';
import { confirmedThumbprint } from '../tokens/claims';
import type { ClientCertificate } from '../tokens/client-certificate';
import type { TokenRequest } from '../tokens/client-credentials';
import { UpstreamError, type Upstream } from '../upstream/upstream';
import type { Destination } from './destination';

/** A token that cannot be used with the keystore of its destination. */
export interface ForeignToken {
  readonly keystore: ClientCertificate;
  /** Thumbprint of the certificate that the token is bound to. */
  readonly boundTo: string;
}

/**
 * Compares the token with the keystore. The Destination Service keeps tokens for hours, so that after a new keystore was
 * uploaded it may still give out one that is bound to the old. Over plain http no certificate is shown: any token does.
 */
export function findForeignToken({ url, token, certificate: keystore }: Destination): ForeignToken | undefined {
  const boundTo = confirmedThumbprint(token.claims);
  if (keystore === undefined || boundTo === undefined || url.protocol !== 'https:') return undefined;
  return boundTo === keystore.card['x5t#S256'] ? undefined : { keystore, boundTo };
}

export interface OwnTokenOptions {
  readonly destinationName: string;
  readonly timeout: Pick<Upstream, 'timeoutMs' | 'timeoutSetting'>;
}

/**
 * Makes the request with which this app fetches the token itself, as the destination says how.
 * @throws {UpstreamError} when it does not say so.
 */
export function createOwnTokenRequest(
  { issuer: { clientId, url, party } }: Destination,
  keystore: ClientCertificate,
  { destinationName, timeout }: OwnTokenOptions,
): TokenRequest {
  if (clientId === undefined || url === undefined)
    throw new UpstreamError({
      code: 'token-of-other-certificate',
      status: 502,
      description:
        `The token of the destination "${destinationName}" is bound to another certificate than its keystore holds, and ` +
        'this app cannot fetch one itself, since clientId or an https tokenServiceURL is missing.',
      remedy: 'Set both properties; `mtls destination deploy` does so.',
    });
  return {
    issuer: {
      ...timeout,
      party,
      name: party === 'identity' ? 'Identity Authentication' : 'XSUAA',
      addressFrom: `tokenServiceURL of the destination "${destinationName}"`,
      clientRemedy:
        'The binding that the keystore was made from may have been deleted, or clientId may belong to another one: make ' +
        'keystore and destination anew from one service key with `mtls cert extract` and `mtls destination deploy`.',
    },
    credential: { kind: 'certificate', clientId, tokenUrl: url, certificate: keystore },
    purpose: 'token for the backend, bound to the keystore',
  };
}

/** Tells the user why this app asked for a token, although the destination came with one. */
export function noteOwnToken({ keystore, boundTo }: ForeignToken): ScenarioNote {
  return {
    code: 'token-fetched-with-keystore',
    message: 'This app has fetched the token itself, with keystore, clientId and tokenServiceURL of the destination.',
    reason:
      `The Destination Service sent one that is bound to the certificate ${boundTo}, but its keystore now holds ` +
      `${keystore.card['x5t#S256']}: it keeps tokens for hours, also after a new keystore was uploaded.`,
  };
}
