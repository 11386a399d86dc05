import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { CliContext } from '../context';
import { Failure, UsageFailure } from '../failure';

/**
 * A service key has some 15 KB, the environment of an app at most 1 MB. V8 keeps some 50 bytes for each place that a repair
 * replaces: in this much text they fit into a small container.
 */
const LIMIT_BYTES = 2_000_000;

export interface Input {
  readonly text: string;
  /** How messages call it, e.g. `key.txt`. */
  readonly name: string;
}

export interface BinaryInput {
  readonly bytes: Buffer;
  /** How messages call it, e.g. `key.txt`. */
  readonly name: string;
}

/**
 * Reads a text file, or standard input for `-`. UTF-16 with a byte order mark is what Windows PowerShell writes for `>`.
 * @throws {UsageFailure} `input-unreadable`; {Failure} `input-too-large` above 2 MB.
 */
export async function readInput(context: CliContext, file: string): Promise<Input> {
  const { bytes, name } = await readBinaryInput(context, file);
  return { text: decodeText(bytes), name };
}

/** Reads a file of any format, or standard input for `-`. @throws like `readInput`. */
export async function readBinaryInput(context: CliContext, file: string): Promise<BinaryInput> {
  const name = file === '-' ? 'standard input' : basename(file);
  const bytes = file === '-' ? await context.readStdin() : await readLimited(resolve(context.cwd, file), file);
  if (bytes.length > LIMIT_BYTES) throw tooLarge(name);
  return { bytes, name };
}

async function readLimited(path: string, file: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > LIMIT_BYTES) throw tooLarge(basename(file));
    return await readFile(path);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new UsageFailure(
      'input-unreadable',
      `${file} cannot be read (${errorCode(error)}).`,
      'Give the path of a file that exists, or - for standard input.',
    );
  }
}

/** Decodes UTF-8, or UTF-16 by its byte order mark. */
export function decodeText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return Buffer.from(bytes.subarray(2, bytes.length & ~1))
      .swap16()
      .toString('utf16le');
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

function tooLarge(name: string): Failure {
  return new Failure(
    'input-too-large',
    `${name} has more than 2 MB: no service key, certificate or keystore is that large.`,
    'Give another file.',
  );
}

/** The code of a system error, e.g. `ENOENT`; its message is not used, since it can hold more than a reader may see. */
export function errorCode(error: unknown): string {
  const isCoded = typeof error === 'object' && error !== null && 'code' in error;
  return isCoded && typeof error.code === 'string' ? error.code : 'unknown error';
}
