import { checkRestartFlags, restartFlags } from '../restart-flags';
import { announce } from '../sentences';
import { restart, stage } from '../starting';
import { defineVerb } from '../verb';

export const restartVerb = defineVerb({
  name: 'restart',
  alias: 'rs',
  description: 'Stop all instances of the app, then start them again',
  usage: ['restart APP_NAME [--strategy STRATEGY] [--max-in-flight N] [--no-wait]'],
  seeAlso: ['restage', 'restart-app-instance'],
  requires: 'space',
  required: ['APP_NAME'],
  flags: restartFlags,
  async execute({ flags, args }, run) {
    checkRestartFlags(flags);
    const { ui, controller } = run;
    const app = args.APP_NAME;
    if (controller.needsStaging(app)) {
      announce(run, ui.format`Restarting app ${app}`);
      ui.say();
      await stage(run, app, 'start');
      ui.say();
    }
    await restart(run, app, flags);
  },
});
