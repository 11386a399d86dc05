import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { StateFileError } from './ca/state-file';
import { formatUsers } from './control/users';
import { deploy } from './deploy';
import { DeployError } from './deploy-error';
import { startLandscape, type Landscape } from './landscape';
import { AlreadyRunningError } from './landscape-lock';
import { PortInUseError } from './port-in-use';
import { createProgress } from './progress';
import { portOf, readSettings, SettingsError } from './settings';
import { StateFolderError } from './state-folder';
import { formatAddresses, routeOf, tryCalls } from './summary';

/** The repository: this file is landscape/dist/main.js. */
const repository = join(__dirname, '..', '..');
const REPEATED_SIGNAL_MS = 1_000;
/** The exit codes that shells give. */
const endSignals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type EndSignal = keyof typeof endSignals;

interface Options {
  readonly empty?: true;
}

/** Resolves with the exit code when the user ends the landscape or it cannot start. */
async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if (typeof options === 'number') return options;
  const { ended, signalled } = listenForTheEnd();
  let landscape: Landscape | undefined;
  try {
    print('Starting the landscape\n');
    landscape = await startLandscape(readSettings(repository), { progress: createProgress(print) });
    await abortable(prepare(landscape, options, ended), ended);
    await whenAborted(ended);
    return 0;
  } catch (error) {
    const signal = signalled();
    if (signal !== undefined) return endSignals[signal];
    print(`\n${describeFailure(error)}\n\nMend that and start again: npm start\n`);
    return 1;
  } finally {
    if (landscape !== undefined) {
      if (ended.aborted) print('\nEnding ...\n');
      await landscape.stop();
    }
  }
}

/**
 * Whoever is impatient and sends a second signal gets the hard end: what was started watches this process and ends with
 * it. A terminal, npm and the start script may all pass on the same one, so it counts only after a while.
 */
function listenForTheEnd(): { readonly ended: AbortSignal; readonly signalled: () => EndSignal | undefined } {
  const controller = new AbortController();
  let first: { readonly signal: EndSignal; readonly at: number } | undefined;
  const end = (signal: EndSignal): void => {
    if (first === undefined) {
      first = { signal, at: performance.now() };
      controller.abort();
    } else if (performance.now() - first.at > REPEATED_SIGNAL_MS) process.exit(endSignals[signal]);
  };
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => end(signal));
  // The channel to the start script, if there is one: it closes when that script is killed.
  process.once('disconnect', () => end('SIGHUP'));
  return { ended: controller.signal, signalled: () => first?.signal };
}

/** Deploys, tries it, and tells where everything is. */
async function prepare(landscape: Landscape, { empty }: Options, signal: AbortSignal): Promise<void> {
  const folder = process.cwd();
  // What still runs while everything ends has nothing to tell.
  const say = (text: string): void => void (signal.aborted || print(text));
  if (empty === true) {
    print(
      `\n${formatAddresses(landscape)}\n\nUsers, for this landscape only:\n${formatUsers(landscape.users)}\n${hints}\n\nNothing is deployed: cf push does that.\n`,
    );
    print(`ready  https://localhost:${portOf(landscape.settings, 'xsuaa')}\n`);
    return;
  }
  say(`Deploying ${folder}\n`);
  await deploy(landscape, { repository, folder, progress: createProgress(say), signal });
  const calls = await tryCalls(landscape);
  say(
    `\n${formatAddresses(landscape)}\n\nUsers, for this landscape only:\n${formatUsers(landscape.users)}\n${calls}\n\n${hints}\n\nready  ${routeOf(landscape, 'frontendmtls')}\n`,
  );
}

const hints = `In another terminal, export PATH="${join(repository, 'node_modules', '.bin')}:$PATH" makes cf the landscape's:
cf apps, cf logs frontendmtls --recent, landscape status, landscape fault xsuaa hang, landscape --help.
Ctrl+C ends everything.`;

function readOptions(argv: readonly string[]): Options | number {
  const program = new Command('npm start --')
    .description('Starts the local landscape and deploys the apps of this repository to it')
    .option('--empty', 'deploy nothing: for the tutorials, or for apps of your own')
    .addHelpText(
      'after',
      '\nEnvironment:\n  LANDSCAPE_PORT_BASE  every port is this plus a fixed number (default 5000)\n  LANDSCAPE_HOME       folder of the CA, the signing keys and the users (default .landscape)',
    )
    .allowExcessArguments(false)
    .exitOverride();
  try {
    return program.parse(argv, { from: 'user' }).opts<Options>();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 1;
  }
}

/** What the user can mend is told in its message alone; anything else is ours, with its stack. */
function describeFailure(error: unknown): string {
  const known = [
    AlreadyRunningError,
    DeployError,
    PortInUseError,
    SettingsError,
    StateFileError,
    StateFolderError,
  ].some((kind) => error instanceof kind);
  if (error instanceof Error) return known ? error.message : (error.stack ?? error.message);
  return String(error);
}

async function abortable(work: Promise<void>, signal: AbortSignal): Promise<void> {
  await Promise.race([work, whenAborted(signal).then(() => signal.throwIfAborted())]);
}

async function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

function print(text: string): void {
  process.stdout.write(text);
}

// A terminal that is gone does not keep the landscape from ending cleanly.
process.stdout.on('error', () => {});

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
