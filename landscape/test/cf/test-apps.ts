import type { AppSpec } from '../../src/cf/app-types';
import { environmentServer, packageJson, startController, type TestController } from '../support/test-controller';
import { until } from '../support/until';

export const spec: AppSpec = {
  name: 'backend',
  command: 'exec node server.js',
  memoryMb: 128,
  diskMb: 256,
  instances: 1,
  healthCheck: { type: 'http', httpEndpoint: '/health' },
  routes: ['backend-x.cfapps.test.example'],
};

const restartPolicy = { immediateRestarts: 2, firstDelayMs: 200, longestDelayMs: 400, forgivenAfterMs: 60_000 };

/** What the app of the tests says of itself. */
export interface Seen {
  readonly env: Record<string, string>;
  readonly cwd: string;
  readonly pid: number;
}

/** A controller to push apps to that answer with what they see. */
export class TestApps {
  readonly test: TestController;
  /** What is pushed unless a test says otherwise. */
  readonly folder: string;

  private constructor(test: TestController, folder: string) {
    this.test = test;
    this.folder = folder;
  }

  static async start(): Promise<TestApps> {
    const test = await startController({ restartPolicy, gracefulShutdownMs: 1_000 });
    return new TestApps(
      test,
      await test.writeApp('source', { 'package.json': packageJson, 'server.js': environmentServer }),
    );
  }

  async push(app: AppSpec = spec, folder = this.folder): Promise<void> {
    const { controller } = this.test;
    await controller.applyManifest([app]);
    await controller.uploadApp(app.name, folder);
    await controller.stageApp(app.name);
    await controller.restartApp(app.name);
  }

  async see(path = '/', route = 'backend-x.cfapps.test.example'): Promise<Seen> {
    const response = await fetch(`${this.test.router.address(route)?.url}${path}`);
    return (await response.json()) as Seen;
  }

  /** That an instance has ended is noticed only a moment after its connection broke. */
  async seeAnother(pid: number): Promise<Seen> {
    let seen: Seen | undefined;
    await until('another instance answers', async () => {
      const response = await fetch(`${this.test.router.address('backend-x.cfapps.test.example')?.url}/`);
      if (response.ok) seen = (await response.json()) as Seen;
      return seen !== undefined && seen.pid !== pid;
    });
    return seen as Seen; // or `until` has thrown
  }

  logOf(name: string): string[] {
    return this.test.controller.recentLogs(name).map(({ source, stream, message }) => `${source} ${stream} ${message}`);
  }
}
