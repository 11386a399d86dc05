import { Failure, UsageFailure } from '../failure';
import type { OwnFile } from '../files/write-own-files';
import { consumers, type BundleFormat, type ConsumerName } from './consumers';
import { formatChain, type ClientIdentity } from './keystore';
import { writePkcs12 } from './pkcs12/write';

export interface BundleRequest {
  /** For whom; undefined where the format alone counts. */
  readonly consumer?: ConsumerName | undefined;
  /** undefined for what the consumer prefers. */
  readonly format?: BundleFormat | undefined;
  /** Of the files, without ending. */
  readonly name: string;
  /** Encrypt PKCS#12 with 3DES and SHA-1. */
  readonly legacy: boolean;
  /** Encrypt the private key within PEM. */
  readonly encryptKey: boolean;
}

export interface BundlePlan {
  readonly format: BundleFormat;
  readonly name: string;
  readonly legacy: boolean;
  readonly encryptKey: boolean;
  /** Names the file for which a password is needed; undefined where none is. */
  readonly passwordFor: string | undefined;
}

/**
 * Decides what is written.
 * @throws {Failure} `format-unsuitable` with the reason why the consumer cannot use it.
 * @throws {UsageFailure} `options-contradict` for options that mean nothing for the format.
 */
export function planBundle({ consumer, format, name, legacy, encryptKey }: BundleRequest): BundlePlan {
  const reader = consumer === undefined ? undefined : consumers[consumer];
  const chosen = format ?? reader?.format ?? 'pem';
  const refuse = (what: string, reason: string | undefined): void => {
    if (reason !== undefined && reader !== undefined) throw unsuitable(reader.title, what, reason);
  };
  refuse(formatNames[chosen], reader?.refused[chosen]);
  if (encryptKey) refuse('an encrypted private key in PEM', reader?.plainKeyOnly);
  if (name.includes('.')) refuse(`a name with a dot (${name})`, reader?.undottedName);
  if (legacy && chosen !== 'p12') throw contradiction('--legacy is about PKCS#12.', 'Add --format p12.');
  if (encryptKey && chosen === 'p12')
    throw contradiction('A PKCS#12 file is encrypted as a whole.', 'Leave --encrypt-key out.');
  const passwordFor = chosen === 'p12' ? `${name}.p12` : encryptKey ? keyFile(chosen, name) : undefined;
  return { format: chosen, name, legacy, encryptKey, passwordFor };
}

/**
 * Writes an identity in the form that was planned.
 * @param password for the keystore or key; not looked at where the plan names none.
 */
export function makeBundle(identity: ClientIdentity, plan: BundlePlan, password: string): OwnFile[] {
  const { format, name } = plan;
  const chain = formatChain(identity.chain);
  if (format === 'p12') {
    const content = writePkcs12({
      key: identity.key.key,
      certificates: identity.chain.certificates,
      password,
      alias: name,
      algorithms: plan.legacy ? 'legacy' : 'modern',
    });
    return [{ name: `${name}.p12`, content, mode: 0o600 }];
  }
  const key = plan.encryptKey
    ? identity.key.key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: password }).toString()
    : identity.key.pem;
  if (format === 'pem') return [{ name: keyFile(format, name), content: key + chain, mode: 0o600 }];
  return [
    { name: `${name}.crt`, content: chain, mode: 0o644 },
    { name: keyFile(format, name), content: key, mode: 0o600 },
  ];
}

const formatNames: Readonly<Record<BundleFormat, string>> = {
  pem: 'PEM in one file',
  pair: 'PEM in two files',
  p12: 'PKCS#12',
};

function keyFile(format: BundleFormat, name: string): string {
  return format === 'pair' ? `${name}.key` : `${name}.pem`;
}

function unsuitable(title: string, what: string, reason: string): Failure {
  return new Failure(
    'format-unsuitable',
    `${title.charAt(0).toUpperCase()}${title.slice(1)} cannot use ${what}: ${reason}.`,
    'Leave the option out: without it the right form is chosen.',
  );
}

function contradiction(message: string, remedy: string): UsageFailure {
  return new UsageFailure('options-contradict', message, remedy);
}
