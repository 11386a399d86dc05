import { createContainerEnvironment } from './container-environment';
import type { LaunchPlan } from './cell';
import type { CloudTarget } from './controller';
import type { AppRecord, DropletRecord, SpaceState } from './state';
import { createInstanceVcapApplication, createVcapServices } from './vcap';

export interface LaunchPlanOptions {
  readonly state: SpaceState;
  readonly target: CloudTarget;
  readonly caFile: string;
  readonly machine: Readonly<Record<string, string>>;
  /** With local addresses in place of https URLs of mapped routes. */
  readonly userProvided: Readonly<Record<string, string>>;
}

export const SERVICES_IN_FILE = 'file-based-vcap-services';

/** Fixes what the instances of an app run with: bindings and variables as they are now, until the next restart. */
export function createLaunchPlan(app: AppRecord, droplet: DropletRecord, options: LaunchPlanOptions): LaunchPlan {
  const { state, target, caFile, machine, userProvided } = options;
  const routes = state.routesOf(app);
  const vcapServices = createVcapServices(state.bindingsOf(app));
  const servicesInFile = app.features[SERVICES_IN_FILE] === true;
  const { memoryMb } = app;
  return {
    command: app.command ?? droplet.startCommand,
    dropletFolder: droplet.folder,
    memoryMb,
    healthCheck: app.healthCheck,
    timeoutSeconds: app.timeoutSeconds,
    ...(servicesInFile && { servicesFile: { content: JSON.stringify(vcapServices) } }),
    environment: (instance, folders) =>
      createContainerEnvironment({
        instance,
        folders,
        memoryMb,
        userProvided,
        vcapApplication: createInstanceVcapApplication(app, routes, target, instance),
        vcapServices,
        servicesInFile,
        caFile,
        machine,
      }),
  };
}
