import type { JsonObject } from '../../../broker';
import type { CloudController } from '../../controller';

/** What an app has now, in the terms of a manifest, for the comparison that `push` prints; undefined without the app. */
export function describeExistingApp(controller: CloudController, name: string): JsonObject | undefined {
  const app = controller.apps().find((candidate) => candidate.name === name);
  if (app === undefined) return undefined;
  const { process, droplet, routes } = app;
  const { type, httpEndpoint, invocationTimeoutSeconds, intervalSeconds } = process.healthCheck;
  return {
    name,
    command: process.command,
    instances: process.wantedInstances,
    timeout: process.timeoutSeconds,
    'health-check-type': type,
    ...(httpEndpoint !== undefined && { 'health-check-http-endpoint': httpEndpoint }),
    ...(invocationTimeoutSeconds !== undefined && { 'health-check-invocation-timeout': invocationTimeoutSeconds }),
    ...(intervalSeconds !== undefined && { 'health-check-interval': intervalSeconds }),
    ...(droplet && { stack: droplet.stack, buildpacks: droplet.buildpacks.map((buildpack) => buildpack.name) }),
    env: { ...controller.environment(name).userProvided },
    routes: routes.map((route) => ({ route })),
    services: [...new Set(controller.bindings(name).map(({ service }) => service))],
  };
}
