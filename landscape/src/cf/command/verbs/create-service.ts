import { parametersFlag, readTags, tagsFlag, waitFlag } from '../common-flags';
import { textFlag } from '../flags';
import { announce } from '../sentences';
import { defineVerb } from '../verb';
import { waitFor } from '../waiting';

export const createService = defineVerb({
  name: 'create-service',
  alias: 'cs',
  description: 'Create a service instance',
  usage: [
    'create-service SERVICE_OFFERING PLAN SERVICE_INSTANCE [-b SERVICE_BROKER] [-c PARAMETERS_AS_JSON] [-t TAGS] [--wait]',
  ],
  examples: [
    'cf create-service xsuaa application mtlsXsuaa -c xs-security.json',
    'cf create-service destination lite mtlsDestination',
  ],
  seeAlso: ['bind-service', 'create-user-provided-service', 'services'],
  requires: 'space',
  required: ['SERVICE_OFFERING', 'SERVICE_PLAN', 'SERVICE_INSTANCE'],
  flags: {
    broker: textFlag({ short: 'b', description: 'Broker of the offering, where several have one of that name' }),
    parameters: parametersFlag,
    tags: tagsFlag,
    wait: waitFlag,
  },
  async execute({ flags, args }, run) {
    const { ui, controller } = run;
    const name = args.SERVICE_INSTANCE;
    announce(run, ui.format`Creating service instance ${name}`);
    const tags = readTags(flags.tags);
    const request = {
      offering: args.SERVICE_OFFERING,
      plan: args.SERVICE_PLAN,
      name,
      ...(flags.broker !== undefined && { broker: flags.broker }),
      ...(flags.parameters && { parameters: flags.parameters }),
      ...(tags && { tags }),
    };
    const result = await waitFor(ui, flags, () => controller.createService(request));
    if (result === 'exists') {
      ui.ok();
      ui.say(`Service instance ${name} already exists`);
      return;
    }
    if (!flags.wait) ui.say();
    ui.say(ui.format`Service instance ${name} created.`);
    ui.ok();
  },
});
