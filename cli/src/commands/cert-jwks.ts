import type { X509Certificate } from 'node:crypto';
import type { Command } from 'commander';
import type { CliContext, ExitCode } from '../context';
import { Failure, UsageFailure } from '../failure';
import { readCredentialFile } from '../files/read-credential-files';
import { addPasswordOptions, createPasswordSource, type PasswordOptions } from '../files/read-password';
import { computeThumbprint, formatName } from '../pki/certificate';
import { describeCertificateKey } from '../pki/json-web-key';
import { findPublicChain, type PublicChain } from '../pki/public-chain';

/** Adds `cert jwks`: certificates as the JSON Web Key Set that a client registers. */
export function addCertJwks(cert: Command, context: CliContext, setExitCode: (code: ExitCode) => void): Command {
  const command = cert
    .command('jwks')
    .description('print certificates as JSON Web Key Set, to register a client with them')
    .argument(
      '<FILE...>',
      'certificate, keystore or service key, with or without a private key; - reads standard input',
    )
    .option('--json', 'print failures as JSON, too');
  return addPasswordOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  mtls cert jwks certificate/client.crt
  mtls cert jwks certificate/client.crt certificate/next.crt

The second one is for a rotation: the client can use either certificate while both are registered. The set holds public
keys and certificates (x5c), never a private key, even where the file has one. Exit code 1 when a certificate has
expired; nothing is printed to standard output then.`,
    )
    .action(async (files: readonly string[], options: PasswordOptions) => {
      setExitCode(await printKeySet(context, files, options));
    });
}

async function printKeySet(context: CliContext, files: readonly string[], options: PasswordOptions): Promise<ExitCode> {
  if (files.filter((file) => file === '-').length > 1)
    throw new UsageFailure('input-twice', 'Standard input can be read once only.', 'Give the others as files.');
  const chains = new Map<string, PublicChain>();
  const askPassword = createPasswordSource(context, options);
  for (const file of files) {
    for (const credential of await readCredentialFile(context, file, askPassword)) {
      const chain = findPublicChain(credential);
      refuseExpired(chain[0], { name: credential.name, now: context.now() });
      chains.set(computeThumbprint(chain[0]), chain);
    }
  }
  const keys = [...chains.values()].map((chain) => describeCertificateKey(chain));
  context.out(JSON.stringify({ keys }, null, 2));
  for (const [certificate] of chains.values()) noteEarly(context, certificate);
  return 0;
}

function refuseExpired(certificate: X509Certificate, { name, now }: { name: string; now: number }): void {
  if (Date.parse(certificate.validTo) > now) return;
  throw new Failure(
    'certificate-expired',
    `The certificate "${formatName(certificate.subject)}" in ${name} expired on ${new Date(certificate.validTo).toISOString()}.`,
    'Make a new one (mtls cert self-signed) and register that.',
  );
}

/** Not on standard output, which takes the key set alone. */
function noteEarly(context: CliContext, { subject, validFrom }: X509Certificate): void {
  if (Date.parse(validFrom) <= context.now()) return;
  context.err(`Note  "${formatName(subject)}" is valid only from ${new Date(validFrom).toISOString()}.`);
}
