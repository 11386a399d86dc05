import { constants } from 'node:fs';
import { cp, lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { parse as parseYaml } from 'yaml';
import type { LogLine } from './app-types';
import { CloudFoundryError } from './cloud-foundry-error';
import { Container } from './container';
import type { Reaper } from './reaper';

/** The version of the nodejs buildpack whose behaviour this is. */
export const NODEJS_BUILDPACK = { name: 'nodejs_buildpack', version: '1.9.4', detectOutput: 'nodejs' } as const;

export interface StagingOptions {
  readonly packageFolder: string;
  readonly dropletFolder: string;
  /** Of the app: buildpack settings such as OPTIMIZE_MEMORY, and what npm scripts read. */
  readonly env: Readonly<Record<string, string>>;
  /** npm needs more of this machine than an app: its cache, registry and proxy settings. */
  readonly machine: Readonly<Record<string, string>>;
  readonly reaper: Reaper;
  /** Ends npm when the landscape ends. */
  readonly signal: AbortSignal;
  readonly log: (stream: LogLine['stream'], message: string) => void;
}

export interface StagingResult {
  /** What runs when the app has no `command`. */
  readonly startCommand: string;
  readonly bytes: number;
}

const packageSchema = v.object({
  engines: v.optional(v.object({ node: v.optional(v.string()), npm: v.optional(v.string()) }), {}),
  scripts: v.optional(v.record(v.string(), v.string()), {}),
  dependencies: v.optional(v.record(v.string(), v.string()), {}),
  optionalDependencies: v.optional(v.record(v.string(), v.string()), {}),
});
type PackageJson = v.InferOutput<typeof packageSchema>;

/**
 * Makes a droplet of a package as the nodejs buildpack does, with this machine's Node and npm: production dependencies
 * are installed where there are any.
 * @throws {CloudFoundryError} `NoAppDetectedError - …` without a package.json, `BuildpackCompileFailed - …` otherwise.
 */
export async function stage(options: StagingOptions): Promise<StagingResult> {
  const { packageFolder, dropletFolder, log } = options;
  const files = new Set(await readdir(packageFolder));
  if (!files.has('package.json'))
    throw new CloudFoundryError(
      'no-app-detected',
      'NoAppDetectedError - An app was not successfully detected by any available buildpack',
    );
  log('OUT', `-----> Nodejs Buildpack version ${NODEJS_BUILDPACK.version}`);
  const manifest = await readPackageJson(join(packageFolder, 'package.json'), log);
  logRuntime(manifest, log);
  await cp(packageFolder, dropletFolder, {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
  });
  await installDependencies(manifest, files, options);
  if (!files.has('Procfile') && !files.has('server.js') && manifest.scripts['start'] === undefined)
    log('OUT', '       **WARNING** This app may not specify any way to start a node process');
  const bytes = await sizeOf(dropletFolder);
  log('OUT', 'Uploading droplet, build artifacts cache...');
  log('OUT', 'Uploading complete');
  return { startCommand: await findStartCommand(files, options), bytes };
}

async function readPackageJson(file: string, log: StagingOptions['log']): Promise<PackageJson> {
  try {
    return v.parse(packageSchema, JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    log('ERR', `       **ERROR** Unable to read package.json: ${(error as Error).message}`);
    throw compileFailed();
  }
}

function logRuntime({ engines }: PackageJson, log: StagingOptions['log']): void {
  log('OUT', '-----> Installing binaries');
  log('OUT', `       engines.node (package.json): ${engines.node ?? 'unspecified'}`);
  log('OUT', `       engines.npm (package.json): ${engines.npm ?? 'unspecified (use default)'}`);
  log('OUT', `       The landscape runs the app with the node ${process.version} of this machine`);
}

async function installDependencies(
  manifest: PackageJson,
  files: ReadonlySet<string>,
  options: StagingOptions,
): Promise<void> {
  const { scripts, dependencies, optionalDependencies } = manifest;
  if (scripts['heroku-prebuild'] !== undefined) await runNpm('run heroku-prebuild', options);
  // Without any, npm would only be started to find that out.
  if (Object.keys({ ...dependencies, ...optionalDependencies }).length > 0) {
    options.log('OUT', '-----> Building dependencies');
    if (files.has('yarn.lock'))
      options.log('OUT', '       **WARNING** yarn.lock is ignored: the landscape installs with npm');
    if (files.has('node_modules')) {
      options.log('OUT', '       Prebuild detected (node_modules already exists)');
      await runNpm('rebuild', options);
    } else {
      const source = files.has('package-lock.json') ? 'package.json + package-lock.json' : 'package.json';
      options.log('OUT', `       Installing node modules (${source})`);
    }
    await runNpm('install --no-audit --no-fund', options);
  }
  if (scripts['heroku-postbuild'] !== undefined) await runNpm('run heroku-postbuild', options);
}

async function runNpm(args: string, options: StagingOptions): Promise<void> {
  const { dropletFolder, env, machine, reaper, signal, log } = options;
  const container = await Container.start({
    command: `exec npm ${args}`,
    folder: dropletFolder,
    env: {
      ...machine,
      NODE_ENV: 'production',
      NPM_CONFIG_PRODUCTION: 'true',
      NPM_CONFIG_LOGLEVEL: 'error',
      ...env,
    },
    reaper,
    onLine: (stream, line) => log(stream, `       ${line}`),
  });
  const end = (): void => container.kill();
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  const { status } = await container.exited;
  signal.removeEventListener('abort', end);
  if (status === 0) return;
  log('ERR', `       **ERROR** Unable to build dependencies: npm ${args}: exit status ${status}`);
  throw compileFailed();
}

async function findStartCommand(files: ReadonlySet<string>, options: StagingOptions): Promise<string> {
  if (files.has('Procfile')) {
    const procfile: unknown = parseYaml(await readFile(join(options.packageFolder, 'Procfile'), 'utf8'));
    const parsed = v.safeParse(v.object({ web: v.string() }), procfile);
    if (parsed.success) return parsed.output.web;
  }
  return options.env['OPTIMIZE_MEMORY'] === 'true'
    ? 'NODE_OPTIONS="--max_old_space_size=$(( $MEMORY_AVAILABLE * 75 / 100 ))" npm start'
    : 'npm start';
}

function compileFailed(): CloudFoundryError {
  return new CloudFoundryError(
    'staging-failed',
    'BuildpackCompileFailed - App staging failed in the buildpack compile phase',
  );
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    bytes += entry.isDirectory() ? await sizeOf(path) : (await lstat(path)).size;
  }
  return bytes;
}
