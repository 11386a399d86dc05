import { announce } from '../sentences';
import { showOutcome, stage, startOptions } from '../starting';
import { defineVerb } from '../verb';

export const start = defineVerb({
  name: 'start',
  alias: 'st',
  description: 'Start an app',
  usage: ['start APP_NAME'],
  seeAlso: ['apps', 'logs', 'restart', 'scale', 'stop'],
  requires: 'space',
  required: ['APP_NAME'],
  flags: {},
  async execute({ args }, run) {
    const { ui, controller } = run;
    const app = args.APP_NAME;
    const { requestedState } = await controller.app(app);
    if (requestedState === 'stopped' && controller.needsStaging(app)) {
      await stage(run, app, 'start');
      ui.say();
    }
    announce(run, ui.format`Starting app ${app}`);
    ui.say();
    if (requestedState === 'started') {
      ui.say(`App '${app}' is already started.`);
      ui.ok();
      return;
    }
    ui.say('Waiting for app to start...\n');
    const options = startOptions(run, { noWait: false, stream: 'out' });
    await showOutcome(run, app, () => controller.startApp(app, options));
  },
});
