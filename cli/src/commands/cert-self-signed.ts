import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CliContext, ExitCode } from '../context';
import { UsageFailure } from '../failure';
import { addNewPasswordOptions, readNewPassword, type NewPasswordOptions } from '../files/read-password';
import { writeOwnFiles, type WrittenFile } from '../files/write-own-files';
import { computeThumbprint, describeCertificate, type CertificateFacts } from '../pki/certificate';
import { keyTypes, makeSelfSigned, type KeyType } from '../pki/self-signed';
import { parseSubject } from '../pki/subject-name';
import { createStyles, formatCertificate, formatPairs } from './styles';

interface SelfSignedOptions extends NewPasswordOptions {
  readonly encryptKey?: true;
  readonly subject: string;
  readonly keyType: KeyType;
  readonly days: number;
  readonly out: string;
  readonly name: string;
  readonly force?: true;
  readonly json?: true;
}

/** Ten years: certificates that never end are forgotten. */
const MAX_DAYS = 3650;

/** Adds `cert self-signed`: a certificate for a client that an authorization server knows by the certificate itself. */
export function addCertSelfSigned(cert: Command, context: CliContext, setExitCode: (code: ExitCode) => void): Command {
  const command = cert
    .command('self-signed')
    .description('make a private key and a self-signed certificate for TLS client authentication')
    .option('--subject <DN>', 'subject, the most specific part first', 'CN=mtls-client')
    .addOption(new Option('--key-type <TYPE>', 'RSA 2048 or EC P-256').choices(keyTypes).default('rsa'))
    .option('--days <DAYS>', 'validity', readDays, 365)
    .option('--out <DIR>', 'folder to write into', 'certificate')
    .option('--name <NAME>', 'name of the two files, without ending', 'client')
    .option('--encrypt-key', 'encrypt the private key with a password')
    .option('--force', 'overwrite files that mtls did not write')
    .option('--json', 'print JSON');
  return addNewPasswordOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  mtls cert self-signed --subject "CN=frontend,O=Example,C=DE"
  mtls cert self-signed --key-type ec --days 30 --out keys --name frontend

Writes NAME.key (readable by you alone) and NAME.crt. An authorization server trusts such a certificate when the client
is registered with it: "mtls cert jwks" prints what to register. A new certificate has to be registered again.`,
    )
    .action(async (options: SelfSignedOptions) => {
      setExitCode(await makeCertificate(context, options));
    });
}

async function makeCertificate(context: CliContext, options: SelfSignedOptions): Promise<ExitCode> {
  if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(options.name))
    throw new UsageFailure(
      'file-name',
      `--name ${options.name} cannot be the name of a file.`,
      'Give a name without folder and ending, e.g. --name client, and the folder with --out.',
    );
  const subject = parseSubject(options.subject);
  const now = context.now();
  const made = await makeSelfSigned({ subject, keyType: options.keyType, validityDays: options.days, now });
  const folder = resolve(context.cwd, options.out);
  const key = options.encryptKey === true ? await encryptKey(context, made.keyPem, options) : made.keyPem;
  const former = await readThumbprint(join(folder, `${options.name}.crt`));
  const files = await writeOwnFiles(
    folder,
    [
      { name: `${options.name}.key`, content: key, mode: 0o600 },
      { name: `${options.name}.crt`, content: made.certificatePem, mode: 0o644 },
    ],
    { force: options.force === true },
  );
  const facts = describeCertificate(made.certificate, 'leaf', now);
  const [keyPath, certificate] = files.map(({ path }) => path);
  const report = {
    certificate: facts,
    ...(former !== undefined && { replaced: former }),
    files: { key: keyPath, certificate },
  };
  if (options.json === true) context.out(JSON.stringify(report, null, 2));
  else print(context, { facts, files, former });
  return 0;
}

/** PKCS#8 with AES-256. */
async function encryptKey(context: CliContext, pem: string, options: SelfSignedOptions): Promise<string> {
  const passphrase = await readNewPassword(context, options, `${options.name}.key`);
  return createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();
}

/** The thumbprint of the certificate in a file; undefined where there is none. */
async function readThumbprint(path: string): Promise<string | undefined> {
  try {
    return computeThumbprint(new X509Certificate(await readFile(path)));
  } catch {
    return undefined;
  }
}

interface Made {
  readonly facts: CertificateFacts;
  readonly files: readonly WrittenFile[];
  /** Thumbprint of the certificate that was replaced. */
  readonly former: string | undefined;
}

function print(context: CliContext, { facts, files, former }: Made): void {
  const styles = createStyles(context.colour);
  const lines = [
    styles.green('Made a private key and a certificate that it has signed itself.'),
    '',
    ...formatCertificate(facts, styles),
    '',
    'Files:',
    ...formatPairs(files.map(({ path, mode }) => [path, `0${mode.toString(8)}`])),
    '',
    ...(former === undefined
      ? []
      : [
          `${styles.yellow('Note')}  The certificate ${former} is gone: where that was registered, register this one.`,
          '',
        ]),
    'Register it with an authorization server as self_signed_tls_client_auth:',
    `  mtls cert jwks ${files.at(-1)?.path ?? ''}`,
  ];
  for (const line of lines) context.out(line);
}

function readDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > MAX_DAYS)
    throw new InvalidArgumentError(`It must be a whole number of days from 1 to ${MAX_DAYS}.`);
  return days;
}
