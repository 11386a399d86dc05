// Our apps as Cloud Foundry starts them: the built artefact, with the start command of manifest-all.yml.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from './machine.mjs';

const manifest = parse(readFileSync(join(root, 'manifest-all.yml'), 'utf8'));

/** @param app `backendmtls` or `frontendmtls`; gives what `startApp` takes, and the memory that the manifest declares (MiB). */
export function ourApp(app, { env = {}, environment }) {
  const { path, command, memory, env: declared } = manifest.applications.find(({ name }) => name === app);
  const args = /^exec node (.+)$/.exec(command)?.[1]?.split(' ');
  if (args === undefined) throw new Error(`The start command of ${app} is not "exec node …": ${command}`);
  const settings = Object.fromEntries(Object.entries(declared).filter(([, value]) => !String(value).includes('((')));
  return {
    args,
    cwd: join(root, path),
    env: { ...settings, ...environment.env, LOG_LEVEL: 'warn', ...env },
    memoryMiB: Number(/^(\d+)M$/.exec(memory)[1]),
  };
}
