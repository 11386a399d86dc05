import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BrokerError, type JsonObject } from './broker';
import { findJsonProblem } from './cf/command/json-problem';
import { findManifestProblems } from './cf/manifest';
import { DeployError } from './deploy-error';
import { errorCode } from './error-code';
import { readBindingParameters } from './xsuaa/binding-parameters';
import { credentialTypes } from './xsuaa/oauth2-configuration';

/** One is pushed; the others are for users who have not all services. */
const MANIFEST = /^manifest.*\.yml$/;
/** Parameters of a rebind, which a deployment does not need and its user does. */
const BINDING_PARAMETERS = 'config-binding.json';

/**
 * Finds in the descriptors what a deployment would not: unknown keys, which `cf push` passes over without a word, and a
 * broken file that is only used later.
 * @throws {DeployError} with file and place of each problem.
 */
export async function checkDescriptors(folder: string, vars: string): Promise<void> {
  const manifests = (await readdir(folder)).filter((name) => MANIFEST.test(name)).sort();
  const problems = await Promise.all([
    ...manifests.map((name) => checkManifest(join(folder, name), join(folder, vars))),
    checkBindingParameters(join(folder, BINDING_PARAMETERS)),
  ]);
  if (problems.flat().length > 0) throw new DeployError(problems.flat().join('\n'));
}

async function checkManifest(manifest: string, vars: string): Promise<string[]> {
  const problems = await findManifestProblems({ file: manifest, varsFiles: [vars] });
  return problems
    .filter(({ kind }) => kind !== 'unused-variable')
    .map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`);
}

async function checkBindingParameters(file: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
  const problem = findJsonProblem(text);
  if (problem !== undefined) return [`${file}:${problem.line}:${problem.column}: ${problem.message}`];
  try {
    // A value that is no object is refused like any other wrong parameter.
    readBindingParameters(JSON.parse(text) as JsonObject, credentialTypes);
    return [];
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    return [`${file}: ${error.message}`];
  }
}
