import { forceFlag, waitFlag } from '../common-flags';
import { placeOf } from '../sentences';
import { defineVerb } from '../verb';
import { waitFor } from '../waiting';

export const deleteServiceKey = defineVerb({
  name: 'delete-service-key',
  alias: 'dsk',
  description: 'Delete a service key',
  usage: ['delete-service-key SERVICE_INSTANCE SERVICE_KEY [-f] [--wait]'],
  seeAlso: ['service-keys'],
  requires: 'space',
  required: ['SERVICE_INSTANCE', 'SERVICE_KEY'],
  flags: { force: forceFlag, wait: waitFlag },
  async execute({ flags, args }, run) {
    const { ui, controller } = run;
    const { SERVICE_INSTANCE: service, SERVICE_KEY: key } = args;
    if (!flags.force && !(await ui.confirm(ui.format`Really delete the service key ${key}?`))) {
      ui.say('Delete cancelled');
      return;
    }
    ui.say(ui.format`Deleting key ${key} for service instance ${service} as ${placeOf(run).user}...`);
    const result = await waitFor(ui, flags, () => controller.deleteServiceKey({ service, key }));
    if (result === 'missing') ui.say(`\nService key ${key} does not exist for service instance ${service}.`);
    ui.ok();
  },
});
