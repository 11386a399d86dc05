import { readFile } from 'node:fs/promises';
import type { AppSpec } from './controller';
import { appPathOf, requireAppPath } from './manifest/app-path';
import { decodeManifest, throwDecodeProblems, type Application } from './manifest/application';
import { locateManifest } from './manifest/locate';
import { ManifestError } from './manifest/manifest-error';
import { joinMessages } from './manifest/problem';
import { resolveApplication } from './manifest/resolve-application';
import { interpolate, readVariables, type Variable } from './manifest/variables';
import { parseYaml, type YamlSource } from './manifest/yaml-source';

export { formatLocation, ManifestError, type Location } from './manifest/manifest-error';
export { findManifestProblems, type ManifestProblem } from './manifest/strict';
export { parseVariable, type Variable } from './manifest/variables';

export interface ManifestRequest {
  /** The manifest, or a folder with `manifest.yml` or `manifest.yaml`. */
  readonly file: string;
  readonly varsFiles?: readonly string[];
  readonly vars?: readonly Variable[];
}

/** A manifest with its variables filled in and its applications decoded, not yet judged by the Cloud Controller. */
export interface LoadedManifest {
  /** Absolute, links resolved, as `cf push` prints it. */
  readonly file: string;
  readonly applications: readonly Application[];
  readonly source: YamlSource;
}

/** What a manifest asks for. */
export interface Manifest {
  readonly file: string;
  readonly apps: readonly ManifestApp[];
}

export interface ManifestApp {
  readonly spec: AppSpec;
  /** The folder or archive to push, absolute; absent where the manifest does not say. */
  readonly path?: string;
}

/**
 * Reads a manifest as `cf push` does before it talks to the Cloud Controller: unknown keys pass.
 * @throws {ManifestError} in the words of `cf`, with file and line where there is one.
 */
export async function loadManifest(request: ManifestRequest): Promise<LoadedManifest> {
  const file = await locateManifest(request.file);
  const source = parseYaml(await readFile(file, 'utf8'), file);
  const variables = await readVariables(request.varsFiles ?? [], request.vars ?? []);
  const { value, missing } = interpolate(source.value, variables.values);
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(', ');
    const locations = missing.map(({ at }) => source.locate(at));
    throw new ManifestError(`Expected to find variables: ${names}`, locations);
  }
  const { applications, problems } = decodeManifest(value);
  throwDecodeProblems(problems, source);
  if (applications.length === 0)
    throw new ManifestError('Manifest must have at least one application.', [source.locate(['applications'])]);
  return { file, applications, source };
}

/**
 * Judges applications as the Cloud Controller does.
 * @throws {ManifestError} with all of its refusals, and the place of each.
 */
export function resolveApplications(applications: readonly Application[], source?: YamlSource): AppSpec[] {
  const resolved = applications.map(resolveApplication);
  const problems = resolved.flatMap((application) => application.problems);
  if (problems.length === 0) return resolved.map(({ spec }) => spec);
  const messages = problems.map(({ message }) => message);
  throw new ManifestError(joinMessages(messages), source && problems.map(({ at }) => source.locate(at)));
}

/**
 * Reads what a manifest asks for, without any flags.
 * @throws {ManifestError} in the words of `cf` or the Cloud Controller, with file and line where there is one.
 */
export async function readManifest(request: ManifestRequest): Promise<Manifest> {
  const { file, applications, source } = await loadManifest(request);
  const specs = resolveApplications(applications, source);
  const apps = applications.map(async (application, index): Promise<ManifestApp[]> => {
    const spec = specs[index];
    if (spec === undefined) return [];
    const path = appPathOf(application, file);
    if (path === undefined) return [{ spec }];
    return [{ spec, path: await requireAppPath(path, source.locate([...application.at, 'path'])) }];
  });
  return { file, apps: (await Promise.all(apps)).flat() };
}
