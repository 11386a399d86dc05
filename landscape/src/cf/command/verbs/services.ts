import type { LastOperation, ServiceSummary } from '../../controller';
import { switchFlag } from '../flags';
import { announce } from '../sentences';
import { defineVerb } from '../verb';

export const services = defineVerb({
  name: 'services',
  alias: 's',
  description: 'List all service instances in the target space',
  usage: ['services [--no-apps]'],
  seeAlso: ['create-service', 'marketplace'],
  requires: 'space',
  required: [],
  flags: { noApps: switchFlag({ long: 'no-apps', description: 'Do not retrieve bound apps information.' }) },
  async execute({ flags }, run) {
    const { ui, controller } = run;
    announce(run, 'Getting service instances');
    ui.say();
    const instances = controller.services();
    if (instances.length === 0) {
      ui.say('No service instances found.');
      return;
    }
    const boundApps = flags.noApps ? [] : ['bound apps'];
    const header = ['name', 'offering', 'plan', ...boundApps, 'last operation', 'broker', 'upgrade available'];
    ui.table([header, ...instances.map((instance) => describeRow(instance, { withApps: !flags.noApps }))]);
  },
});

function describeRow(instance: ServiceSummary, { withApps }: { readonly withApps: boolean }): string[] {
  const isManaged = instance.type === 'managed';
  const apps = new Set(instance.boundApps.map(({ app }) => app));
  return [
    instance.name,
    isManaged ? instance.offering : 'user-provided',
    isManaged ? instance.plan : '',
    ...(withApps ? [[...apps].sort().join(', ')] : []),
    describeOperation(instance.lastOperation),
    isManaged ? instance.broker : '',
    isManaged ? 'no' : '',
  ];
}

/** `create succeeded`, `update in progress`. */
export function describeOperation({ type, state }: LastOperation): string {
  return `${type} ${state}`;
}
