import { placeOf } from '../sentences';
import { defineVerb } from '../verb';
import { describeOperation } from './services';

export const serviceKeys = defineVerb({
  name: 'service-keys',
  alias: 'sk',
  description: 'List keys for a service instance',
  usage: ['service-keys SERVICE_INSTANCE'],
  seeAlso: ['delete-service-key', 'service-key'],
  requires: 'space',
  required: ['SERVICE_INSTANCE'],
  flags: {},
  async execute({ args }, run) {
    const { ui, controller } = run;
    const service = args.SERVICE_INSTANCE;
    ui.say(ui.format`Getting keys for service instance ${service} as ${placeOf(run).user}...`);
    const keys = controller.serviceKeys(service);
    ui.say();
    if (keys.length === 0) {
      ui.say(`No service keys for service instance ${service}`);
      return;
    }
    const rows = keys.map(({ name, lastOperation }) => [name, describeOperation(lastOperation), lastOperation.message]);
    ui.table([['name', 'last operation', 'message'], ...rows]);
  },
});
