import { parametersFlag, waitFlag } from '../common-flags';
import { placeOf } from '../sentences';
import { defineVerb } from '../verb';
import { waitFor } from '../waiting';

export const createServiceKey = defineVerb({
  name: 'create-service-key',
  alias: 'csk',
  description: 'Create key for a service instance',
  usage: ['create-service-key SERVICE_INSTANCE SERVICE_KEY [-c PARAMETERS_AS_JSON] [--wait]'],
  examples: ['cf create-service-key mtlsDestination deploy'],
  seeAlso: ['service-key'],
  requires: 'space',
  required: ['SERVICE_INSTANCE', 'SERVICE_KEY'],
  flags: { parameters: parametersFlag, wait: waitFlag },
  async execute({ flags, args }, run) {
    const { ui, controller } = run;
    const { SERVICE_INSTANCE: service, SERVICE_KEY: key } = args;
    const { user } = placeOf(run);
    ui.say(ui.format`Creating service key ${key} for service instance ${service} as ${user}...`);
    const request = { service, key, ...(flags.parameters && { parameters: flags.parameters }) };
    const result = await waitFor(ui, flags, () => controller.createServiceKey(request));
    if (result === 'exists') ui.say(`\nService key ${key} already exists`);
    ui.ok();
  },
});
