import { switchFlag } from '../flags';
import { placeOf } from '../sentences';
import { defineVerb } from '../verb';

export const routes = defineVerb({
  name: 'routes',
  alias: 'r',
  description: 'List all routes in the current space or the current organization',
  usage: ['routes [--org-level]'],
  seeAlso: ['check-route', 'create-route', 'domains', 'map-route', 'unmap-route'],
  requires: 'space',
  required: [],
  flags: { orgLevel: switchFlag({ long: 'org-level', description: 'List all the routes for all spaces of the org' }) },
  async execute({ flags }, run) {
    const { ui, controller } = run;
    const { org, space, user } = placeOf(run);
    ui.say(
      flags.orgLevel
        ? ui.format`Getting routes for org ${org} as ${user}...`
        : ui.format`Getting routes for org ${org} / space ${space} as ${user}...`,
    );
    ui.say();
    const all = controller.routes();
    if (all.length === 0) {
      ui.say('No routes found.');
      return;
    }
    const header = 'space|host|domain|port|path|protocol|app-protocol|app-port|apps|service instance|options'.split(
      '|',
    );
    const rows = all.map((route) => {
      const appProtocol = route.apps.length === 0 ? '' : 'http1';
      return [space, route.host, route.domain, '', route.path, 'http', appProtocol, '', route.apps.join(', '), '', ''];
    });
    ui.table([header, ...rows]);
  },
});
