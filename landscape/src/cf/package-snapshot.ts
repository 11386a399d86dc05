import { constants } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, readFile, readlink, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { errorCode } from '../error-code';
import { CloudFoundryError } from './cloud-foundry-error';
import { readIgnoreRules, type IsIgnored } from './ignore-rules';

export interface PackageSnapshot {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Copies what `cf push` uploads of a folder: everything but its fixed list and what `.cfignore` names. What changes in
 * the folder afterwards does not reach the app before the next push.
 * @throws {CloudFoundryError} when nothing is left to upload.
 */
export async function takePackageSnapshot(folder: string, target: string): Promise<PackageSnapshot> {
  const isIgnored = readIgnoreRules(await readOptional(join(folder, '.cfignore')));
  const snapshot = await copyFolder({ from: folder, to: target, prefix: '', isIgnored });
  if (snapshot.files === 0) throw new CloudFoundryError('no-app-files', `No app files found in '${resolve(folder)}'`);
  return snapshot;
}

async function copyFolder(copy: {
  readonly from: string;
  readonly to: string;
  readonly prefix: string;
  readonly isIgnored: IsIgnored;
}): Promise<PackageSnapshot> {
  await mkdir(copy.to, { recursive: true });
  let [files, bytes] = [0, 0];
  for (const entry of await readdir(copy.from, { withFileTypes: true })) {
    const path = `${copy.prefix}${entry.name}`;
    if (copy.isIgnored(path, entry.isDirectory() ? 'folder' : 'file')) continue;
    const [from, to] = [join(copy.from, entry.name), join(copy.to, entry.name)];
    if (entry.isDirectory()) {
      const inner = await copyFolder({ ...copy, from, to, prefix: `${path}/` });
      files += inner.files;
      bytes += inner.bytes;
    } else if (entry.isSymbolicLink()) {
      await symlink(await readlink(from), to);
      files += 1;
    } else if (entry.isFile()) {
      // A clone on file systems that share blocks; a plain copy elsewhere.
      await copyFile(from, to, constants.COPYFILE_FICLONE);
      files += 1;
      bytes += (await lstat(to)).size;
    }
  }
  return { files, bytes };
}

async function readOptional(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}
