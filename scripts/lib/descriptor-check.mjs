// Which descriptors there are and what is asked of each; the rules themselves are in the files imported here.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compareApps, compareMta, readManifestApps, readMtaApps } from './descriptor-apps.mjs';
import { checkContentDestinations, checkDestination } from './descriptor-destination.mjs';
import { checkManifest, checkVariables } from './descriptor-manifest.mjs';
import { checkMta } from './descriptor-mta.mjs';
import { checkRedirectUris } from './descriptor-redirects.mjs';
import { checkSchema } from './descriptor-schema-check.mjs';
import * as schemas from './descriptor-schemas.mjs';
import { checkBindingParameters } from './descriptor-services.mjs';
import { readJson, readProperties, readYaml } from './descriptor-source.mjs';

const destinations = ['destination/destination_to_mtlsapp', 'destination/destination_for_user'];
const required = [
  'manifest.yml',
  'manifest-all.yml',
  'manifest-ias.yml',
  'vars.yml',
  'mta.yaml',
  'xs-security.json',
  'config_ias.json',
  'config-binding.json',
  ...destinations,
];

/**
 * Checks all descriptors below `root`; further manifest-*.yml are checked where they exist.
 * @returns {{ files: string[], problems: import('./descriptor-source.mjs').Problem[] }}
 */
export function checkDescriptors(root) {
  const problems = [];
  const further = readdirSync(root).filter((name) => /^manifest-.+\.yml$/.test(name) && !required.includes(name));
  const files = [...required, ...further.toSorted()].filter((file) => {
    const exists = existsSync(join(root, file));
    if (!exists)
      problems.push({ file, line: 1, message: 'is missing. It is one of the descriptors of the deployment.' });
    return exists;
  });
  const sources = new Map(files.map((file) => [file, load(root, file, problems)]));
  for (const [file, source] of sources) if (source !== undefined) checkSchema(source, schemaOf(file), problems);
  // What is wrong in itself is not compared as well: one cause, one message.
  if (problems.length === 0) checkAgreement(root, sources, problems);
  return {
    files,
    problems: problems.toSorted((one, other) => one.file.localeCompare(other.file) || one.line - other.line),
  };
}

function load(root, file, problems) {
  if (/\.ya?ml$/.test(file)) return readYaml(root, file, problems);
  return file.endsWith('.json') ? readJson(root, file, problems) : readProperties(root, file, problems);
}

function schemaOf(file) {
  if (destinations.includes(file)) return schemas.destination;
  if (file.startsWith('manifest')) return schemas.manifest;
  return {
    'vars.yml': schemas.vars,
    'mta.yaml': schemas.mta,
    'xs-security.json': schemas.xsSecurity,
    'config-binding.json': schemas.xsuaaBinding,
    'config_ias.json': schemas.identityInstance,
  }[file];
}

function checkAgreement(root, sources, problems) {
  const vars = sources.get('vars.yml');
  const mta = sources.get('mta.yaml');
  const xsSecurity = sources.get('xs-security.json');
  const manifests = [...sources.values()].filter(({ file }) => file.startsWith('manifest'));
  const isWorkspace = (path) => existsSync(join(root, dirname(path), 'package.json'));

  for (const manifest of manifests) checkManifest(manifest, { isWorkspace }, problems);
  checkVariables(manifests, vars, problems);
  checkMta(mta, { vars, fileExists: (path) => existsSync(join(root, path)) }, problems);

  const apps = manifests.flatMap((manifest) => readManifestApps(manifest));
  const [main] = manifests;
  const mtaApps = readMtaApps(mta);
  compareApps([...apps, ...mtaApps], problems);
  compareMta({ apps, mtaApps, mta, main }, problems);
  checkBindingParameters({ apps, mta, xsSecurity, config: sources.get('config-binding.json') }, problems);
  checkRedirectUris({ apps, vars, xsSecurity, mta }, problems);
  for (const file of destinations)
    checkDestination(
      { destination: sources.get(file), fileName: file.split('/')[1], apps, vars, xsSecurity, mta },
      problems,
    );
  checkContentDestinations({ destinations: destinations.map((file) => sources.get(file)), mta }, problems);
}
