import { CloudFoundryError, type StartOptions } from '../controller';
import { showAppSummary } from './app-summary';
import { CfFailure } from './failure';
import { announce } from './sentences';
import type { CfRun } from './verb';

/** Where `Instances starting...` goes: `push` writes it to stderr, every other verb to stdout. */
export function startOptions(
  { ui, session }: Pick<CfRun, 'ui' | 'session'>,
  { noWait, stream }: { readonly noWait: boolean; readonly stream: 'out' | 'err' },
): StartOptions {
  const { startupTimeoutMinutes } = session.preferences;
  return {
    onPoll: () => (stream === 'out' ? ui.say('Instances starting...') : ui.warn('Instances starting...')),
    ...(noWait && { firstOnly: true }),
    ...(startupTimeoutMinutes !== undefined && { timeoutMs: startupTimeoutMinutes * 60_000 }),
  };
}

/** Gives an app that does not start the words and the hint of `cf`. */
export function describeStartError(error: unknown, app: string): unknown {
  if (!(error instanceof CloudFoundryError)) return error;
  if (error.code === 'start-unsuccessful')
    return new CfFailure(`Start unsuccessful\n\nTIP: use 'cf logs ${app} --recent' for more information`);
  if (error.code === 'start-timeout')
    return new CfFailure(
      [
        'Start app timeout',
        '',
        'TIP: Application must be listening on the right port. Instead of hard coding the port, use the $PORT environment variable.',
        '',
        `Use 'cf logs ${app} --recent' for more information`,
      ].join('\n'),
    );
  return error;
}

/** Stages the newest package and prints its log; `push` prints a staging error bare, the other verbs introduce it. */
export async function stage({ ui, controller }: CfRun, app: string, verb: 'push' | 'restage' | 'start'): Promise<void> {
  let isAnnounced = false;
  // An app that does not exist or has no package fails before anything is staged.
  const announceOnce = (): void => {
    if (!isAnnounced) ui.say('Staging app and tracing logs...');
    isAnnounced = true;
  };
  try {
    await controller.stageApp(app, ({ message }) => {
      announceOnce();
      for (const line of message.split('\n')) ui.say(`   ${line}`);
    });
    announceOnce();
  } catch (error) {
    if (isStagingError(error)) announceOnce();
    throw verb === 'push' ? error : describeStagingError(error, verb);
  }
}

function isStagingError(error: unknown): error is CloudFoundryError {
  return error instanceof CloudFoundryError && (error.code === 'no-app-detected' || error.code === 'staging-failed');
}

function describeStagingError(error: unknown, verb: 'restage' | 'start'): unknown {
  if (!isStagingError(error)) return error;
  const tip = "\n\nTIP: Use 'cf buildpacks' to see a list of supported buildpacks.";
  const withTip = error.code === 'no-app-detected' && verb === 'restage';
  return new CfFailure(`Error staging application: ${error.message}${withTip ? tip : ''}`);
}

export interface RestartFlags {
  readonly strategy: 'rolling' | 'canary' | undefined;
  readonly noWait: boolean;
}

/** What `restart` and `restage` do once there is a droplet, down to the summary. */
export async function restart(run: CfRun, app: string, { strategy, noWait }: RestartFlags): Promise<void> {
  const { ui, controller } = run;
  const options = startOptions(run, { noWait, stream: 'out' });
  if (strategy === 'rolling') {
    ui.say(`Creating deployment for app ${app}...\n`);
    ui.say('Waiting for app to deploy...\n');
  } else {
    const { requestedState } = await controller.app(app);
    announce(run, ui.format`Restarting app ${app}`);
    ui.say();
    if (requestedState === 'started') ui.say('Stopping app...\n');
    ui.say('Waiting for app to start...\n');
  }
  await showOutcome(run, app, () =>
    controller.restartApp(app, { ...options, strategy: strategy === 'rolling' ? 'rolling' : 'recreate' }),
  );
}

/** Waits for the start, then prints the summary. */
export async function showOutcome(run: CfRun, app: string, start: () => Promise<unknown>): Promise<void> {
  const { ui, controller } = run;
  try {
    await start();
  } catch (error) {
    ui.say();
    throw describeStartError(error, app);
  }
  ui.say();
  showAppSummary(ui, await controller.app(app), { startCommand: false });
}
