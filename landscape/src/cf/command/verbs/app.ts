import { showAppSummary } from '../app-summary';
import { switchFlag } from '../flags';
import { announce } from '../sentences';
import { defineVerb } from '../verb';

export const app = defineVerb({
  name: 'app',
  description: 'Display health and status for an app',
  usage: ['app APP_NAME [--guid]'],
  seeAlso: ['apps', 'events', 'logs', 'push'],
  requires: 'space',
  required: ['APP_NAME'],
  flags: {
    guid: switchFlag({
      long: 'guid',
      description:
        "Retrieve and display the given app's guid.  All other health and status output for the app is suppressed.",
    }),
  },
  async execute({ flags, args }, run) {
    const { ui, controller } = run;
    if (flags.guid) {
      ui.say((await controller.app(args.APP_NAME)).guid);
      return;
    }
    announce(run, ui.format`Showing health and status for app ${args.APP_NAME}`);
    ui.say();
    showAppSummary(ui, await controller.app(args.APP_NAME), { startCommand: false });
  },
});
