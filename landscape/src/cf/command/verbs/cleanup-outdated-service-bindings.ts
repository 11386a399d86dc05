import type { BindingSummary } from '../../controller';
import { forceFlag, waitFlag } from '../common-flags';
import { textFlag } from '../flags';
import { announce } from '../sentences';
import type { Ui } from '../ui';
import { defineVerb } from '../verb';
import { waitFor } from '../waiting';

export const cleanupOutdatedServiceBindings = defineVerb({
  name: 'cleanup-outdated-service-bindings',
  description: 'Remove older bindings of an app where it has several to one service instance',
  usage: [
    'cleanup-outdated-service-bindings APP_NAME [--keep-last N] [--service-instance SERVICE_INSTANCE] [-f] [--wait]',
  ],
  seeAlso: ['bind-service', 'unbind-service'],
  requires: 'space',
  required: ['APP_NAME'],
  flags: {
    keepLast: textFlag({ long: 'keep-last', description: 'Keep the newest N bindings of each instance (Default: 1)' }),
    service: textFlag({ long: 'service-instance', description: 'Look at the bindings of this instance only' }),
    force: forceFlag,
    wait: waitFlag,
  },
  async execute({ flags, args }, run) {
    const { ui, controller } = run;
    const app = args.APP_NAME;
    const keep = readKeep(ui, flags.keepLast);
    announce(run, ui.format`Cleaning up outdated service bindings for app ${app}`);
    if (flags.service !== undefined) controller.service(flags.service);
    const ofInterest = controller
      .bindings(app)
      .filter(({ service }) => flags.service === undefined || service === flags.service);
    const outdated = findOutdated(ofInterest, keep);
    if (outdated.length === 0) {
      ui.say('No outdated service bindings found.');
      ui.ok();
      return;
    }
    ui.say(`Found ${outdated.length} outdated service binding${outdated.length === 1 ? '' : 's'}.`);
    if (!flags.force && !(await ui.confirm('Really delete all outdated service bindings?'))) {
      ui.say('Outdated service bindings have not been deleted.');
      return;
    }
    for (const { service, bindingGuid } of outdated) {
      ui.say(ui.format`Deleting service binding ${bindingGuid}...`);
      await waitFor(ui, flags, () => controller.unbindService({ app, service, bindingGuid }));
      ui.ok();
    }
  },
});

function readKeep(ui: Ui, text: string | undefined): number {
  if (text === undefined) return 1;
  const keep = Number(text);
  if (Number.isInteger(keep) && keep > 0) return keep;
  ui.warn(`Invalid argument for --keep-last: ${text}. Using default value of 1.`);
  return 1;
}

/** All but the newest `keep` of each instance; the oldest first, instance by instance. */
function findOutdated(bindings: readonly BindingSummary[], keep: number): BindingSummary[] {
  const byInstance = new Map<string, BindingSummary[]>();
  for (const binding of bindings)
    byInstance.set(binding.service, [...(byInstance.get(binding.service) ?? []), binding]);
  return [...byInstance.values()].flatMap((oldestFirst) => oldestFirst.slice(0, -keep));
}
