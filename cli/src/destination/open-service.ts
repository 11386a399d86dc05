import type { CliContext } from '../context';
import { Failure } from '../failure';
import { readInput, type Input } from '../files/read-input';
import type { CallSettings } from '../probe/call-settings';
import { readAuthentication, requestToken } from '../probe/request-token';
import { readBindings } from '../service-key/bindings';
import { readOAuthClient, readServiceUri, type OAuthClient } from '../service-key/client-credentials';
import { selectBinding } from '../service-key/select-binding';
import { DestinationService } from './destination-service';

/** A Destination Service, and the client that may change it. */
export interface ServiceAccess {
  readonly client: OAuthClient;
  /** Base address of its REST API. */
  readonly uri: string;
}

/** Reads a service key of the Destination Service. @throws {Failure} naming what is wrong with it. */
export async function readServiceAccess(context: CliContext, file: string): Promise<ServiceAccess> {
  return findServiceAccess(await readInput(context, file));
}

/** Finds the one Destination Service among bindings or keys. @throws {Failure} naming what is wrong with it. */
export function findServiceAccess({ text, name }: Input): ServiceAccess {
  const binding = selectBinding(readBindings(text), { purpose: 'destination', source: name });
  const uri = readServiceUri(binding);
  if (uri === undefined || !URL.canParse(uri))
    throw new Failure('credentials-malformed', `"uri" in ${name} is no address.`, 'Fetch the service key anew.');
  return { client: readOAuthClient(binding), uri };
}

/** Fetches a token for the REST API. @throws {HopFailure} naming the step that failed. */
export async function openService({ client, uri }: ServiceAccess, settings: CallSettings): Promise<DestinationService> {
  const { clientId, tokenUrl } = client;
  const party = 'token for the Destination Service';
  const { token } = await requestToken(
    { party, clientId, tokenUrl, authentication: readAuthentication(client) },
    settings,
  );
  return new DestinationService({ uri, token, settings });
}
