import type { CfRun } from '../verb';

/** Tells where the app's routes are on this machine, which the real `cf` has no need to say. */
export function showLocalAddresses({ ui, controller }: CfRun, app: string): void {
  const routes = controller.routes().filter((route) => route.apps.includes(app));
  const replaced = controller.localAddresses(app);
  if (routes.length === 0 && replaced.length === 0) return;
  ui.say('\nOn this machine:');
  if (routes.length > 0) {
    const rows = routes.map(({ host, domain, path, localUrl, certificate }) => [
      host === '' ? `${domain}${path}` : `${host}.${domain}${path}`,
      certificate ? `${localUrl} (asks for a client certificate)` : localUrl,
    ]);
    ui.table([['route', 'address'], ...rows], { prefix: '   ' });
  }
  for (const { variable, from, to } of replaced) ui.say(`   The app finds ${to} in ${variable} instead of ${from}.`);
  ui.say();
}
