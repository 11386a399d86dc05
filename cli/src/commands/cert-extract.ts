import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import type { CliContext, ExitCode } from '../context';
import { UsageFailure } from '../failure';
import { readIdentitySource } from '../files/read-identity-source';
import { addPasswordOptions, createPasswordSource, type PasswordOptions } from '../files/read-password';
import { writeOwnFiles, type WrittenFile } from '../files/write-own-files';
import type { Finding } from '../findings';
import type { CertificateFacts } from '../pki/certificate';
import type { IdentityReport } from '../pki/inspect-credential';
import { formatChain, formatKeystore, type ClientIdentity } from '../pki/keystore';
import { requireUsable } from '../pki/usable-identity';
import { readCertificateCredentials, type CertificateCredentials } from '../service-key/client-credentials';
import { formatIdentity } from './format-credential';
import { formatFindings } from './format-findings';
import { createStyles, formatPairs } from './styles';

/** The keystore that `destination/destination_to_mtlsapp` names: what a key is for that does not say its instance. */
const DEFAULT_INSTANCE = 'mtlsXsuaa';
const CERTIFICATE_FILE = 'certificate.cer';

interface ExtractOptions extends PasswordOptions {
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
  /** `host` or `host:port` of the servers that take the certificate. */
  readonly hosts: readonly string[];
  readonly chain: readonly CertificateFacts[];
  /** What was wrong with the input and is not with the files. */
  readonly mended: readonly string[];
  readonly findings: readonly Finding[];
  readonly files: { readonly privateKey: string; readonly certificate: string; readonly keystore: string };
}

/** Adds `cert extract`: certificate, key and keystore from a service key or binding. */
export function addCertExtract(cert: Command, context: CliContext, setExitCode: (code: ExitCode) => void): Command {
  const command = cert
    .command('extract')
    .description(
      'write certificate, private key and keystore of a service key, binding or keystore, and say what is in it',
    )
    .argument(
      '[FILE]',
      'output of "cf service-key" or "cf env", VCAP_SERVICES as JSON, or a keystore; - reads standard input; without it the environment is read',
    )
    .option('--service <NAME>', 'service instance or binding, when there are several with a certificate')
    .option('--out <DIR>', 'folder to write into', 'certificate')
    .option('--name <FILE>', 'file name of the keystore (default: <instance>_client_certificate.pem)')
    .option('--force', 'overwrite files that mtls did not write')
    .option('--json', 'print JSON');
  return addPasswordOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  cf service-key mtlsXsuaa reader | mtls cert extract -
  mtls cert extract backend-env.txt --service mtlsXsuaa --out certificate
  mtls cert extract client.p12 --password-file password.txt

Writes privateKey.txt and the keystore (both readable by you alone) and certificate.cer. Exit code 1 when certificate
and key do not belong together, a part of the chain is missing or something is expired; nothing is written then.`,
    )
    .action(async (file: string | undefined, options: ExtractOptions) => {
      setExitCode(await extract(context, file, options));
    });
}

async function extract(context: CliContext, file: string | undefined, options: ExtractOptions): Promise<ExitCode> {
  const { credential, input } = await readIdentitySource(context, file === undefined ? [] : [file], {
    service: options.service,
    askPassword: createPasswordSource(context, options),
  });
  const { binding } = credential;
  const usable = requireUsable(credential, context.now());
  const files = await writeFiles(context, { identity: usable.identity, instance: binding?.instance, options });
  const { clientId, tokenUrl, hosts } = binding === undefined ? noClient : readCertificateCredentials(binding);
  const extracted: Extracted = {
    source: {
      input,
      ...(binding?.instance !== undefined && { service: binding.instance }),
      ...(binding?.offering !== undefined && { offering: binding.offering }),
    },
    ...(clientId !== undefined && { clientId }),
    ...(tokenUrl !== undefined && { tokenServiceURL: tokenUrl }),
    hosts,
    chain: usable.inspected.chain,
    mended: usable.mended,
    findings: usable.findings,
    files: { privateKey: files[0].path, certificate: files[1].path, keystore: files[2].path },
  };
  if (options.json === true) context.out(JSON.stringify(extracted, null, 2));
  else print(context, extracted, { files, inspected: usable.inspected, name: credential.name });
  return 0;
}

const noClient: CertificateCredentials = { hosts: [] };

type Files = readonly [privateKey: WrittenFile, certificate: WrittenFile, keystore: WrittenFile];

async function writeFiles(
  context: CliContext,
  { identity, instance, options }: { identity: ClientIdentity; instance: string | undefined; options: ExtractOptions },
): Promise<Files> {
  const keystore = options.name ?? `${fileNameOf(instance ?? DEFAULT_INSTANCE)}_client_certificate.pem`;
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

function print(
  context: CliContext,
  found: Extracted,
  { files, inspected, name }: { files: Files; inspected: IdentityReport; name: string },
): void {
  const styles = createStyles(context.colour);
  const offering = found.source.offering === undefined ? '' : ` (${found.source.offering})`;
  const count = found.chain.length === 1 ? 'one certificate' : `${found.chain.length} certificates`;
  const pairs: Array<readonly [string, string]> = [];
  if (found.clientId !== undefined) pairs.push(['clientId', found.clientId]);
  if (found.tokenServiceURL !== undefined) pairs.push(['tokenServiceURL', found.tokenServiceURL]);
  if (found.hosts.length > 0) pairs.push(['host, for Postman', found.hosts.join(' and ')]);
  const lines = [
    `${styles.green('Certificate and key belong together.')} Read from ${found.source.input}, ${name}${offering}; ${count}:`,
    '',
    ...formatIdentity(inspected, styles),
    ...found.mended.flatMap((text) => [`${styles.cyan('Mended')}  ${text}`, '']),
    ...(found.findings.length === 0 ? [] : [...formatFindings(found.findings, styles), '']),
    'Files:',
    ...formatPairs(files.map(({ path, mode, state }) => [path, `0${mode.toString(8)}, ${state}`])),
    ...(pairs.length === 0
      ? []
      : ['', 'A destination or token request needs besides the keystore:', ...formatPairs(pairs)]),
  ];
  for (const line of lines) context.out(line);
}
