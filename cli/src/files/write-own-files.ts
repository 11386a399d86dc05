import { createHash } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { Failure } from '../failure';
import { errorCode } from './read-input';

export interface OwnFile {
  readonly name: string;
  readonly content: string | Buffer;
  /** Permission bits, e.g. 0o600 for what holds a key. */
  readonly mode: number;
}

export interface WrittenFile {
  readonly path: string;
  readonly mode: number;
  readonly state: 'written' | 'unchanged';
}

/** Remembers the hashes of what this tool wrote: such files may be replaced, all others are somebody else's. */
const RECORD = '.mtls-files.json';
const recordSchema = v.object({ files: v.record(v.string(), v.array(v.string())) });
type FileRecord = v.InferOutput<typeof recordSchema>['files'];

/**
 * Writes files into a folder, each at once (a reader never sees half a file). A file that is there already is replaced
 * only if it is empty or if this tool wrote it and nobody changed it since, unless `force` is set.
 * @throws {Failure} `file-exists` naming every such file, before anything is written; `folder-unwritable`.
 */
export async function writeOwnFiles(
  folder: string,
  files: readonly OwnFile[],
  { force }: { readonly force: boolean },
): Promise<WrittenFile[]> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const record = await readRecord(folder);
    if (!force) await refuseForeignFiles(folder, { files, record });
    // The record comes first and keeps the former hash: whatever interrupts this, the files stay known as ours.
    const next = Object.fromEntries(
      files.map(({ name, content }) => [name, [hash(content), ...(record[name] ?? [])].slice(0, 2)]),
    );
    await replaceFile(join(folder, RECORD), {
      content: `${JSON.stringify({ files: { ...record, ...next } }, null, 2)}\n`,
      mode: 0o600,
    });
    const written: WrittenFile[] = [];
    for (const file of files) written.push(await writeFile(folder, file));
    return written;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      'folder-unwritable',
      `Nothing can be written into ${folder} (${errorCode(error)}).`,
      'Choose another folder with --out DIR.',
    );
  }
}

async function writeFile(folder: string, { name, content, mode }: OwnFile): Promise<WrittenFile> {
  const path = join(folder, name);
  if ((await readIfThere(path))?.equals(Buffer.from(content)) === true) {
    await chmod(path, mode);
    return { path, mode, state: 'unchanged' };
  }
  await replaceFile(path, { content, mode });
  return { path, mode, state: 'written' };
}

async function replaceFile(path: string, { content, mode }: Pick<OwnFile, 'content' | 'mode'>): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const handle = await open(temporary, 'wx', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function refuseForeignFiles(
  folder: string,
  { files, record }: { files: readonly OwnFile[]; record: FileRecord },
): Promise<void> {
  const foreign: string[] = [];
  for (const { name, content } of files) {
    const found = await readIfThere(join(folder, name));
    const own =
      found === undefined ||
      isBlank(found) ||
      found.equals(Buffer.from(content)) ||
      record[name]?.includes(hash(found)) === true;
    if (!own) foreign.push(join(folder, name));
  }
  if (foreign.length > 0)
    throw new Failure(
      'file-exists',
      `${foreign.join(', ')} ${foreign.length === 1 ? 'is there already and was' : 'are there already and were'} not written by mtls, or changed since.`,
      'Move it away, choose another folder with --out DIR, or overwrite it with --force.',
    );
}

async function readRecord(folder: string): Promise<FileRecord> {
  const text = await readIfThere(join(folder, RECORD));
  if (text === undefined) return {};
  try {
    const parsed = v.safeParse(recordSchema, JSON.parse(text.toString()));
    return parsed.success ? parsed.output.files : {};
  } catch {
    // A damaged record knows nothing: the files then count as somebody else's.
    return {};
  }
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    if (!(await stat(path)).isFile())
      throw new Failure('file-exists', `${path} is no file.`, 'Choose another folder with --out DIR.');
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isBlank(content: Buffer): boolean {
  return content.length < 1000 && content.toString().trim() === '';
}

function hash(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
