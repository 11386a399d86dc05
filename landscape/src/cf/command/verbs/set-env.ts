import { announce } from '../sentences';
import { defineVerb } from '../verb';

export const setEnv = defineVerb({
  name: 'set-env',
  alias: 'se',
  description: 'Set an env variable for an app',
  usage: ['set-env APP_NAME ENV_VAR_NAME ENV_VAR_VALUE'],
  seeAlso: ['apps', 'env', 'restart', 'unset-env'],
  requires: 'space',
  required: ['APP_NAME', 'ENV_VAR_NAME', 'ENV_VAR_VALUE'],
  flags: {},
  unknownFlagsAreValues: true,
  async execute({ args }, run) {
    const { ui, controller } = run;
    const { APP_NAME: app, ENV_VAR_NAME: name, ENV_VAR_VALUE: value } = args;
    announce(run, ui.format`Setting env variable ${name} for app ${app}`);
    controller.setEnv(app, name, value);
    ui.ok();
    ui.say(`TIP: Use 'cf restage ${app}' to ensure your env variable changes take effect.`);
  },
});
