import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ServiceBroker } from '../../src/broker';
import { CertificateAuthority } from '../../src/ca/certificate-authority';
import type { RestartPolicy } from '../../src/cf/app-instance';
import type { CloudController, CloudTarget } from '../../src/cf/controller';
import { createController } from '../../src/cf/local-controller';
import { Reaper } from '../../src/cf/reaper';
import { Journal } from '../../src/journal';
import { Router } from '../../src/router/router';
import { readMachineEnvironment } from '../../src/settings';
import { FakeBroker } from './fake-broker';
import { findPortBase } from './port-base';

export const target: CloudTarget = {
  api: 'https://api.cf.test.example',
  apiVersion: '3.200.0',
  user: 'tester',
  org: { guid: 'org-guid', name: 'org' },
  space: { guid: 'space-guid', name: 'dev' },
  defaultDomain: 'cfapps.test.example',
};

export interface TestController {
  readonly controller: CloudController;
  readonly broker: FakeBroker;
  readonly router: Router;
  readonly portBase: number;
  readonly folder: string;
  readonly workFolder: string;
  readonly caFile: string;
  readonly running: ReadonlyMap<string, number>;
  /** Writes the files of an app and returns their folder. */
  writeApp(name: string, files: Readonly<Record<string, string>>): Promise<string>;
  stop(): Promise<void>;
}

/** A controller with a router and a fake broker, in a folder and on ports of its own. */
export async function startController(
  options: { readonly restartPolicy?: RestartPolicy; readonly gracefulShutdownMs?: number } = {},
): Promise<TestController> {
  const folder = await mkdtemp(join(tmpdir(), 'controller-test-'));
  const settings = { portBase: await findPortBase(), stateFolder: join(folder, 'state'), now: Date.now };
  const ca = await CertificateAuthority.open(settings);
  const router = new Router({
    settings,
    journal: new Journal(),
    server: await ca.issueServer(),
    rootPem: ca.rootPem,
  });
  const workFolder = join(folder, 'work');
  const reaper = Reaper.start([workFolder]);
  const broker = new FakeBroker();
  const brokers: ServiceBroker[] = [broker, new FakeBroker('destination', ['destination'])];
  const running = new Map<string, number>();
  const { controller, stop } = await createController({
    settings,
    target,
    brokers,
    router,
    reaper,
    registry: { add: (guid, { pid }) => void running.set(guid, pid), remove: (guid) => void running.delete(guid) },
    machine: readMachineEnvironment(),
    workFolder,
    caFile: ca.rootFile,
    ...options,
  });
  return {
    controller,
    broker,
    router,
    portBase: settings.portBase,
    folder,
    workFolder,
    caFile: ca.rootFile,
    running,
    async writeApp(name, files) {
      const app = join(folder, name);
      for (const [file, content] of Object.entries(files)) {
        await mkdir(dirname(join(app, file)), { recursive: true });
        await writeFile(join(app, file), content);
      }
      return app;
    },
    async stop() {
      await stop();
      await router.stop();
      await reaper.dismiss();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The least that the nodejs buildpack takes for an app. */
export const packageJson = JSON.stringify({ name: 'app', version: '1.0.0', private: true });

/** Answers with its environment, or with what `extra` (an expression of `req`) says. */
export const environmentServer = `
const { createServer } = require('node:http');
createServer((req, res) => {
  if (req.url === '/crash') process.exit(3);
  res.setHeader('content-type', 'application/json');
  res.end(JSON.stringify({ env: process.env, cwd: process.cwd(), pid: process.pid }));
}).listen(process.env.PORT, process.env.HOST, () => console.log('listening'));
`;
