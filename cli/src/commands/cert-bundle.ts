import { basename, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import type { CliContext, ExitCode } from '../context';
import { UsageFailure } from '../failure';
import { readIdentitySource, type IdentitySource } from '../files/read-identity-source';
import {
  addNewPasswordOptions,
  addPasswordOptions,
  createPasswordSource,
  readNewPassword,
  type NewPasswordOptions,
  type PasswordOptions,
} from '../files/read-password';
import { writeOwnFiles, type WrittenFile } from '../files/write-own-files';
import { makeBundle, planBundle, type BundlePlan } from '../pki/bundle';
import { bundleFormats, consumerNames, consumers, type BundleFormat, type ConsumerName } from '../pki/consumers';
import { requireUsable, type UsableIdentity } from '../pki/usable-identity';
import { readCertificateCredentials } from '../service-key/client-credentials';
import { formatIdentity } from './format-credential';
import { formatFindings } from './format-findings';
import { createStyles, formatPairs } from './styles';

interface BundleOptions extends PasswordOptions, NewPasswordOptions {
  readonly for?: ConsumerName;
  readonly format?: BundleFormat;
  readonly service?: string;
  readonly out: string;
  readonly name?: string;
  readonly legacy?: true;
  readonly encryptKey?: true;
  readonly force?: true;
  readonly json?: true;
}

/** Adds `cert bundle`: a key with its chain, in the form that a program reads. */
export function addCertBundle(cert: Command, context: CliContext, setExitCode: (code: ExitCode) => void): Command {
  const command = cert
    .command('bundle')
    .description('write a key with its chain in the form that a program reads')
    .argument('[FILE...]', 'service key, keystore, or certificate and key; without it the environment is read')
    .addOption(new Option('--for <CONSUMER>', 'program that is to read it').choices(consumerNames))
    .addOption(
      new Option('--format <FORMAT>', 'one PEM file, certificate and key apart, or PKCS#12').choices(bundleFormats),
    )
    .option('--service <NAME>', 'service instance or binding, when there are several with a certificate')
    .option('--out <DIR>', 'folder to write into', 'certificate')
    .option('--name <NAME>', 'name of the files without ending, and alias of the key')
    .option('--legacy', 'PKCS#12 with 3DES and SHA-1, for programs from before 2020')
    .option('--encrypt-key', 'encrypt the private key within PEM')
    .option('--force', 'overwrite files that mtls did not write')
    .option('--json', 'print JSON');
  return addNewPasswordOptions(addPasswordOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  mtls cert bundle key.txt --for postman
  mtls cert bundle client.crt client.key --for integration --new-password-file password.txt

Puts the chain in order and checks that key and certificate belong together. Files with a key are readable by you alone.
Exit code 1 when it cannot be used, or when the program cannot read what was asked for; nothing is written then.`,
    )
    .action(async (files: readonly string[], options: BundleOptions) => {
      setExitCode(await bundle(context, files, options));
    });
}

async function bundle(context: CliContext, files: readonly string[], options: BundleOptions): Promise<ExitCode> {
  const source = await readIdentitySource(context, files, {
    service: options.service,
    askPassword: createPasswordSource(context, options),
  });
  const plan = planBundle({
    consumer: options.for,
    format: options.format,
    name: chooseName(source, options.name),
    legacy: options.legacy === true,
    encryptKey: options.encryptKey === true,
  });
  const usable = requireUsable(source.credential, context.now());
  const password = plan.passwordFor === undefined ? '' : await readNewPassword(context, options, plan.passwordFor);
  const written = await writeOwnFiles(resolve(context.cwd, options.out), makeBundle(usable.identity, plan, password), {
    force: options.force === true,
  });
  const steps = describeSteps(options.for, { plan, source, written });
  if (options.json === true) context.out(JSON.stringify(toJson(usable, { plan, written, steps }), null, 2));
  else print(context, { usable, written, steps });
  return 0;
}

/** The instance names the files, else the first input does. */
function chooseName({ credential, input }: IdentitySource, given: string | undefined): string {
  const { instance } = credential.binding ?? {};
  const first = input.split(', ')[0] ?? '';
  const name =
    given ??
    (instance === undefined
      ? first.includes(' ')
        ? 'client'
        : first.replace(/\.[^.]*$/, '')
      : `${instance}_client_certificate`
    ).replaceAll(/[^A-Za-z0-9._-]/g, '_');
  if (name === basename(name) && /^[A-Za-z0-9][\w.-]{0,99}$/.test(name)) return name;
  throw new UsageFailure(
    'file-name',
    `--name ${name} cannot be the name of a file.`,
    'Give a name without folder and ending, e.g. --name client, and the folder with --out.',
  );
}

function describeSteps(
  consumer: ConsumerName | undefined,
  { plan, source, written }: { plan: BundlePlan; source: IdentitySource; written: readonly WrittenFile[] },
): readonly string[] {
  if (consumer === undefined) return [];
  const { binding } = source.credential;
  return consumers[consumer].steps({
    format: plan.format,
    names: written.map(({ path }) => basename(path)),
    alias: plan.name,
    hosts: binding === undefined ? [] : readCertificateCredentials(binding).hosts,
  });
}

function toJson(
  { inspected, mended, findings }: UsableIdentity,
  { plan, written, steps }: { plan: BundlePlan; written: readonly WrittenFile[]; steps: readonly string[] },
): unknown {
  return {
    format: plan.format,
    chain: inspected.chain,
    mended,
    findings,
    files: written.map(({ path }) => path),
    steps,
  };
}

function print(
  context: CliContext,
  { usable, written, steps }: { usable: UsableIdentity; written: readonly WrittenFile[]; steps: readonly string[] },
): void {
  const styles = createStyles(context.colour);
  const lines = [
    ...formatIdentity(usable.inspected, styles),
    ...usable.mended.flatMap((text) => [`${styles.cyan('Mended')}  ${text}`, '']),
    ...(usable.findings.length === 0 ? [] : [...formatFindings(usable.findings, styles), '']),
    'Files:',
    ...formatPairs(written.map(({ path, mode, state }) => [path, `0${mode.toString(8)}, ${state}`])),
    ...(steps.length === 0 ? [] : ['', 'Next:', ...steps.map((step) => `  ${step}`)]),
  ];
  for (const line of lines) context.out(line);
}
