import { waitFlag } from '../common-flags';
import { textFlag } from '../flags';
import { placeOf } from '../sentences';
import { defineVerb } from '../verb';
import { waitFor } from '../waiting';

export const unbindService = defineVerb({
  name: 'unbind-service',
  alias: 'us',
  description: 'Unbind a service instance from an app',
  usage: ['unbind-service APP_NAME SERVICE_INSTANCE [--guid BINDING_GUID] [--wait]'],
  seeAlso: ['apps', 'delete-service', 'services'],
  requires: 'space',
  required: ['APP_NAME', 'SERVICE_INSTANCE'],
  flags: {
    guid: textFlag({ long: 'guid', description: 'Unbind only the binding of this guid' }),
    wait: waitFlag,
  },
  async execute({ flags, args }, run) {
    const { ui, controller } = run;
    const { APP_NAME: app, SERVICE_INSTANCE: service } = args;
    const { org, space, user } = placeOf(run);
    ui.say(ui.format`Unbinding app ${app} from service ${service} in org ${org} / space ${space} as ${user}...`);
    const request = { app, service, ...(flags.guid !== undefined && { bindingGuid: flags.guid }) };
    const removed = await waitFor(ui, flags, () => controller.unbindService(request));
    for (const guid of removed) ui.say(ui.format`Deleting service binding ${guid}...`);
    if (removed.length === 0)
      ui.say(
        flags.guid === undefined
          ? `Binding between ${service} and ${app} does not exist`
          : `Service binding with GUID ${flags.guid} does not exist`,
      );
    ui.ok();
  },
});
