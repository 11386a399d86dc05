import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceBroker } from '../broker';
import type { Router } from '../router/router';
import type { LandscapeSettings, MachineEnvironment } from '../settings';
import { answerApiRequest } from './api';
import type { RestartPolicy } from './app-instance';
import { Apps } from './apps';
import { Cell, type ContainerRegistry } from './cell';
import { ContainerPorts } from './container-ports';
import type { CloudController, CloudTarget } from './controller';
import type { Reaper } from './reaper';
import { Routes } from './routes';
import { Services } from './services';
import { SpaceState } from './state';

export interface ControllerOptions {
  readonly settings: Pick<LandscapeSettings, 'portBase'>;
  readonly target: CloudTarget;
  readonly brokers: readonly ServiceBroker[];
  readonly router: Router;
  readonly reaper: Reaper;
  readonly registry: ContainerRegistry;
  readonly machine: MachineEnvironment;
  /** For packages, droplets and containers; removed by whoever gave it. */
  readonly workFolder: string;
  /** PEM file of the root CA that containers trust. */
  readonly caFile: string;
  readonly restartPolicy?: RestartPolicy;
  readonly gracefulShutdownMs?: number;
}

export interface RunningController {
  readonly controller: CloudController;
  /** Ends every container; nothing can be started afterwards. */
  readonly stop: () => Promise<void>;
}

/** Makes the Cloud Foundry of a landscape: one space, its services, apps, routes and the cell that runs containers. */
export async function createController(options: ControllerOptions): Promise<RunningController> {
  const { settings, target, router, reaper, registry, machine, caFile, workFolder } = options;
  const [folder, containers] = [join(workFolder, 'apps'), join(workFolder, 'containers')];
  for (const path of [folder, containers]) await mkdir(path, { recursive: true, mode: 0o700 });
  const state = new SpaceState();
  const cell = new Cell({
    folder: containers,
    ports: new ContainerPorts(settings),
    reaper,
    registry,
    ...(options.gracefulShutdownMs !== undefined && { gracefulShutdownMs: options.gracefulShutdownMs }),
  });
  const services = new Services({ state, brokers: options.brokers });
  const routes = new Routes({ state, router, defaultDomain: target.defaultDomain });
  const apps = new Apps({
    state,
    target,
    services,
    routes,
    cell,
    reaper,
    machine,
    caFile,
    folder,
    ...(options.restartPolicy && { restartPolicy: options.restartPolicy }),
  });
  return {
    controller: compose({ target, state, services, apps }),
    stop: async () => {
      cell.close();
      await apps.stopAll();
    },
  };
}

interface Parts {
  readonly target: CloudTarget;
  readonly state: SpaceState;
  readonly services: Services;
  readonly apps: Apps;
}

function compose({ target, state, services, apps }: Parts): CloudController {
  return {
    target,
    request: async (request) => answerApiRequest(request, { target, state, services, apps }),

    marketplace: () => services.marketplace(),
    services: () => services.services(),
    service: (name) => services.service(name),
    createService: (request) => services.createService(request),
    createUserProvidedService: (request) => services.createUserProvidedService(request),
    updateService: (name, change) => services.updateService(name, change),
    deleteService: (name) => services.deleteService(name),
    bindService: (request) => services.bindService(request),
    unbindService: (request) => services.unbindService(request),
    bindings: (app) => services.bindings(app),
    createServiceKey: (request) => services.createServiceKey(request),
    serviceKeys: (service) => services.serviceKeys(service),
    serviceKey: (request) => services.serviceKey(request),
    deleteServiceKey: (request) => services.deleteServiceKey(request),

    applyManifest: (specs) => apps.applyManifest(specs),
    uploadApp: (name, folder) => apps.uploadApp(name, folder),
    stageApp: (name, onLog) => apps.stageApp(name, onLog),
    needsStaging: (name) => apps.needsStaging(name),
    startApp: (name, start) => apps.startApp(name, start),
    stopApp: (name) => apps.stopApp(name),
    restartApp: (name, start) => apps.restartApp(name, start),
    deliverBindings: (name) => apps.deliverBindings(name),
    scaleApp: (name, change, start) => apps.scaleApp(name, change, start),
    deleteApp: (name, deletion) => apps.deleteApp(name, deletion),
    apps: () => apps.apps(),
    app: (name) => apps.app(name),
    environment: (name) => apps.environment(name),
    setEnv: (name, variable, value) => apps.setEnv(name, variable, value),
    unsetEnv: (name, variable) => apps.unsetEnv(name, variable),
    localAddresses: (name) => apps.localAddresses(name),
    routes: () => apps.routes(),
    recentLogs: (name) => apps.recentLogs(name),
    followLogs: (name, onLog) => apps.followLogs(name, onLog),
  };
}
