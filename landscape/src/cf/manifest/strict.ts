import { readFile } from 'node:fs/promises';
import type { Json } from '../../broker';
import type { ManifestRequest } from '../manifest';
import { appPathOf, requireAppPath } from './app-path';
import { decodeManifest, type Application } from './application';
import { findUnknownKeys } from './known-keys';
import { locateManifest } from './locate';
import { ManifestError, type Location } from './manifest-error';
import { resolveApplication } from './resolve-application';
import { interpolate, readVariables } from './variables';
import { parseYaml, type YamlSource } from './yaml-source';

/** One thing to mend in a manifest or its vars files. */
export interface ManifestProblem extends Location {
  /**
   * `unused-variable` is of interest only where no other manifest uses the same vars file;
   * `ignored` marks what `cf push` would accept without a word.
   */
  readonly kind: 'invalid' | 'ignored' | 'unused-variable';
  readonly message: string;
}

type Finding = Pick<ManifestProblem, 'kind' | 'message'> & { readonly location: Location };

/**
 * Finds everything in a manifest that the Cloud Controller would refuse and everything that it would silently ignore,
 * each with file and line; empty when there is nothing to mend.
 * @throws the file system's error when a file cannot be read.
 */
export async function findManifestProblems(request: ManifestRequest): Promise<ManifestProblem[]> {
  try {
    const findings = await checkFile(request);
    return findings.map(({ kind, message, location }) => ({ kind, message, ...location }));
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    const [location = { file: request.file, line: 1, column: 1 }] = error.locations;
    return [{ kind: 'invalid', message: error.message, ...location }];
  }
}

async function checkFile(request: ManifestRequest): Promise<Finding[]> {
  const file = await locateManifest(request.file);
  const source = parseYaml(await readFile(file, 'utf8'), file);
  const variables = await readVariables(request.varsFiles ?? [], request.vars ?? []);
  const { value, missing, used } = interpolate(source.value, variables.values);
  const missingFindings = missing.map(({ name, at }): Finding => {
    const message = `The variable ((${name})) has no value: pass --var ${name}=VALUE or a vars file that has it`;
    return { kind: 'invalid', message, location: source.locate(at) };
  });
  // A value that still has its ((variable)) in it is not judged.
  const unfilled = new Set(missingFindings.map(({ location }) => location.line));
  const applications = await checkApplications(value, source);
  return [
    ...missingFindings,
    ...findDuplicates(source),
    ...findUnknownKeys(value).map(({ at, message }) => ignored(message, source.locate(at))),
    ...applications.filter(({ location }) => !unfilled.has(location.line)),
    ...variables.sources.flatMap((vars) => findUnused(vars, used)),
  ];
}

async function checkApplications(value: Json, source: YamlSource): Promise<Finding[]> {
  const { applications, problems } = decodeManifest(value);
  if (problems.length > 0) return problems.map(({ at, message }) => invalid(`yaml: ${message}`, source.locate(at)));
  if (applications.length === 0)
    return [invalid('Manifest must have at least one application.', source.locate(['applications']))];
  const findings = await Promise.all(applications.map((entry, index) => checkApplication(entry, index, source)));
  return [...findings.flat(), ...findNameClashes(applications, source)];
}

async function checkApplication(application: Application, index: number, source: YamlSource): Promise<Finding[]> {
  const { at } = application;
  const findings = resolveApplication(application, index).problems.map((problem) =>
    invalid(problem.message, source.locate(problem.at)),
  );
  const path = appPathOf(application, source.file);
  if (path === undefined)
    return [
      ...findings,
      ignored('"path" is missing: `cf push` would upload the folder it is typed in', source.locate(at)),
    ];
  const location = source.locate([...at, 'path']);
  const missing = await requireAppPath(path, location).then(
    () => [],
    (error: unknown) => [invalid(error instanceof Error ? error.message : String(error), location)],
  );
  return [...findings, ...missing];
}

function findNameClashes(applications: readonly Application[], source: YamlSource): Finding[] {
  const seen = new Set<unknown>();
  return applications.flatMap(({ attributes: { name }, at }) => {
    if (typeof name !== 'string' || !seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [invalid(`The application "${name}" stands twice in the manifest`, source.locate([...at, 'name']))];
  });
}

function findDuplicates(source: YamlSource): Finding[] {
  return source.duplicateKeys.map(({ key, location }) =>
    ignored(`"${key}" stands twice in the same mapping: only the last one counts`, location),
  );
}

function findUnused(vars: YamlSource, used: ReadonlySet<string>): Finding[] {
  const names = typeof vars.value === 'object' && vars.value !== null ? Object.keys(vars.value) : [];
  return [
    ...findDuplicates(vars),
    ...names
      .filter((name) => !used.has(name))
      .map((name): Finding => {
        const message = `The manifest does not use the variable "${name}"`;
        return { kind: 'unused-variable', message, location: vars.locate([name]) };
      }),
  ];
}

function invalid(message: string, location: Location): Finding {
  return { kind: 'invalid', message, location };
}

function ignored(message: string, location: Location): Finding {
  return { kind: 'ignored', message, location };
}
