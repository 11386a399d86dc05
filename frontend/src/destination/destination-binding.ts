import { readHttpsUrl } from '../addresses';
import { findOneBinding, readBoundClient, reportBinding, type BindingSource } from '../service-binding';
import { xsuaaDialect, type Credential } from '../tokens/credential';

/** Begins the settings that name the key of a certificate whose key is not part of the binding. */
export const DESTINATION_KEY = 'DESTINATION';

export interface DestinationBinding {
  readonly bindingName: string;
  readonly credential: Credential;
  /** `uri`: the address of the service's REST API. */
  readonly serviceUrl: URL;
}

/** Reads the binding of the Destination Service; undefined when there is none or it has problems. */
export function readDestinationBinding(source: BindingSource): DestinationBinding | undefined {
  const binding = findOneBinding({ tag: 'destination' }, source);
  if (binding === undefined) return undefined;
  const found: string[] = [];
  const credential = readBoundClient(binding, { dialect: xsuaaDialect, keyPrefix: DESTINATION_KEY }, source, found);
  const serviceUrl = readServiceUrl(binding.credentials['uri'], found);
  reportBinding(binding, found, source.problems);
  if (credential === undefined || serviceUrl === undefined) return undefined;
  return { bindingName: binding.name, credential, serviceUrl };
}

function readServiceUrl(uri: unknown, problems: string[]): URL | undefined {
  if (typeof uri === 'string' && uri !== '') return readHttpsUrl(uri, 'uri', problems);
  problems.push('"uri" is missing');
  return undefined;
}
