import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { errorCode } from '../error-code';

const StateSchema = v.record(v.string(), v.unknown());
export type KeptSession = v.InferOutput<typeof StateSchema>;

/** What the last command left; undefined at first. A damaged file counts as none: it holds nothing but a login. */
export async function readSessionFile(file: string): Promise<KeptSession | undefined> {
  try {
    return v.parse(StateSchema, JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const code = errorCode(error);
    if (code !== undefined && code !== 'ENOENT') throw error;
    return undefined;
  }
}

/** Writes it with mode 0600, whole or not at all. */
export async function writeSessionFile(file: string, session: unknown): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(session, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}
