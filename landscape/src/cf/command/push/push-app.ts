import { CloudFoundryError } from '../../controller';
import { showAppSummary } from '../app-summary';
import { describeStartError, stage, startOptions } from '../starting';
import type { CfRun } from '../verb';
import type { PushFlags } from './push-flags';
import type { PlannedApplication } from './push-plan';
import { showLocalAddresses } from './local-addresses';

/** Uploads, stages and starts one app whose settings are applied already. */
export async function pushApp(run: CfRun, application: PlannedApplication, flags: PushFlags): Promise<void> {
  await upload(run, application);
  if (flags.noStart) await stopIfRunning(run, application.name);
  else {
    run.ui.say();
    await stage(run, application.name, 'push');
    await startPushed(run, application.name, flags);
  }
  run.ui.say();
  await showSummary(run, application.name);
  showLocalAddresses(run, application.name);
}

async function upload({ ui, controller }: CfRun, { name, path }: PlannedApplication): Promise<void> {
  ui.say('Packaging files to upload...');
  const { bytes } = await controller.uploadApp(name, path);
  ui.say('Uploading files...');
  const size = formatKibibytes(bytes);
  ui.say(` ${size} / ${size} [${'='.repeat(60)}] 100.00% 1s`);
  ui.say('\nWaiting for API to complete processing files...');
}

/** As the progress bar of `cf` counts: `1.23 KiB`. */
function formatKibibytes(bytes: number): string {
  const units = ['KiB', 'MiB', 'GiB'];
  let [size, unit] = [bytes / 1024, units.shift()];
  while (size >= 1024 && units.length > 0) [size, unit] = [size / 1024, units.shift()];
  return bytes < 1024 ? `${bytes} B` : `${size.toFixed(2)} ${unit ?? ''}`;
}

async function stopIfRunning({ ui, controller }: CfRun, app: string): Promise<void> {
  const { requestedState } = await controller.app(app);
  if (requestedState === 'stopped') return;
  ui.say('\nStopping Application...');
  await controller.stopApp(app);
  ui.say('Application Stopped');
}

/** An app that crashes is shown with its summary before the command fails. */
async function startPushed(run: CfRun, app: string, { strategy, noWait }: PushFlags): Promise<void> {
  const { ui, controller } = run;
  ui.say();
  if (strategy === 'rolling') {
    ui.say(ui.format`Starting deployment for app ${app}...`);
    ui.say('\nWaiting for app to deploy...\n');
  } else ui.say(ui.format`Waiting for app ${app} to start...` + '\n');
  const options = startOptions(run, { noWait, stream: 'err' });
  try {
    await controller.restartApp(app, { ...options, strategy: strategy === 'rolling' ? 'rolling' : 'recreate' });
  } catch (error) {
    if (error instanceof CloudFoundryError && error.code === 'start-unsuccessful') {
      ui.say();
      await showSummary(run, app);
    }
    throw describeStartError(error, app);
  }
}

async function showSummary({ ui, controller }: CfRun, app: string): Promise<void> {
  showAppSummary(ui, await controller.app(app), { startCommand: true });
}
