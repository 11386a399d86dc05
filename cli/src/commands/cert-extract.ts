import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import type { CliContext, ExitCode } from '../context';
import { Failure, UsageFailure } from '../failure';
import { readEnvironmentInput } from '../files/read-environment';
import { readInput } from '../files/read-input';
import { writeOwnFiles, type WrittenFile } from '../files/write-own-files';
import type { CertificateFacts } from '../pki/certificate';
import {
  checkUsable,
  describeChain,
  formatChain,
  formatKeystore,
  readIdentity,
  type ClientIdentity,
} from '../pki/keystore';
import { nameOf, readBindings, type NamedCredentials } from '../service-key/bindings';
import { readCertificateCredentials, type CertificateCredentials } from '../service-key/client-credentials';
import { selectBinding } from '../service-key/select-binding';
import { createStyles, formatCertificate, formatPairs } from './styles';

/** The keystore that `destination/destination_to_mtlsapp` names: what a key is for that does not say its instance. */
const DEFAULT_INSTANCE = 'mtlsXsuaa';
const CERTIFICATE_FILE = 'certificate.cer';

interface ExtractOptions {
  readonly service?: string;
  readonly out: string;
  readonly name?: string;
  readonly force?: true;
  readonly json?: true;
}

interface Extracted {
  readonly source: { readonly input: string; readonly service?: string; readonly offering?: string };
  readonly clientId?: string;
  readonly tokenServiceURL?: string;
  readonly chain: readonly CertificateFacts[];
  readonly notes: readonly string[];
  readonly files: { readonly privateKey: string; readonly certificate: string; readonly keystore: string };
}

/** Adds `cert extract`: certificate, key and keystore from a service key or binding. */
export function addCertExtract(cert: Command, context: CliContext, setExitCode: (code: ExitCode) => void): Command {
  return cert
    .command('extract')
    .description('write certificate, private key and keystore of a service key or binding, and say what is in it')
    .argument(
      '[FILE]',
      'output of "cf service-key" or "cf env", or VCAP_SERVICES as JSON; - reads standard input; without it the environment is read',
    )
    .option('--service <NAME>', 'service instance or binding, when there are several with a certificate')
    .option('--out <DIR>', 'folder to write into', 'certificate')
    .option('--name <FILE>', 'file name of the keystore (default: <instance>_client_certificate.pem)')
    .option('--force', 'overwrite files that mtls did not write')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  cf service-key mtlsXsuaa reader | mtls cert extract -
  mtls cert extract backend-env.txt --service mtlsXsuaa --out certificate

Writes privateKey.txt and the keystore (both readable by you alone) and certificate.cer. Exit code 1 when certificate
and key do not belong together, a part of the chain is missing or something is expired; nothing is written then.`,
    )
    .action(async (file: string | undefined, options: ExtractOptions) => {
      setExitCode(await extract(context, file, options));
    });
}

async function extract(context: CliContext, file: string | undefined, options: ExtractOptions): Promise<ExitCode> {
  const input = file === undefined ? await readEnvironmentInput(context) : await readInput(context, file);
  const binding = selectBinding(readBindings(input.text), {
    purpose: 'certificate',
    service: options.service,
    source: input.name,
  });
  const credentials = readCertificateCredentials(binding);
  const identity = readIdentity(requirePair(binding, credentials));
  const now = context.now();
  const notes = checkUsable(identity, now);
  const files = await writeFiles(context, { identity, binding, options });
  const extracted: Extracted = {
    source: {
      input: input.name,
      ...(binding.instance !== undefined && { service: binding.instance }),
      ...(binding.offering !== undefined && { offering: binding.offering }),
    },
    ...(credentials.clientId !== undefined && { clientId: credentials.clientId }),
    ...(credentials.tokenUrl !== undefined && { tokenServiceURL: credentials.tokenUrl }),
    chain: describeChain(identity.chain, now),
    notes,
    files: { privateKey: files[0].path, certificate: files[1].path, keystore: files[2].path },
  };
  if (options.json === true) context.out(JSON.stringify(extracted, null, 2));
  else print(context, extracted, { files, name: nameOf(binding) });
  return 0;
}

function requirePair(
  binding: NamedCredentials,
  credentials: CertificateCredentials,
): { certificate: string; key: string } {
  const { certificate, key } = credentials;
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  throw new Failure(
    'key-missing',
    `${nameOf(binding)} has a certificate but no private key.`,
    'It was made with a certificate of your own: its key is where you made it. For a pair made by the service create a binding or key with {"credential-type":"x509","x509":{…}} without "certificate".',
  );
}

type Files = readonly [privateKey: WrittenFile, certificate: WrittenFile, keystore: WrittenFile];

async function writeFiles(
  context: CliContext,
  { identity, binding, options }: { identity: ClientIdentity; binding: NamedCredentials; options: ExtractOptions },
): Promise<Files> {
  const keystore = options.name ?? `${fileNameOf(binding.instance ?? DEFAULT_INSTANCE)}_client_certificate.pem`;
  if (keystore !== basename(keystore) || !/\.(pem|crt|cer)$/i.test(keystore) || keystore === CERTIFICATE_FILE)
    throw new UsageFailure(
      'keystore-name',
      `--name ${keystore} cannot be the keystore's name.`,
      `Give a file name without folder, other than ${CERTIFICATE_FILE}, that ends in .pem, .crt or .cer: the Destination Service tells the format by it.`,
    );
  const [privateKey, certificate, store] = await writeOwnFiles(
    resolve(context.cwd, options.out),
    [
      { name: 'privateKey.txt', content: identity.key.pem, mode: 0o600 },
      { name: CERTIFICATE_FILE, content: formatChain(identity.chain), mode: 0o644 },
      { name: keystore, content: formatKeystore(identity), mode: 0o600 },
    ],
    { force: options.force === true },
  );
  if (privateKey === undefined || certificate === undefined || store === undefined)
    throw new Error('writeOwnFiles returned fewer files than it was given');
  return [privateKey, certificate, store];
}

/** Instance names may hold blanks and slashes; a file name may not. */
function fileNameOf(instance: string): string {
  return instance.replaceAll(/[^A-Za-z0-9._-]/g, '_');
}

function print(context: CliContext, found: Extracted, { files, name }: { files: Files; name: string }): void {
  const styles = createStyles(context.colour);
  const offering = found.source.offering === undefined ? '' : ` (${found.source.offering})`;
  const count = found.chain.length === 1 ? 'one certificate' : `${found.chain.length} certificates`;
  const lines = [
    `${styles.green('Certificate and key belong together.')} Read from ${found.source.input}, ${name}${offering}; ${count}:`,
    '',
    ...found.chain.flatMap((facts) => [...formatCertificate(facts, styles), '']),
    ...found.notes.flatMap((note) => [`${styles.yellow('Note')}  ${note}`, '']),
    'Files:',
    ...formatPairs(files.map(({ path, mode, state }) => [path, `0${mode.toString(8)}, ${state}`])),
  ];
  const pairs: Array<readonly [string, string]> = [];
  if (found.clientId !== undefined) pairs.push(['clientId', found.clientId]);
  if (found.tokenServiceURL !== undefined) pairs.push(['tokenServiceURL', found.tokenServiceURL]);
  if (pairs.length > 0)
    lines.push('', 'A destination or token request needs besides the keystore:', ...formatPairs(pairs));
  for (const line of lines) context.out(line);
}
