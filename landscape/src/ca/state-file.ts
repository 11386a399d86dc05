import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { safeParse, type GenericSchema, type InferOutput } from 'valibot';

/** A file of the landscape's state that cannot be used; the message names it, what is wrong and the remedy. */
export class StateFileError extends Error {
  override readonly name = 'StateFileError';
  readonly file: string;

  constructor(file: string, problem: string, remedy: string, options?: ErrorOptions) {
    super(`${file} ${problem} Delete it and start again: ${remedy}`, options);
    this.file = file;
  }
}

export interface StateFileOptions<Schema extends GenericSchema> {
  readonly file: string;
  readonly schema: Schema;
  /** What deleting the file means, for the error message. */
  readonly remedy: string;
}

/**
 * Reads a JSON state file; undefined when there is none.
 * @throws {StateFileError} when it is no JSON of that shape.
 */
export async function readStateFile<Schema extends GenericSchema>({
  file,
  schema,
  remedy,
}: StateFileOptions<Schema>): Promise<InferOutput<Schema> | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new StateFileError(file, `cannot be read (${error.code ?? error.message}).`, remedy, { cause: error });
  });
  if (text === undefined) return undefined;
  await narrowMode(file);
  const result = safeParse(schema, parseJson(text));
  if (!result.success) throw new StateFileError(file, 'is damaged: it does not hold what was written to it.', remedy);
  return result.output;
}

/**
 * Writes a file of mode 0600 in a folder of mode 0700, atomically: whoever is killed while writing leaves the old file or
 * none.
 */
export async function writeStateFile(file: string, content: string): Promise<void> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const temporary = `${file}.${randomUUID()}`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** A copy or an archive tool may have widened the mode of a file that holds private keys. */
async function narrowMode(file: string): Promise<void> {
  const { mode } = await stat(file);
  if ((mode & 0o077) !== 0) await chmod(file, 0o600);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
