import { CloudFoundryError } from '../../controller';
import { forceFlag } from '../common-flags';
import { CfFailure } from '../failure';
import { switchFlag } from '../flags';
import { announce } from '../sentences';
import type { Ui } from '../ui';
import { defineVerb } from '../verb';

export const deleteVerb = defineVerb({
  name: 'delete',
  alias: 'd',
  description: 'Delete an app',
  usage: ['delete APP_NAME [-r] [-f]'],
  seeAlso: ['apps', 'scale', 'stop'],
  requires: 'space',
  required: ['APP_NAME'],
  flags: {
    force: forceFlag,
    routes: switchFlag({ short: 'r', description: 'Also delete any mapped routes' }),
  },
  async execute({ flags, args }, run) {
    const { ui, controller } = run;
    const app = args.APP_NAME;
    if (!flags.force && !(await confirmDelete(ui, app, { withRoutes: flags.routes }))) {
      ui.say(`App '${app}' has not been deleted.`);
      return;
    }
    announce(run, ui.format`Deleting app ${app}`);
    try {
      const result = await controller.deleteApp(app, { deleteRoutes: flags.routes });
      if (result === 'missing') ui.warn(`App '${app}' does not exist.`);
    } catch (error) {
      if (!(error instanceof CloudFoundryError) || error.code !== 'route-shared') throw error;
      const tip = `\nTIP: Run 'cf delete ${app}' to delete the app and 'cf delete-route' to delete the route.`;
      throw new CfFailure(error.message, { tip });
    }
    ui.ok();
  },
});

async function confirmDelete(ui: Ui, app: string, { withRoutes }: { readonly withRoutes: boolean }): Promise<boolean> {
  if (!withRoutes) return ui.confirm(ui.format`Really delete the app ${app}?`);
  ui.say('Deleting the app and associated routes will make apps with this route, in any org, unreachable.');
  return ui.confirm(ui.format`Really delete the app ${app} and associated routes?`);
}
