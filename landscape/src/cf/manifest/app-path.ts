import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Application } from './application';
import { ManifestError, type Location } from './manifest-error';

/** The application's `path`, which is relative to the folder of the manifest. */
export function appPathOf({ attributes }: Application, manifestFile: string): string | undefined {
  const { path } = attributes;
  return typeof path === 'string' && path !== '' ? resolve(dirname(manifestFile), path) : undefined;
}

/** @throws {ManifestError} when nothing is there. */
export async function requireAppPath(path: string, location?: Location): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (error) {
    const message = `File not found locally, make sure the file exists at given path ${path}`;
    throw new ManifestError(message, location && [location], { cause: error });
  }
}
