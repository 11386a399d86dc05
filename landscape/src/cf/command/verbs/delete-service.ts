import { forceFlag, waitFlag } from '../common-flags';
import { announce } from '../sentences';
import { defineVerb } from '../verb';
import { waitFor } from '../waiting';

export const deleteService = defineVerb({
  name: 'delete-service',
  alias: 'ds',
  description: 'Delete a service instance',
  usage: ['delete-service SERVICE_INSTANCE [-f] [-w]'],
  seeAlso: ['services', 'unbind-service'],
  requires: 'space',
  required: ['SERVICE_INSTANCE'],
  flags: { force: forceFlag, wait: waitFlag },
  async execute({ flags, args }, run) {
    const { ui, controller } = run;
    const name = args.SERVICE_INSTANCE;
    if (!flags.force) {
      ui.say(
        'This action impacts all resources scoped to this service instance, including service bindings, service keys and route bindings.',
      );
      ui.say('This will remove the service instance from any spaces where it has been shared.');
      if (!(await ui.confirm(ui.format`Really delete the service instance ${name}?`))) {
        ui.say('Delete cancelled');
        return;
      }
    }
    announce(run, ui.format`Deleting service instance ${name}`);
    const result = await waitFor(ui, flags, () => controller.deleteService(name));
    if (!flags.wait) ui.say();
    ui.say(
      result === 'deleted'
        ? ui.format`Service instance ${name} deleted.`
        : ui.format`Service instance ${name} did not exist.`,
    );
    ui.ok();
  },
});
