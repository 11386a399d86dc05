import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateAuthority } from './ca/certificate-authority';
import type { CloudController, CloudTarget } from './cf/controller';
import { createController } from './cf/local-controller';
import { Reaper } from './cf/reaper';
import { createCommandHandlers } from './control/commands';
import { ControlServer } from './control/server';
import { controlSocketPath } from './control/socket-path';
import { createDestinationService } from './destination-service/destination-service';
import { Journal } from './journal';
import { LandscapeLock, WORK_FOLDER_PREFIX } from './landscape-lock';
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
import { createXsuaa } from './xsuaa/xsuaa';

export interface LandscapeOptions {
  /** Called with what was started and how long that took. */
  readonly onStep?: (step: string, durationMs: number) => void;
  readonly machine?: MachineEnvironment;
}

/** A running landscape. */
export interface Landscape {
  readonly settings: LandscapeSettings;
  readonly ca: CertificateAuthority;
  readonly journal: Journal;
  readonly controller: CloudController;
  readonly services: readonly ServiceSwitch[];
  /** Mode 0700, removed when the landscape ends, however it ends. */
  readonly workFolder: string;
  /** Ends everything: no process, port or file stays but the CA and the signing keys. May be called again. */
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

/** What browsers are sent to; the other ports only programs use. */
const portsForBrowsers: readonly PortName[] = ['route', 'certificateRoute', 'xsuaa', 'identity', 'authorizationServer'];

/**
 * Starts a landscape: CA, XSUAA, Destination Service, router, Cloud Controller, and the socket for its command lines.
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
  const step = stepTimer(options.onStep);
  const { stateFolder } = settings;
  await prepareStateFolder(stateFolder);
  const lock = await LandscapeLock.acquire(stateFolder);
  ending.add(() => lock.release());
  const workFolder = await mkdtemp(join(tmpdir(), WORK_FOLDER_PREFIX));
  lock.setWorkFolder(workFolder);
  const socket = controlSocketPath(stateFolder);
  const reaper = Reaper.start([workFolder, ...(process.platform === 'win32' ? [] : [socket])]);
  ending.add(() => reaper.dismiss());

  const journal = new Journal();
  const ca = await CertificateAuthority.open(settings);
  step('Certificate authority');
  const xsuaa = await createXsuaa({ settings, ca, journal });
  const xsuaaSwitch = createServiceSwitch('xsuaa', xsuaa.listeners);
  ending.add(() => xsuaaSwitch.stop());
  await xsuaaSwitch.start();
  step('XSUAA');
  const destination = await createDestinationService({ settings, ca, journal, xsuaa });
  const destinationSwitch = createServiceSwitch('destination', destination.listeners);
  ending.add(() => destinationSwitch.stop());
  await destinationSwitch.start();
  step('Destination Service');
  const router = new Router({ settings, journal, server: await ca.issueServer(), rootPem: ca.rootPem });
  ending.add(() => router.stop());
  const { controller, stop } = await createController({
    settings,
    target,
    router,
    reaper,
    workFolder,
    brokers: [xsuaa.broker, destination.broker],
    registry: lock,
    machine: options.machine ?? readMachineEnvironment(),
    caFile: ca.rootFile,
  });
  ending.add(stop);
  const services = [xsuaaSwitch, destinationSwitch, createRouterSwitch(router)];
  const handlers = createCommandHandlers({ settings, ca, journal, controller, services });
  const control = await ControlServer.start(socket, handlers);
  ending.add(() => control.stop());
  step('Router and Cloud Controller');
  return { settings, ca, journal, controller, services, workFolder, stop: () => ending.run() };
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

function stepTimer(onStep: LandscapeOptions['onStep']): (step: string) => void {
  let last = performance.now();
  return (step) => {
    const now = performance.now();
    onStep?.(step, now - last);
    last = now;
  };
}
