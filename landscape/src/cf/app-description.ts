import type { AppDetail, InstanceStats } from './app-types';
import type { AppRecord, SpaceState } from './state';

/** What `cf app` shows; `instances` measured or not. */
export function describeApp(app: AppRecord, state: SpaceState, instances: readonly InstanceStats[]): AppDetail {
  const { guid, name, requestedState, droplet } = app;
  return {
    guid,
    name,
    requestedState,
    routes: state.routesOf(app),
    ...(droplet && {
      droplet: { uploaded: droplet.uploaded, stack: droplet.stack, buildpacks: droplet.buildpacks },
    }),
    process: {
      type: 'web',
      command: app.command ?? droplet?.startCommand ?? '',
      memoryMb: app.memoryMb,
      diskMb: app.diskMb,
      logRateLimit: app.logRateLimit,
      wantedInstances: app.wantedInstances,
      instances: instances.map((instance) => ({ ...instance, diskBytes: droplet?.bytes ?? 0 })),
      healthCheck: app.healthCheck,
      timeoutSeconds: app.timeoutSeconds,
    },
  };
}
