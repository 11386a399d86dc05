import { readHttpsUrl } from '../addresses';
import { findOneBinding, readBoundClient, reportBinding, type BindingSource } from '../service-binding';
import { xsuaaDialect, type Credential } from '../tokens/credential';

/** Begins the settings that name the key of a certificate whose key is not part of the binding. */
export const XSUAA_KEY = 'XSUAA';

/** What users log in with: the OAuth client of this app at XSUAA. */
export interface XsuaaBinding {
  readonly bindingName: string;
  readonly credential: Credential;
  /** `url`: what browsers are sent to; its host asks for no client certificate. */
  readonly url: URL;
}

/** Reads the binding of XSUAA; undefined when there is none or it has problems. */
export function readXsuaaBinding(source: BindingSource): XsuaaBinding | undefined {
  const binding = findOneBinding({ label: 'xsuaa' }, source);
  if (binding === undefined) return undefined;
  const found: string[] = [];
  const credential = readBoundClient(binding, { dialect: xsuaaDialect, keyPrefix: XSUAA_KEY }, source, found);
  const url = readUrl(binding.credentials['url'], found);
  reportBinding(binding, [...new Set(found)], source.problems);
  if (credential === undefined || url === undefined) return undefined;
  return { bindingName: binding.name, credential, url };
}

function readUrl(value: unknown, problems: string[]): URL | undefined {
  if (typeof value === 'string' && value !== '') return readHttpsUrl(value, 'url', problems);
  problems.push('"url" is missing');
  return undefined;
}
