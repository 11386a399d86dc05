import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadManifest, type Location } from '../../manifest';
import { appPathOf, requireAppPath } from '../../manifest/app-path';
import type { Application } from '../../manifest/application';
import { findManifest } from '../../manifest/locate';
import type { YamlSource } from '../../manifest/yaml-source';
import { CfFailure, UsageError } from '../failure';
import { chooseApplications, overrideApplications } from './overrides';
import type { PushFlags } from './push-flags';

/** What is going to be pushed, before the Cloud Controller has judged it. */
export interface PushPlan {
  /** Absent when no manifest is used. */
  readonly manifest?: { readonly file: string; readonly source: YamlSource };
  readonly applications: readonly PlannedApplication[];
}

export interface PlannedApplication extends Application {
  readonly name: string;
  /** The folder or archive to upload, absolute. */
  readonly path: string;
}

interface PlanRequest {
  readonly name: string | undefined;
  readonly flags: PushFlags;
  readonly cwd: string;
}

/**
 * Finds the manifest, fills in its variables and lets the flags win.
 * @throws {ManifestError} @throws {CfFailure} @throws {UsageError} when there is neither a name nor a manifest.
 */
export async function planPush({ name, flags, cwd }: PlanRequest): Promise<PushPlan> {
  const file = flags.noManifest ? undefined : await findManifest(flags.manifest ?? cwd);
  if (file === undefined) {
    if (name === undefined)
      throw new UsageError(
        'The push command requires an app name. The app name can be supplied as an argument or with a manifest.yml file.',
        { foundBy: 'command' },
      );
    const [application] = overrideApplications([{ attributes: { name }, at: [] }], flags);
    return {
      applications: application === undefined ? [] : [plan(application, await requireFolder(flags.path ?? cwd))],
    };
  }
  const loaded = await loadManifest({ file, varsFiles: flags.varsFiles, vars: flags.vars });
  const { source } = loaded;
  const chosen = overrideApplications(chooseApplications(loaded, name), flags);
  const planned = chosen.map(async (application) => {
    const path = flags.path ?? appPathOf(application, file);
    if (path === undefined) return plan(application, cwd);
    return plan(application, await requireFolder(path, source.locate([...application.at, 'path'])));
  });
  return { manifest: { file, source }, applications: await Promise.all(planned) };
}

/** @throws {ManifestError} when nothing is there. @throws {CfFailure} for an archive, which the real `cf` would unpack. */
async function requireFolder(path: string, location?: Location): Promise<string> {
  const found = await requireAppPath(path, location);
  if ((await stat(found)).isDirectory()) return found;
  throw new CfFailure(`The landscape's cf pushes folders only: unpack ${found} and push the folder.`);
}

function plan(application: Application, path: string): PlannedApplication {
  const { name } = application.attributes;
  const absolute = resolve(path);
  return {
    ...application,
    attributes: { ...application.attributes, path: absolute },
    name: typeof name === 'string' ? name : '',
    path: absolute,
  };
}
