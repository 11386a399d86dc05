import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CertificateAuthority } from '../../src/ca/certificate-authority';
import type { CloudController, CloudTarget } from '../../src/cf/controller';
import { createController } from '../../src/cf/local-controller';
import { Reaper } from '../../src/cf/reaper';
import { createDestinationService } from '../../src/destination-service/destination-service';
import { Journal } from '../../src/journal';
import { Router } from '../../src/router/router';
import { readMachineEnvironment } from '../../src/settings';
import { createXsuaa } from '../../src/xsuaa/xsuaa';
import { findPortBase } from '../support/port-base';

export const target: CloudTarget = {
  api: 'https://api.cf.localhost',
  apiVersion: '3.215.0',
  user: 'reader@example.com',
  org: { guid: '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed', name: 'my-org' },
  space: { guid: '9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d', name: 'dev' },
  defaultDomain: 'cfapps.localhost',
};

/** A Cloud Controller with the landscape's real brokers, router and containers, and a folder to type commands in. */
export interface World {
  readonly controller: CloudController;
  readonly folder: string;
  write(name: string, content: string): string;
  /** Deletes all apps, routes and service instances. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'cf-command-')));
  const folder = join(root, 'project');
  mkdirSync(folder);
  const settings = { portBase: await findPortBase(), stateFolder: join(root, 'state'), now: Date.now };
  const ca = await CertificateAuthority.open(settings);
  const journal = new Journal();
  const xsuaa = await createXsuaa({ settings, ca, journal });
  const destination = await createDestinationService({ settings, ca, journal, xsuaa });
  const router = new Router({ settings, journal, server: await ca.issueServer(), rootPem: ca.rootPem });
  const workFolder = join(root, 'work');
  const reaper = Reaper.start([workFolder]);
  const { controller, stop } = await createController({
    settings,
    target,
    brokers: [xsuaa.broker, destination.broker],
    router,
    reaper,
    registry: { add() {}, remove() {} },
    machine: readMachineEnvironment(),
    workFolder,
    caFile: ca.rootFile,
    // What crashes stays so for as long as a test looks at it.
    restartPolicy: { immediateRestarts: 0, firstDelayMs: 60_000, longestDelayMs: 60_000, forgivenAfterMs: 60_000 },
    gracefulShutdownMs: 1_000,
  });
  return {
    controller,
    folder,
    write(name, content) {
      const file = join(folder, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      return file;
    },
    async clear() {
      for (const { name } of controller.apps()) await controller.deleteApp(name, { deleteRoutes: true });
      for (const { name } of controller.services()) await controller.deleteService(name);
    },
    async stop() {
      await stop();
      await router.stop();
      await reaper.dismiss();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
