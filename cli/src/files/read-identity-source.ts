import type { CliContext } from '../context';
import { Failure, UsageFailure } from '../failure';
import { findBindings, readBindingCredential, readCredentials, type Credential } from '../pki/read-credential';
import { nameOf, type NamedCredentials } from '../service-key/bindings';
import { readCertificateCredentials } from '../service-key/client-credentials';
import { selectBinding } from '../service-key/select-binding';
import { joinParts } from './read-credential-files';
import { readEnvironmentInput } from './read-environment';
import { decodeText, readBinaryInput, type BinaryInput } from './read-input';
import type { AskPassword } from './read-password';

export interface IdentitySource {
  readonly credential: Credential;
  /** How messages call what was read, e.g. `key.txt`. */
  readonly input: string;
}

/**
 * Reads the one credential that is meant: of a binding with a certificate, of a keystore, or of the files that hold its parts;
 * without a file, of the environment.
 * @param service name of the service instance or binding, where there are several.
 * @throws {UsageFailure} `several-services`, `several-credentials`; {Failure} `key-missing`, and those of `readCredentials`.
 */
export async function readIdentitySource(
  context: CliContext,
  files: readonly string[],
  { service, askPassword }: { readonly service?: string | undefined; readonly askPassword: AskPassword },
): Promise<IdentitySource> {
  const inputs = files.length === 0 ? [await readEnvironment(context)] : await readAll(context, files);
  const input = inputs.map(({ name }) => name).join(', ');
  const credentials: Credential[] = [];
  for (const one of inputs) credentials.push(await readOne(one, { service, askPassword }));
  const [credential, another] = joinParts(credentials);
  if (credential === undefined) throw new Error('an input was read and holds nothing');
  if (another === undefined) return { credential, input };
  throw new UsageFailure(
    'several-credentials',
    `${input} hold several certificates with keys of their own.`,
    'Give the files of one certificate: the certificate, its key, its issuers.',
  );
}

async function readOne(
  input: BinaryInput,
  { service, askPassword }: { service: string | undefined; askPassword: AskPassword },
): Promise<Credential> {
  const bindings = findBindings(decodeText(input.bytes));
  if (bindings.length === 0) return (await readCredentials(input, { askPassword }))[0];
  const binding = selectBinding(bindings, { purpose: 'certificate', service, source: input.name });
  if (readCertificateCredentials(binding).key === undefined) throw keyMissing(binding);
  return readBindingCredential(binding, { askPassword, name: nameOf(binding) });
}

async function readAll(context: CliContext, files: readonly string[]): Promise<BinaryInput[]> {
  const inputs: BinaryInput[] = [];
  for (const file of files) inputs.push(await readBinaryInput(context, file));
  return inputs;
}

async function readEnvironment(context: CliContext): Promise<BinaryInput> {
  const { text, name } = await readEnvironmentInput(context);
  return { bytes: Buffer.from(text), name };
}

function keyMissing(binding: NamedCredentials): Failure {
  return new Failure(
    'key-missing',
    `${nameOf(binding)} has a certificate but no private key.`,
    'It was made with a certificate of your own: its key is where you made it. For a pair made by the service create a binding or key with {"credential-type":"x509","x509":{…}} without "certificate".',
  );
}
