import { CloudFoundryError } from '../../controller';
import { parseQuantity } from '../../manifest/quantity';
import { showAppSummary } from '../app-summary';
import { forceFlag } from '../common-flags';
import { CfFailure, UsageError } from '../failure';
import { integerFlag, megabytesFlag, textFlag, valueFlag } from '../flags';
import { announce } from '../sentences';
import { describeStartError, startOptions } from '../starting';
import { defineVerb, type CfRun } from '../verb';

const logRateFlag = valueFlag(
  { short: 'l', description: 'Log rate limit per second, in bytes (e.g. 128B, 4K, 1M), -1 for no limit' },
  (text) => {
    if (text === '-1' || text === '0') return Number(text);
    const quantity = parseQuantity(text);
    if (quantity.kind === 'bytes') return quantity.bytes;
    const message = 'Byte quantity must be an integer with a unit of measurement like B, K, KB, M, MB, G, or GB';
    throw new UsageError(message, { foundBy: 'parser' });
  },
);

export const scale = defineVerb({
  name: 'scale',
  description: 'Change or view the instance count, disk space limit, memory limit, and log rate limit for an app',
  usage: ['scale APP_NAME [--process PROCESS] [-i INSTANCES] [-k DISK] [-m MEMORY] [-l LOG_RATE_LIMIT] [-f]'],
  seeAlso: ['push'],
  requires: 'space',
  required: ['APP_NAME'],
  flags: {
    instances: integerFlag({ short: 'i', description: 'Number of instances' }, 0),
    diskMb: megabytesFlag({ short: 'k', description: 'Disk limit (e.g. 256M, 1024M, 1G)' }),
    memoryMb: megabytesFlag({ short: 'm', description: 'Memory limit (e.g. 256M, 1024M, 1G)' }),
    logRateLimit: logRateFlag,
    process: textFlag({ long: 'process', description: 'App process to scale (Default: web)' }),
    force: { ...forceFlag, description: 'Force restart of app without prompt' },
  },
  async execute({ flags, args }, run) {
    const { ui, controller } = run;
    const app = args.APP_NAME;
    await controller.app(app);
    if (flags.process !== undefined && flags.process !== 'web')
      throw new CfFailure(`Process ${flags.process} not found`);
    const { instances, diskMb, memoryMb, logRateLimit } = flags;
    const restarts = diskMb !== undefined || memoryMb !== undefined || logRateLimit !== undefined;
    if (instances === undefined && !restarts) return showScale(run, app);
    announce(run, ui.format`Scaling app ${app}`);
    ui.say();
    if (restarts && !flags.force) {
      const question = ui.format`This will cause the app to restart. Are you sure you want to scale ${app}?`;
      if (!(await ui.confirm(question))) {
        ui.say('Scaling cancelled');
        return;
      }
      ui.say();
    }
    if (restarts) announceRestart(run, app);
    const change = {
      ...(instances !== undefined && { instances }),
      ...(diskMb !== undefined && { diskMb }),
      ...(memoryMb !== undefined && { memoryMb }),
      ...(logRateLimit !== undefined && { logRateLimit }),
    };
    await scaleAndShow(run, app, change);
  },
});

function announceRestart(run: CfRun, app: string): void {
  for (const step of ['Stopping', 'Starting']) {
    announce(run, `${step}${run.ui.format` app ${app}`}`);
    run.ui.say();
  }
}

/** A crash still shows the scale; then it fails. */
async function scaleAndShow(
  run: CfRun,
  app: string,
  change: Parameters<CfRun['controller']['scaleApp']>[1],
): Promise<void> {
  const { ui, controller } = run;
  try {
    await controller.scaleApp(app, change, startOptions(run, { noWait: false, stream: 'out' }));
  } catch (error) {
    ui.say();
    if (error instanceof CloudFoundryError && error.code === 'start-unsuccessful') await showScale(run, app);
    throw describeStartError(error, app);
  }
  ui.say();
  await showScale(run, app);
}

async function showScale(run: CfRun, app: string): Promise<void> {
  announce(run, run.ui.format`Showing current scale of app ${app}`);
  run.ui.say();
  showAppSummary(run.ui, await run.controller.app(app), { startCommand: false });
}
