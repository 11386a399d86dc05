import { countInstances } from '../app-summary';
import { switchFlag } from '../flags';
import { announce } from '../sentences';
import { defineVerb } from '../verb';

export const apps = defineVerb({
  name: 'apps',
  alias: 'a',
  description: 'List all apps in the target space',
  usage: ['apps [--no-stats]'],
  seeAlso: ['events', 'logs', 'map-route', 'push', 'restart', 'scale', 'start', 'stop'],
  requires: 'space',
  required: [],
  flags: { noStats: switchFlag({ long: 'no-stats', description: 'Do not show process stats' }) },
  async execute({ flags }, run) {
    const { ui, controller } = run;
    announce(run, 'Getting apps');
    ui.say();
    const all = controller.apps();
    if (all.length === 0) {
      ui.say('No apps found');
      return;
    }
    const processes = flags.noStats ? [] : ['processes'];
    const rows = all.map((app) => [
      app.name,
      app.requestedState,
      ...(flags.noStats ? [] : [`web:${countInstances(app.process)}`]),
      app.routes.join(', '),
    ]);
    ui.table([['name', 'requested state', ...processes, 'routes'], ...rows]);
  },
});
