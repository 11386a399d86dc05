import { formatJson } from '../json-output';
import { announce } from '../sentences';
import { defineVerb } from '../verb';

export const env = defineVerb({
  name: 'env',
  alias: 'e',
  description: 'Show all env variables for an app',
  usage: ['env APP_NAME'],
  seeAlso: ['app', 'apps', 'set-env', 'unset-env'],
  requires: 'space',
  required: ['APP_NAME'],
  flags: {},
  async execute({ args }, run) {
    const { ui, controller } = run;
    const app = args.APP_NAME;
    announce(run, ui.format`Getting env variables for app ${app}`);
    const { vcapServices, vcapApplication, userProvided } = controller.environment(app);
    ui.say(ui.style.header('System-Provided:'));
    // Credentials are printed as they are, as the real one prints them for a space developer.
    ui.say(`VCAP_SERVICES: ${formatJson(vcapServices)}\n\n`);
    ui.say(`VCAP_APPLICATION: ${formatJson(vcapApplication)}\n\n`);
    const names = Object.keys(userProvided).sort();
    if (names.length === 0) ui.say('No user-provided env variables have been set\n');
    else {
      ui.say(ui.style.header('User-Provided:'));
      for (const name of names) ui.say(`${name}: ${userProvided[name] ?? ''}`);
      ui.say();
    }
    ui.say('No running env variables have been set\n');
    ui.say('No staging env variables have been set\n');
  },
});
