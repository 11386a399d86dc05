import { findBindings, type BindingQuery, type ConfigProblems, type ServiceBinding } from '@mtls/platform';
import { keySettings, readProvidedKey } from './tokens/provided-key';
import { readCredential, type Credential, type CredentialDialect } from './tokens/credential';

/** What a service binding is read from, and where its problems go. */
export interface BindingSource {
  readonly env: NodeJS.ProcessEnv;
  readonly bindings: readonly ServiceBinding[];
  readonly problems: ConfigProblems;
}

/** Finds the one binding that matches, if any: with two, nothing would tell which of them is meant. */
export function findOneBinding(query: BindingQuery, { bindings, problems }: BindingSource): ServiceBinding | undefined {
  const found = findBindings(bindings, query);
  if (found.length < 2) return found[0];
  const names = found.map(({ name }) => `"${name}"`).join(', ');
  const [[kind, value] = []] = Object.entries(query);
  problems.add(`${found.length} services with the ${kind} "${value}" are bound (${names}): unbind all but one.`);
  return undefined;
}

/** Reads the OAuth client of a binding; `keyPrefix` begins the settings that name its key where the binding holds none. */
export function readBoundClient(
  { credentials }: ServiceBinding,
  { dialect, keyPrefix }: { readonly dialect: CredentialDialect; readonly keyPrefix: string },
  { env, bindings, problems }: BindingSource,
  found: string[],
): Credential | undefined {
  const { file, service } = keySettings(keyPrefix);
  const providedKey = readProvidedKey(env, keyPrefix, bindings, problems);
  return readCredential(credentials, { dialect, providedKey, keySettings: `${file} or ${service}` }, found);
}

/** Adds what was found wrong with a binding, each problem continuing the sentence `The service … is bound, but`. */
export function reportBinding({ name }: ServiceBinding, found: readonly string[], problems: ConfigProblems): void {
  for (const problem of found) problems.add(`The service "${name}" is bound, but ${problem}.`);
}
