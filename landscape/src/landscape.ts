import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthorizationServer } from './authorization-server/authorization-server';
import type { ServiceBroker } from './broker';
import { CertificateAuthority } from './ca/certificate-authority';
import type { CloudController, CloudTarget } from './cf/controller';
import { createController } from './cf/local-controller';
import { Reaper } from './cf/reaper';
import { createCloudIntegration, type CloudIntegration } from './cloud-integration/cloud-integration';
import { createCommandHandlers } from './control/commands';
import { ControlServer } from './control/server';
import { controlFiles, controlSocketPath } from './control/socket-path';
import { createDestinationService, type DestinationService } from './destination-service/destination-service';
import { createIdentity, type Identity } from './identity/identity';
import { Journal, type ServiceName } from './journal';
import { LandscapeLock, WORK_FOLDER_PREFIX } from './landscape-lock';
import type { Listener } from './listener';
import { noProgress, runStep, type Progress } from './progress';
import { Router } from './router/router';
import { createRouterSwitch, createServiceSwitch, type ServiceSwitch } from './service-switch';
import {
  isBlockedByBrowsers,
  portOf,
  readMachineEnvironment,
  SettingsError,
  type LandscapeSettings,
  type MachineEnvironment,
  type PortName,
} from './settings';
import { prepareStateFolder } from './state-folder';
import type { UserDirectory } from './token-core/user-directory';
import { createXsuaa, type Xsuaa } from './xsuaa/xsuaa';

export interface LandscapeOptions {
  readonly progress?: Progress;
  readonly machine?: MachineEnvironment;
}

/** A running landscape. */
export interface Landscape {
  readonly settings: LandscapeSettings;
  readonly ca: CertificateAuthority;
  readonly journal: Journal;
  readonly controller: CloudController;
  readonly router: Pick<Router, 'trustClient'>;
  readonly services: readonly ServiceSwitch[];
  /** Who can log in. */
  readonly users: UserDirectory;
  /** Mode 0700, removed when the landscape ends, however it ends. */
  readonly workFolder: string;
  /** Ends everything: no process, port or file stays but the CA, the signing keys and the users. May be called again. */
  stop(): Promise<void>;
}

/** The one account of the landscape. */
const target: CloudTarget = {
  api: 'https://api.cf.localhost',
  apiVersion: '3.200.0',
  user: 'you@example.com',
  org: { guid: 'd1a5e3c0-4b62-4d3f-9d38-6f0e7d1c2b10', name: 'local' },
  space: { guid: '7c9e4f2a-8d13-4a57-b6c4-0a2f5e9d8c31', name: 'dev' },
  defaultDomain: 'cfapps.localhost',
};

const titles: Readonly<Record<ServiceName, string>> = {
  xsuaa: 'XSUAA',
  destination: 'Destination Service',
  identity: 'Identity Authentication',
  'authorization-server': 'Authorization server',
  'cloud-integration': 'Cloud Integration',
  router: 'Router',
};

/** What browsers are sent to; the other ports only programs use. */
const portsForBrowsers: readonly PortName[] = ['route', 'certificateRoute', 'xsuaa', 'identity', 'authorizationServer'];

/**
 * Starts a landscape: CA, XSUAA, IAS, Destination Service, router, Cloud Controller, and the socket for its command lines.
 * @throws {AlreadyRunningError} {PortInUseError} {StateFileError} {StateFolderError} {SettingsError}; nothing of it is left then.
 */
export async function startLandscape(settings: LandscapeSettings, options: LandscapeOptions = {}): Promise<Landscape> {
  requireUsablePorts(settings);
  const ending = new Ending();
  try {
    return await start(settings, options, ending);
  } catch (error) {
    await ending.run();
    throw error;
  }
}

