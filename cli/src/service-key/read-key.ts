import type { CliContext } from '../context';
import { readInput } from '../files/read-input';
import { readIdentity, readKeystore, type ClientIdentity } from '../pki/keystore';
import { readBindings, type NamedCredentials } from './bindings';
import { readCertificateCredentials } from './client-credentials';
import { selectBinding } from './select-binding';

/** What a user has of a client: a service key or binding, or a keystore alone. */
export interface ClientKey {
  /** How messages call the file. */
  readonly source: string;
  /** Absent for a keystore. */
  readonly binding: NamedCredentials | undefined;
  /** Certificate with its key; absent for a client that has a secret. */
  readonly identity: ClientIdentity | undefined;
}

/**
 * Reads a service key, the output of `cf env`, or a keystore in PEM.
 * @throws {Failure} naming what is wrong with the file, its certificate or its key.
 */
export async function readClientKey(
  context: CliContext,
  file: string,
  { service }: { readonly service?: string | undefined },
): Promise<ClientKey> {
  const { text, name: source } = await readInput(context, file);
  if (!text.includes('{') && text.includes('-----BEGIN'))
    return { source, binding: undefined, identity: readKeystore(text) };
  const binding = selectBinding(readBindings(text), { purpose: 'client', service, source });
  const { certificate, key } = readCertificateCredentials(binding);
  const hasPair = certificate !== undefined && key !== undefined;
  return { source, binding, identity: hasPair ? readIdentity({ certificate, key }) : undefined };
}
