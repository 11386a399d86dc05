import type { CloudController } from '../cf/controller';
import type { ServiceStatus } from '../service-switch';
import type { LandscapeSettings } from '../settings';
import { formatFault } from './fault';
import { formatTable } from './table';

export interface StatusInput {
  readonly settings: LandscapeSettings;
  readonly services: readonly ServiceStatus[];
  readonly controller: Pick<CloudController, 'apps' | 'routes'>;
}

/** What `landscape status` prints: services with their ports and faults, then apps and routes. */
export function formatStatus({ settings, services, controller }: StatusInput): string {
  const apps = controller.apps().map(({ name, requestedState, process }) => {
    const running = process.instances.filter(({ state }) => state === 'running').length;
    return [name, requestedState, `${running}/${process.wantedInstances}`];
  });
  const routes = controller
    .routes()
    .map(({ host, domain, path, localUrl, apps: behind }) => [localUrl, `${host}.${domain}${path}`, behind.join(', ')]);
  return [
    `Landscape on port base ${settings.portBase}, state in ${settings.stateFolder}`,
    '',
    formatTable([
      ['service', 'state', 'ports', 'fault'],
      ...services.map(({ service, state, ports, fault }) => [
        service,
        state,
        ports.join(', '),
        fault === undefined ? '' : formatFault(fault),
      ]),
    ]),
    ...section([['app', 'state', 'instances'], ...apps], 'No app is deployed.'),
    ...section([['address', 'route', 'app'], ...routes], 'There is no route.'),
    '',
  ].join('\n');
}

function section(rows: readonly (readonly string[])[], empty: string): string[] {
  return ['', rows.length > 1 ? formatTable(rows) : empty];
}
