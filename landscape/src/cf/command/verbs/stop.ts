import { announce } from '../sentences';
import { defineVerb } from '../verb';

export const stop = defineVerb({
  name: 'stop',
  alias: 'sp',
  description: 'Stop an app',
  usage: ['stop APP_NAME'],
  seeAlso: ['restart', 'scale', 'start'],
  requires: 'space',
  required: ['APP_NAME'],
  flags: {},
  async execute({ args }, run) {
    const { ui, controller } = run;
    const app = args.APP_NAME;
    const { requestedState } = await controller.app(app);
    if (requestedState === 'stopped') {
      ui.say(`App ${app} is already stopped.`);
      ui.ok();
      return;
    }
    announce(run, ui.format`Stopping app ${app}`);
    await controller.stopApp(app);
    ui.ok();
  },
});
