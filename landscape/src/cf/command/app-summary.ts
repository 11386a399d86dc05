import type { AppDetail, InstanceStats, ProcessDetail } from '../controller';
import { formatBytes } from '../manifest/quantity';
import { formatInstant, formatUploadTime } from './time';
import type { Ui } from './ui';

const MB = 1024 * 1024;

/** The block that ends `app`, `push`, `start` and their like; only `push` shows the start command. */
export function showAppSummary(ui: Ui, app: AppDetail, options: { readonly startCommand: boolean }): void {
  const { droplet, process } = app;
  ui.keyValues([
    ['name:', app.name],
    ['requested state:', app.requestedState],
    ['routes:', app.routes.join(', ')],
    ['last uploaded:', droplet === undefined ? '' : formatUploadTime(droplet.uploaded)],
    ['stack:', droplet?.stack ?? ''],
    ['buildpacks:', ''],
  ]);
  if (droplet !== undefined && droplet.buildpacks.length > 0) {
    const rows = droplet.buildpacks.map(({ name, version, detectOutput }) => [
      name,
      version,
      detectOutput,
      // The name that the buildpack gives itself.
      name.replace(/_buildpack$/, ''),
    ]);
    ui.table([['name', 'version', 'detect output', 'buildpack name'], ...rows], { prefix: '\t' });
  }
  ui.say();
  showProcess(ui, process, options);
}

/** `1/2`: running of wanted. */
export function countInstances({ instances, wantedInstances }: ProcessDetail): string {
  return `${instances.filter(({ state }) => state === 'running').length}/${wantedInstances}`;
}

function showProcess(ui: Ui, process: ProcessDetail, { startCommand }: { readonly startCommand: boolean }): void {
  ui.keyValues([
    ['type:', process.type],
    ['sidecars:', ''],
    ['instances:', countInstances(process)],
    ['memory usage:', `${process.memoryMb}M`],
    ...(startCommand && process.command !== '' ? [['start command:', process.command] as const] : []),
  ]);
  if (process.instances.length === 0) {
    ui.say('There are no running instances of this process.');
    return;
  }
  const header = ['', 'state', 'since', 'cpu', 'memory', 'disk', 'logging', 'cpu entitlement', 'details', 'ready'];
  ui.table([header, ...process.instances.map((instance) => describeInstance(instance, process))]);
}

function describeInstance(instance: InstanceStats, process: ProcessDetail): string[] {
  const { logRateLimit } = process;
  return [
    `#${instance.index}`,
    instance.state,
    formatInstant(instance.since),
    `${(instance.cpu * 100).toFixed(1)}%`,
    `${formatBytes(instance.memoryBytes)} of ${formatBytes(process.memoryMb * MB)}`,
    `${formatBytes(instance.diskBytes)} of ${formatBytes(process.diskMb * MB)}`,
    `${formatBytes(instance.logBytesPerSecond)}/s of ${logRateLimit < 0 ? 'unlimited' : `${formatBytes(logRateLimit)}/s`}`,
    '',
    instance.details ?? '',
    instance.state === 'running' ? 'true' : 'false',
  ];
}