async function start(settings: LandscapeSettings, options: LandscapeOptions, ending: Ending): Promise<Landscape> {
  const { progress = noProgress, machine = readMachineEnvironment() } = options;
  const { stateFolder } = settings;
  await prepareStateFolder(stateFolder);
  const lock = await LandscapeLock.acquire(stateFolder);
  ending.add(() => lock.release());
  const workFolder = await mkdtemp(join(tmpdir(), WORK_FOLDER_PREFIX));
  lock.setWorkFolder(workFolder);
  const reaper = Reaper.start([workFolder, ...controlFiles(stateFolder)]);
  ending.add(() => reaper.dismiss());

  const journal = new Journal();
  const ca = await runStep(progress, 'Certificate authority', () => CertificateAuthority.open(settings));
  const base = { settings, ca, journal };
  const { brokers, switches, users, ...named } = await startServices(base, { progress, ending });
  const router = new Router({ settings, journal, server: await ca.issueServer(), rootPem: ca.rootPem });
  ending.add(() => router.stop());
  const { controller, stop } = await createController({
    settings,
    target,
    router,
    reaper,
    workFolder,
    machine,
    brokers,
    registry: lock,
    caFile: ca.rootFile,
  });
  ending.add(stop);
  const services = [...switches, createRouterSwitch(router)];
  const handlers = createCommandHandlers({ ...base, ...named, users, controller, router, services });
  const control = await ControlServer.start(controlSocketPath(stateFolder), handlers);
  ending.add(() => control.stop());
  return { ...base, controller, router, services, users, workFolder, stop: () => ending.run() };
}

interface Run {
  readonly progress: Progress;
  readonly ending: Ending;
}

interface RunningServices {
  readonly brokers: readonly ServiceBroker[];
  readonly switches: readonly ServiceSwitch[];
  readonly users: UserDirectory;
  readonly xsuaa: Xsuaa;
  readonly identity: Identity;
  readonly destination: DestinationService;
  readonly cloudIntegration: CloudIntegration;
}

/** Starts the services of the marketplace, and the authorization server, where clients register by themselves. */
async function startServices(base: Pick<Landscape, 'settings' | 'ca' | 'journal'>, run: Run): Promise<RunningServices> {
  const xsuaa = await createXsuaa(base);
  const identity = await createIdentity(base);
  const destination = await createDestinationService({ ...base, xsuaa });
  const authorizationServer = await createAuthorizationServer(base);
  const cloudIntegration = await createCloudIntegration({ ...base, xsuaa });
  const switches = [
    await startService('xsuaa', xsuaa.listeners, run),
    await startService('identity', identity.listeners, run),
    await startService('destination', destination.listeners, run),
    await startService('authorization-server', authorizationServer.listeners, run),
    await startService('cloud-integration', cloudIntegration.listeners, run),
  ];
  const brokers = [xsuaa.broker, identity.broker, destination.broker, cloudIntegration.broker];
  return { brokers, switches, users: xsuaa.users, xsuaa, identity, destination, cloudIntegration };
}

async function startService(
  name: ServiceName,
  listeners: readonly Listener[],
  { progress, ending }: Run,
): Promise<ServiceSwitch> {
  const service = createServiceSwitch(name, listeners);
  ending.add(() => service.stop());
  await runStep(progress, titles[name], () => service.start());
  return service;
}

/** @throws {SettingsError} naming the port and the remedy. */
function requireUsablePorts(settings: LandscapeSettings): void {
  const blocked = portsForBrowsers.find((name) => isBlockedByBrowsers(portOf(settings, name)));
  if (blocked === undefined) return;
  throw new SettingsError(
    `LANDSCAPE_PORT_BASE is ${settings.portBase}: that gives ${blocked} port ${portOf(settings, blocked)}, which browsers refuse to open. Choose another number.`,
  );
}

/** What must be undone, in the order opposite to its making; once. */
class Ending {
  readonly #steps: (() => Promise<void>)[] = [];
  #done: Promise<void> | undefined;

  add(step: () => Promise<void>): void {
    this.#steps.push(step);
  }

  run(): Promise<void> {
    return (this.#done ??= this.#undo());
  }

  async #undo(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.#steps.toReversed()) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'The landscape did not end cleanly.');
  }
}
