import { CloudFoundryError } from '../../controller';
import { CfFailure } from '../failure';
import { checkRestartFlags, restartFlags } from '../restart-flags';
import { announce } from '../sentences';
import { restart, stage } from '../starting';
import { defineVerb } from '../verb';

export const restage = defineVerb({
  name: 'restage',
  alias: 'rg',
  description: "Stage the app's latest package into a droplet and restart the app with this new droplet",
  usage: ['restage APP_NAME [--strategy STRATEGY] [--max-in-flight N] [--no-wait]'],
  examples: ['cf restage APP_NAME', 'cf restage APP_NAME --strategy rolling'],
  seeAlso: ['restart'],
  requires: 'space',
  required: ['APP_NAME'],
  flags: restartFlags,
  async execute({ flags, args }, run) {
    checkRestartFlags(flags);
    const { ui } = run;
    const app = args.APP_NAME;
    if (flags.strategy === undefined) ui.warn('This action will cause app downtime.\n');
    announce(run, ui.format`Restaging app ${app}`);
    ui.say();
    try {
      await stage(run, app, 'restage');
    } catch (error) {
      throw describeMissingPackage(error, app);
    }
    ui.say();
    await restart(run, app, flags);
  },
});

function describeMissingPackage(error: unknown, app: string): unknown {
  if (!(error instanceof CloudFoundryError) || error.code !== 'no-eligible-package') return error;
  return new CfFailure(`App '${app}' has no eligible packages.\n\nTIP: Use 'cf push ${app}' to upload its files.`);
}
