import { parametersFlag, waitFlag } from '../common-flags';
import { UsageError } from '../failure';
import { choiceFlag, valueFlag } from '../flags';
import { placeOf } from '../sentences';
import { defineVerb } from '../verb';
import { waitFor } from '../waiting';

const bindingNameFlag = valueFlag(
  {
    long: 'binding-name',
    description: 'Name to expose service instance to app process with (Default: service instance name)',
  },
  (text) => {
    if (text !== '') return text;
    throw new UsageError('--binding-name must be at least 1 character in length', { foundBy: 'parser' });
  },
);

export const bindService = defineVerb({
  name: 'bind-service',
  alias: 'bs',
  description: 'Bind a service instance to an app',
  usage: [
    'bind-service APP_NAME SERVICE_INSTANCE [-c PARAMETERS_AS_JSON] [--binding-name BINDING_NAME] [--strategy STRATEGY] [--wait]',
  ],
  examples: ['cf bind-service backendmtls mtlsXsuaa -c config-binding.json'],
  seeAlso: ['services', 'unbind-service', 'restage', 'cleanup-outdated-service-bindings'],
  requires: 'space',
  required: ['APP_NAME', 'SERVICE_INSTANCE'],
  flags: {
    bindingName: bindingNameFlag,
    parameters: parametersFlag,
    strategy: choiceFlag(
      { long: 'strategy', description: 'Binding strategy, "single" (default) or "multiple"' },
      ['single', 'multiple'],
      'STRATEGY must be "single" or "multiple"',
    ),
    wait: waitFlag,
  },
  async execute({ flags, args }, run) {
    const { ui, controller } = run;
    const { APP_NAME: app, SERVICE_INSTANCE: service } = args;
    const { org, space, user } = placeOf(run);
    ui.say(ui.format`Binding service instance ${service} to app ${app} in org ${org} / space ${space} as ${user}...`);
    const request = {
      app,
      service,
      ...(flags.parameters && { parameters: flags.parameters }),
      ...(flags.bindingName !== undefined && { bindingName: flags.bindingName }),
      ...(flags.strategy && { strategy: flags.strategy }),
    };
    const result = await waitFor(ui, flags, () => controller.bindService(request));
    if (result === 'already-bound') {
      ui.say(`App ${app} is already bound to service instance ${service}.`);
      ui.ok();
      return;
    }
    ui.ok();
    ui.say(`TIP: Use 'cf restage ${app}' to ensure your env variable changes take effect`);
  },
});
