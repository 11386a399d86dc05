import { parametersFlag, readTags, tagsFlag, waitFlag } from '../common-flags';
import { textFlag } from '../flags';
import { announce } from '../sentences';
import { defineVerb } from '../verb';
import { waitFor } from '../waiting';

export const updateService = defineVerb({
  name: 'update-service',
  description: 'Update a service instance',
  usage: ['update-service SERVICE_INSTANCE [-p NEW_PLAN] [-c PARAMETERS_AS_JSON] [-t TAGS] [--wait]'],
  examples: ['cf update-service mtlsXsuaa -c xs-security.json'],
  seeAlso: ['rename-service', 'services', 'update-user-provided-service'],
  requires: 'space',
  required: ['SERVICE_INSTANCE'],
  flags: {
    plan: textFlag({ short: 'p', description: 'Change the plan of the service instance' }),
    parameters: parametersFlag,
    tags: tagsFlag,
    wait: waitFlag,
  },
  async execute({ flags, args }, run) {
    const { ui, controller } = run;
    const name = args.SERVICE_INSTANCE;
    announce(run, ui.format`Updating service instance ${name}`);
    const tags = readTags(flags.tags);
    const change = {
      ...(flags.plan !== undefined && { plan: flags.plan }),
      ...(flags.parameters && { parameters: flags.parameters }),
      ...(tags && { tags }),
    };
    if (Object.keys(change).length === 0) {
      ui.say('\nNo flags specified. No changes were made.');
      ui.ok();
      return;
    }
    const result = await waitFor(ui, flags, () => controller.updateService(name, change));
    if (!flags.wait) ui.say();
    ui.say(result === 'unchanged' ? 'No changes were made.' : ui.format`Update of service instance ${name} complete.`);
    ui.ok();
  },
});
