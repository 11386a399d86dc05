import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CfSession, runCf } from './cf/command/run-cf';
import { DeployError } from './deploy-error';
import { deployOAuthClients } from './deploy-oauth-clients';
import { checkDescriptors } from './descriptor-check';
import type { Landscape } from './landscape';
import { runStep, type Progress } from './progress';
import { certificateRouteOf } from './summary';

export interface DeployOptions {
  /** The repository, where the built `mtls` is. */
  readonly repository: string;
  /** Holds the descriptors to deploy. */
  readonly folder: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

const descriptors = { manifest: 'manifest-all.yml', vars: 'vars.yml' };
/** Files in the folder `destination`: for the app, and for the users who are logged in. */
const destinations = ['destination_to_mtlsapp', 'destination_for_user'];
const serviceKeys = { xsuaa: 'destination', destination: 'deployer' };
/** 30 days are the longest that XSUAA gives; the landscape makes all of it anew at every start. */
const certificateParameters = {
  'credential-type': 'x509',
  x509: { 'key-length': 2048, validity: 30, 'validity-type': 'DAYS' },
};
const LOG_LINES = 20;

/**
 * Does with the shipped files what a user does with an account: creates the service instances, pushes the apps, makes the
 * keystore and the destination; by the commands of the tutorials, so that text and behaviour have one home.
 * @throws {DeployError} naming the command, with what it printed.
 */
export async function deploy(landscape: Landscape, options: DeployOptions): Promise<void> {
  const { folder, progress, repository } = options;
  const cf = createCf(landscape, options);
  const secrets = join(landscape.workFolder, 'deploy');
  await mkdir(secrets, { mode: 0o700 });
  const mtls = createMtls(landscape, { ...options, cwd: secrets, program: join(repository, 'cli', 'dist', 'main.js') });
  await runStep(progress, 'Check the descriptors', () => checkDescriptors(folder, descriptors.vars));
  await cf('create-service', 'xsuaa', 'application', 'mtlsXsuaa', '-c', 'xs-security.json');
  await cf('create-service', 'destination', 'lite', 'mtlsDestination');
  await cf('create-service', 'identity', 'application', 'clicreIas', '-c', 'config_ias.json');
  await cf('push', '-f', descriptors.manifest, '--vars-file', descriptors.vars, '--no-start');
  // What nobody wants in production, and everybody on a machine of their own.
  await cf('set-env', 'frontendmtls', 'DEMO_ATTACKS', 'true');
  await deployOAuthClients(landscape, { cf, mtls, secrets, progress });
  await cf('start', 'backendmtls');
  await cf('start', 'frontendmtls');
  await cf('create-service-key', 'mtlsXsuaa', serviceKeys.xsuaa, '-c', JSON.stringify(certificateParameters));
  await cf('create-service-key', 'mtlsDestination', serviceKeys.destination);

  await writeSecret(join(secrets, 'xsuaa-key.txt'), await cf('service-key', 'mtlsXsuaa', serviceKeys.xsuaa));
  const destinationKey = await cf('service-key', 'mtlsDestination', serviceKeys.destination);
  await writeSecret(join(secrets, 'destination-key.txt'), destinationKey);
  await mtls('cert', 'extract', 'xsuaa-key.txt');
  const keys = ['--service-key', 'destination-key.txt', '--xsuaa-key', 'xsuaa-key.txt'];
  const url = certificateRouteOf(landscape, 'backendmtls');
  for (const name of destinations)
    await mtls('destination', 'deploy', '--destination', join(folder, 'destination', name), ...keys, '--url', url);
}

/** Runs one command of `cf` and resolves with what it printed. */
function createCf(landscape: Landscape, { folder, progress, signal }: DeployOptions) {
  const { controller } = landscape;
  const session = CfSession.loggedIn(controller.target);
  return (...argv: string[]): Promise<string> =>
    runStep(progress, shown('cf', argv), async () => {
      const printed = { out: '', all: '' };
      const io = {
        isTerminal: false,
        out: (chunk: string) => {
          printed.out += chunk;
          printed.all += chunk;
        },
        err: (chunk: string) => void (printed.all += chunk),
        prompt: async () => undefined,
      };
      const exit = await runCf(argv, { cwd: folder, io, controller, session, signal });
      signal.throwIfAborted();
      if (exit !== 0) throw new DeployError(`${printed.all.trimEnd()}${recentLogs(landscape)}`);
      return printed.out;
    });
}

/** Runs one command of the built `mtls`. */
function createMtls(
  { ca }: Landscape,
  options: DeployOptions & { readonly cwd: string; readonly program: string },
): (...argv: string[]) => Promise<string> {
  const { progress, signal, cwd, program } = options;
  return (...argv) =>
    runStep(progress, shown('mtls', argv), async () => {
      const child = spawn(process.execPath, [program, ...argv], {
        cwd,
        signal,
        env: { NODE_EXTRA_CA_CERTS: ca.rootFile, NO_COLOR: '1' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
      if (child.exitCode !== 0) throw new DeployError(`${out}${err}`.trimEnd());
      return out;
    });
}

/** The landscape ends with a failed deployment: nobody could ask it for the logs afterwards. */
function recentLogs({ controller }: Landscape): string {
  const failed = controller
    .apps()
    .filter(({ process }) => process.instances.some(({ state }) => state !== 'running'))
    .map(({ name }) => name);
  return failed
    .map((name) => {
      const lines = controller.recentLogs(name).slice(-LOG_LINES);
      return `\n\nThe last lines of cf logs ${name} --recent:\n${lines.map(({ source, message }) => `  [${source}] ${message}`).join('\n')}`;
    })
    .join('');
}

function writeSecret(file: string, content: string): Promise<void> {
  return writeFile(file, content, { mode: 0o600 });
}

function shown(program: string, argv: readonly string[]): string {
  return [program, ...argv.map((word) => (/[\s{}"$]/.test(word) ? `'${word}'` : word))].join(' ');
}
