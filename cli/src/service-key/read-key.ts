import type { CliContext } from '../context';
import { UsageFailure } from '../failure';
import { decodeText, readBinaryInput, type BinaryInput } from '../files/read-input';
import type { AskPassword } from '../files/read-password';
import { identityOf, type ClientIdentity } from '../pki/keystore';
import { readBindingCredential, readCredentials } from '../pki/read-credential';
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

export interface KeyQuery {
  /** Name of the service instance or of the binding. */
  readonly service?: string | undefined;
  readonly askPassword: AskPassword;
}

/**
 * Reads a service key, the output of `cf env`, or a keystore (PEM, PKCS#12).
 * @throws {Failure} naming what is wrong with the file, its certificate or its key.
 */
export async function readClientKey(context: CliContext, file: string, query: KeyQuery): Promise<ClientKey> {
  const input = await readBinaryInput(context, file);
  return holdsJson(input) ? readBindingKey(input, query) : readKeystoreFile(input, query);
}

async function readBindingKey(input: BinaryInput, { service, askPassword }: KeyQuery): Promise<ClientKey> {
  const { name: source } = input;
  const binding = selectBinding(readBindings(decodeText(input.bytes)), { purpose: 'client', service, source });
  const { certificate, key } = readCertificateCredentials(binding);
  if (certificate === undefined || key === undefined) return { source, binding, identity: undefined };
  const credential = await readBindingCredential(binding, { askPassword, name: source });
  return { source, binding, identity: identityOf(credential) };
}

async function readKeystoreFile(input: BinaryInput, { askPassword }: KeyQuery): Promise<ClientKey> {
  const [credential, ...more] = await readCredentials(input, { askPassword });
  if (more.length > 0)
    throw new UsageFailure('several-credentials', `${input.name} holds several credentials.`, 'Give a file with one.');
  return { source: input.name, binding: undefined, identity: identityOf(credential) };
}

/** A keystore in PEM has no braces. */
function holdsJson({ bytes }: BinaryInput): boolean {
  return !isBinary(bytes) && decodeText(bytes).includes('{');
}

/** DER begins with a SEQUENCE, a Java keystore with a magic number; neither begins a text. */
function isBinary(bytes: Buffer): boolean {
  return bytes[0] === 0x30 && (bytes[1] ?? 0) >= 0x80;
}
