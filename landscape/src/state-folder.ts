import { chmod, mkdir, readdir, stat } from 'node:fs/promises';

/** The state folder cannot be used; the message says what to do. */
export class StateFolderError extends Error {
  override readonly name = 'StateFolderError';
}

/**
 * Makes the folder, of mode 0700; an open one is closed if it is a landscape's own or empty.
 * @throws {StateFolderError} for a folder with other things in it, whose mode is not ours to change.
 */
export async function prepareStateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { mode } = await stat(folder);
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  const entries = await readdir(folder);
  if (entries.length > 0 && !entries.includes('ca'))
    throw new StateFolderError(
      `${folder} holds other things and is open to other users: let LANDSCAPE_HOME name a folder of its own.`,
    );
  await chmod(folder, 0o700);
}
