import { announce } from '../sentences';
import { defineVerb } from '../verb';

export const unsetEnv = defineVerb({
  name: 'unset-env',
  alias: 'ue',
  description: 'Remove an env variable from an app',
  usage: ['unset-env APP_NAME ENV_VAR_NAME'],
  seeAlso: ['apps', 'env', 'restart', 'set-env'],
  requires: 'space',
  required: ['APP_NAME', 'ENV_VAR_NAME'],
  flags: {},
  async execute({ args }, run) {
    const { ui, controller } = run;
    const { APP_NAME: app, ENV_VAR_NAME: name } = args;
    announce(run, ui.format`Removing env variable ${name} from app ${app}`);
    const wasSet = controller.unsetEnv(app, name);
    if (!wasSet) ui.say(`Env variable ${name} was not set.`);
    ui.ok();
    if (wasSet) ui.say(`TIP: Use 'cf restage ${app}' to ensure your env variable changes take effect.`);
  },
});
