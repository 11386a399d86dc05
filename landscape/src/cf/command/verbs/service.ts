import type { BoundApp, LastOperation, ServiceDetail } from '../../controller';
import { CfFailure } from '../failure';
import { switchFlag } from '../flags';
import { formatJson } from '../json-output';
import { announce } from '../sentences';
import { formatTable } from '../table';
import { formatInstant } from '../time';
import type { Ui } from '../ui';
import { defineVerb } from '../verb';
import { describeOperation } from './services';

export const service = defineVerb({
  name: 'service',
  description: 'Show service instance info',
  usage: ['service SERVICE_INSTANCE [--guid | --params]'],
  seeAlso: ['bind-service', 'update-service'],
  requires: 'space',
  required: ['SERVICE_INSTANCE'],
  flags: {
    guid: switchFlag({ long: 'guid', description: "Retrieve and display the given service instance's guid." }),
    params: switchFlag({ long: 'params', description: 'Retrieve and display the parameters of the instance as JSON.' }),
  },
  async execute({ flags, args }, run) {
    const { ui, controller } = run;
    const name = args.SERVICE_INSTANCE;
    if (!flags.guid && !flags.params) {
      announce(run, ui.format`Showing info of service ${name}`);
      ui.say();
    }
    const detail = controller.service(name);
    if (flags.guid) ui.say(detail.guid);
    else if (flags.params) ui.json(formatJson(parametersOf(detail)));
    else showDetail(ui, detail);
  },
});

function parametersOf(detail: ServiceDetail): NonNullable<ServiceDetail['parameters']> {
  if (detail.type === 'managed') return detail.parameters ?? {};
  throw new CfFailure('This service does not support fetching service instance parameters.');
}

function showDetail(ui: Ui, detail: ServiceDetail): void {
  ui.keyValues(describeInstance(detail));
  ui.say('\nShowing status of last operation:');
  for (const line of formatTable(describeLastOperation(detail.lastOperation))) ui.say(`   ${line}`);
  ui.say('\nShowing bound apps:');
  showBoundApps(ui, detail.boundApps);
  ui.say();
  if (detail.type === 'user-provided') return;
  ui.say('Showing sharing info:');
  ui.say('   This service instance is not currently being shared.\n');
  ui.say('Showing upgrade status:');
  ui.say('   Upgrades are not supported by this broker.\n');
}

function describeInstance(detail: ServiceDetail): (readonly [string, string])[] {
  const tags = detail.tags.join(', ');
  if (detail.type === 'user-provided')
    return [
      ['name:', detail.name],
      ['guid:', detail.guid],
      ['type:', 'user-provided'],
      ['tags:', tags],
      ['route service url:', detail.routeServiceUrl ?? ''],
      ['syslog drain url:', detail.syslogDrainUrl ?? ''],
    ];
  return [
    ['name:', detail.name],
    ['guid:', detail.guid],
    ['type:', 'managed'],
    ['broker:', detail.broker],
    ['offering:', detail.offering],
    ['plan:', detail.plan],
    ['tags:', tags],
    ['offering tags:', detail.offeringTags.join(', ')],
    ['description:', detail.description],
    ['documentation:', ''],
    ['dashboard url:', ''],
  ];
}

function describeLastOperation(operation: LastOperation): (readonly [string, string])[] {
  return [
    ['status:', describeOperation(operation)],
    ['message:', operation.message],
    ['started:', formatInstant(operation.started)],
    ['updated:', formatInstant(operation.updated)],
  ];
}

function showBoundApps(ui: Ui, apps: readonly BoundApp[]): void {
  if (apps.length === 0) {
    ui.say('   There are no bound apps for this service instance.');
    return;
  }
  const rows = apps.map(({ app, bindingName, lastOperation, bindingGuid, createdAt }) => [
    app,
    bindingName ?? '',
    describeOperation(lastOperation),
    lastOperation.message,
    bindingGuid,
    formatInstant(createdAt),
  ]);
  ui.table([['name', 'binding name', 'status', 'message', 'guid', 'created_at'], ...rows], { prefix: '   ' });
}
