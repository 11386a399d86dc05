import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ManifestError } from './manifest-error';

const NAMES = ['manifest.yml', 'manifest.yaml'];

/**
 * Finds the manifest that a path means: the file itself, or `manifest.yml`, then `manifest.yaml`, in that folder.
 * @throws {ManifestError} when there is none, with the wording of `cf push -f`.
 */
export async function locateManifest(path: string): Promise<string> {
  const found = await findManifest(path);
  if (found !== undefined) return found;
  const exists = (await kindOf(path)) !== undefined;
  throw new ManifestError(
    exists
      ? `The specified directory '${path}' does not contain a file named 'manifest.yml'.`
      : `The specified path '${path}' does not exist.`,
  );
}

/** As {@link locateManifest}, but undefined when there is none. */
export async function findManifest(path: string): Promise<string | undefined> {
  const kind = await kindOf(path);
  if (kind === 'file') return realpath(path);
  if (kind !== 'folder') return undefined;
  for (const name of NAMES) {
    const candidate = join(path, name);
    if ((await kindOf(candidate)) === 'file') return realpath(candidate);
  }
  return undefined;
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch {
    return undefined;
  }
}
