import type { JsonObject } from '../../broker';
import type { AppSpec } from '../controller';
import { readBuildpacks, readEnv, readFeatures, readRoutes, readServices, readStack } from './application-parts';
import type { Application } from './application';
import { isObject } from './json-shape';
import { ApplicationProblems, type Problem } from './problem';
import { readProcessSettings, type ProcessSettings } from './process-settings';

export interface ResolvedApplication {
  readonly spec: AppSpec;
  /** Empty when the Cloud Controller would take the application; else `spec` is not to be used. */
  readonly problems: readonly Problem[];
}

/** Judges one application as the Cloud Controller does, in its words, and gives it the shape that is applied. */
export function resolveApplication(application: Application, index: number): ResolvedApplication {
  const { attributes, at } = application;
  const name = typeof attributes['name'] === 'string' ? attributes['name'] : '';
  const problems = new ApplicationProblems(
    name === '' ? `For application at index ${index}: ` : `For application '${name}': `,
  );
  if (name === '') problems.add(at, 'Name must not be empty');
  checkSupport(application, problems);
  const buildpacks = readBuildpacks(application, problems);
  const stack = readStack(application, problems);
  const features = readFeatures(application, problems);
  if (attributes['metadata'] !== undefined && !isObject(attributes['metadata']))
    problems.add([...at, 'metadata'], 'Metadata must be an object');
  const spec: AppSpec = {
    name,
    ...readProcess(application, problems),
    ...readRoutes(application, problems),
    env: readEnv(application, problems),
    services: readServices(application, problems),
    ...(buildpacks && { buildpacks }),
    ...(stack !== undefined && { stack }),
    ...(features && { features }),
  };
  return { spec, problems: problems.found };
}

/** An entry `web` in `processes` takes the place of the settings at the top level, all of them. */
function readProcess({ attributes, at }: Application, problems: ApplicationProblems): ProcessSettings {
  const top = { attributes, at, type: 'web', problems };
  const { processes } = attributes;
  if (!Array.isArray(processes)) return readProcessSettings(top);
  const entries = processes.map((process, index) => ({
    attributes: isObject(process) ? process : {},
    at: [...at, 'processes', index],
  }));
  checkProcessTypes(entries, { at, problems });
  const web = entries.find((entry) => entry.attributes['type'] === 'web');
  return readProcessSettings(web === undefined ? top : { ...web, type: 'web', problems });
}

function checkProcessTypes(
  entries: readonly { attributes: JsonObject; at: Application['at'] }[],
  { at, problems }: { at: Application['at']; problems: ApplicationProblems },
): void {
  const types = entries.map((entry) => entry.attributes['type']);
  if (types.some((type) => type === undefined || type === ''))
    problems.add([...at, 'processes'], 'All Processes must specify a type');
  const once = new Set(types);
  for (const type of once) {
    if (typeof type !== 'string' || type === '') continue;
    const index = types.lastIndexOf(type);
    const place = [...at, 'processes', index];
    if (types.indexOf(type) !== index) problems.add(place, `Process "${type}" may only be present once`);
    if (type !== 'web')
      problems.addToProcess(place, type, 'The landscape runs the "web" process only; leave this one out');
  }
}

/** What a real account can do and the landscape cannot: refused with a reason instead of ignored. */
function checkSupport({ attributes, at }: Application, problems: ApplicationProblems): void {
  for (const key of ['docker', 'sidecars', 'cnb-credentials'])
    if (attributes[key] !== undefined)
      problems.add(
        [...at, key],
        `The landscape runs Node.js apps with the nodejs buildpack only: "${key}" is not supported`,
      );
  const { lifecycle } = attributes;
  if (lifecycle !== undefined && lifecycle !== 'buildpack')
    problems.add([...at, 'lifecycle'], 'The landscape supports the lifecycle "buildpack" only');
}
