import type { CliContext } from '../context';
import { UsageFailure } from '../failure';
import { readInput } from '../files/read-input';

export interface BearerOptions {
  readonly bearerFile?: string;
  readonly bearerEnv?: string;
}

/**
 * Reads a token that is there already, from a file, standard input or an environment variable: on the command line every
 * user of the computer could see it.
 * @returns undefined where none of the options is given.
 * @throws {UsageFailure} `bearer-missing`, `bearer-unreadable`.
 */
export async function readBearer(context: CliContext, options: BearerOptions): Promise<string | undefined> {
  const { bearerFile: file, bearerEnv: variable } = options;
  if (file !== undefined && variable !== undefined)
    throw new UsageFailure(
      'bearer-twice',
      'There are two tokens to send.',
      'Use --bearer-file or --bearer-env, not both.',
    );
  if (variable !== undefined) return parseBearer(context.env[variable] ?? '', `The environment variable ${variable}`);
  return file === undefined
    ? undefined
    : parseBearer((await readInput(context, file)).text, file === '-' ? 'Standard input' : file);
}

/** A bare token, one behind "Bearer", or the answer of a token endpoint. */
function parseBearer(text: string, source: string): string {
  const token =
    /"access_token"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? text.trim().replace(/^(Authorization:\s*)?Bearer\s+/i, '');
  if (token === '')
    throw new UsageFailure(
      'bearer-missing',
      `${source} holds no token.`,
      'Write one into it: mtls token KEY --raw > token.txt',
    );
  // b64token of RFC 6750 §2.1
  if (/^[\w.~+/-]+=*$/.test(token)) return token;
  throw new UsageFailure(
    'bearer-unreadable',
    `${source} holds more than a token.`,
    'It must be the token alone, as mtls token KEY --raw prints it.',
  );
}
