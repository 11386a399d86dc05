import { Failure } from '../failure';
import type { ClientIdentity } from '../pki/keystore';
import type { CallSettings } from '../probe/call-settings';
import { HopFailure } from '../probe/hop';
import { requestToken, TokenRefusal } from '../probe/request-token';

export interface KeystoreTrial {
  readonly identity: ClientIdentity;
  readonly clientId: string;
  readonly tokenUrl: string;
}

/**
 * Shows the keystore's certificate to the token endpoint, as the Destination Service will. Only this tells a certificate
 * whose binding was deleted: the service itself may go on handing out a token that it fetched before.
 * @returns a note where the endpoint cannot be reached from here, which does not mean that the service cannot reach it.
 * @throws {Failure} `keystore-refused` when the endpoint gives no token for it.
 */
export async function tryKeystore(
  { identity, clientId, tokenUrl }: KeystoreTrial,
  settings: CallSettings,
): Promise<string | undefined> {
  try {
    const authentication = { kind: 'certificate', identity } as const;
    await requestToken({ party: 'trial of the keystore', tokenUrl, clientId, authentication }, settings);
    return undefined;
  } catch (error) {
    if (error instanceof TokenRefusal) {
      const { code, message, remedy } = error.finding;
      throw new Failure(
        'keystore-refused',
        `There is no token at ${tokenUrl} for the keystore's certificate: ${message} [${code}] Nothing was changed.`,
        `${remedy}${code.startsWith('client-') ? ' Then extract the certificate anew (mtls cert extract) and deploy that.' : ''}`,
      );
    }
    if (error instanceof HopFailure) return `The keystore could not be tried from here: ${error.message}`;
    throw error;
  }
}
