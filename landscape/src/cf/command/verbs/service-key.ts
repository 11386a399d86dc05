import { CfFailure } from '../failure';
import { switchFlag } from '../flags';
import { formatJson } from '../json-output';
import { placeOf } from '../sentences';
import { defineVerb } from '../verb';

export const serviceKey = defineVerb({
  name: 'service-key',
  description: 'Show service key info',
  usage: ['service-key SERVICE_INSTANCE SERVICE_KEY [--guid | --json]'],
  seeAlso: ['create-service-key', 'delete-service-key'],
  requires: 'space',
  required: ['SERVICE_INSTANCE', 'SERVICE_KEY'],
  flags: {
    guid: switchFlag({ long: 'guid', description: "Retrieve and display only the key's guid" }),
    json: switchFlag({ long: 'json', description: 'Print the JSON alone' }),
  },
  async execute({ flags, args }, run) {
    const { ui, controller } = run;
    const { SERVICE_INSTANCE: service, SERVICE_KEY: key } = args;
    if (!flags.guid && !flags.json) {
      const { user } = placeOf(run);
      ui.say(ui.format`Getting key ${key} for service instance ${service} as ${user}...`);
    }
    const detail = controller.serviceKey({ service, key });
    if (detail === undefined) throw new CfFailure(`No service key ${key} found for service instance ${service}`);
    if (flags.guid) {
      ui.say(detail.guid);
      return;
    }
    if (!flags.json) ui.say();
    ui.json(formatJson({ credentials: detail.credentials }));
  },
});
