import type { Command } from 'commander';
import type { CliContext } from '../context';
import { UsageFailure } from '../failure';
import { readInput } from './read-input';

/** Where a password comes from; never an argument, which every user of the computer can read in the list of processes. */
export interface PasswordOptions {
  readonly passwordFile?: string;
  readonly passwordEnv?: string;
}

export interface NewPasswordOptions {
  readonly newPasswordFile?: string;
  readonly newPasswordEnv?: string;
}

export type AskPassword = (what: string) => Promise<string | undefined>;

/** Adds the options that name the password of what is read. */
export function addPasswordOptions(command: Command): Command {
  return command
    .option('--password-file <FILE>', 'file with the password of an encrypted key or keystore')
    .option('--password-env <NAME>', 'environment variable with that password');
}

/** Adds the options that name the password of what is written. */
export function addNewPasswordOptions(command: Command): Command {
  return command
    .option('--new-password-file <FILE>', 'file with the password for what is written')
    .option('--new-password-env <NAME>', 'environment variable with that password');
}

/** Returns a function that finds the password, once and only when something is encrypted: in the options, or by asking. */
export function createPasswordSource(context: CliContext, options: PasswordOptions): AskPassword {
  let known: Promise<string | undefined> | undefined;
  return (what) => {
    known ??= readPassword(context, { file: options.passwordFile, variable: options.passwordEnv }).then(
      (found) => found ?? context.readSecret?.(`Password of ${what}: `),
    );
    return known;
  };
}

/**
 * Reads the password for what is written; on a terminal it asks twice.
 * @throws {UsageFailure} `password-missing`, `password-mismatch`, `password-unsuitable`.
 */
export async function readNewPassword(context: CliContext, options: NewPasswordOptions, what: string): Promise<string> {
  const given = await readPassword(context, { file: options.newPasswordFile, variable: options.newPasswordEnv });
  const password = given ?? (await askTwice(context, what));
  if (password === undefined)
    throw new UsageFailure(
      'password-missing',
      `${what} needs a password.`,
      'Give it with --new-password-file FILE or --new-password-env NAME; on a terminal mtls asks for it.',
    );
  // Programs encode other characters in different ways, and then cannot open what they wrote themselves.
  if (!/^[\x20-\x7e]+$/.test(password))
    throw new UsageFailure(
      'password-unsuitable',
      `The password for ${what} is empty or has characters other than letters, digits and signs of ASCII.`,
      'Choose another one, e.g. by: openssl rand -base64 24',
    );
  return password;
}

async function askTwice(context: CliContext, what: string): Promise<string | undefined> {
  const first = await context.readSecret?.(`New password for ${what}: `);
  if (first === undefined) return undefined;
  if ((await context.readSecret?.('The same again: ')) === first) return first;
  throw new UsageFailure('password-mismatch', 'The two passwords are not the same.', 'Try again.');
}

async function readPassword(
  context: CliContext,
  { file, variable }: { file: string | undefined; variable: string | undefined },
): Promise<string | undefined> {
  if (variable !== undefined) {
    const value = context.env[variable];
    if (value !== undefined) return value;
    throw new UsageFailure(
      'password-missing',
      `The environment variable ${variable} is not set.`,
      'Set it, or give the name of another one: the option takes the name, not the password.',
    );
  }
  if (file === undefined) return undefined;
  return (await readInput(context, file)).text.replace(/\r?\n$/, '');
}
