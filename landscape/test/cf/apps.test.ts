import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudController } from '../../src/cf/controller';
import type { LogLine } from '../../src/cf/app-types';
import { isAlive } from '../../src/cf/process-table';
import { spec, TestApps } from './test-apps';

// Processes start slowly where everything else runs at the same time.
jest.setTimeout(30_000);

describe('apps of the landscape', () => {
  let apps: TestApps;
  let controller: CloudController;

  beforeEach(async () => {
    apps = await TestApps.start();
    ({ controller } = apps.test);
  });

  afterEach(() => apps.test.stop());

  it('runs a pushed app behind its route', async () => {
    await apps.push();
    const seen = await apps.see();
    expect(seen.env['PORT']).toBe(String(apps.test.portBase + 101));
    const app = await controller.app('backend');
    expect(app).toMatchObject({
      requestedState: 'started',
      routes: ['backend-x.cfapps.test.example'],
      process: { memoryMb: 128, wantedInstances: 1, command: 'exec node server.js' },
    });
    expect(app.process.instances).toMatchObject([{ index: 0, state: 'running', port: apps.test.portBase + 101 }]);
    expect(app.process.instances[0]?.memoryBytes).toBeGreaterThan(10_000_000);
    expect(apps.logOf('backend')).toEqual(
      expect.arrayContaining([
        'STG OUT -----> Nodejs Buildpack version 1.9.4',
        'CELL OUT Container became healthy',
        'APP/PROC/WEB OUT listening',
      ]),
    );
  });

  it('runs what was uploaded, not what the folder has become', async () => {
    await controller.applyManifest([spec]);
    await controller.uploadApp('backend', apps.folder);
    await apps.test.writeApp('source', { 'server.js': 'process.exit(1)' });
    await controller.stageApp('backend');
    await controller.startApp('backend');
    expect((await apps.see()).cwd).not.toBe(apps.folder);
  });

  it('starts and stops idempotently and tells the CLI what happened', async () => {
    await apps.push();
    expect(await controller.startApp('backend')).toBe('already-started');
    expect(await controller.stopApp('backend')).toBe('stopped');
    expect(await controller.stopApp('backend')).toBe('already-stopped');
    const response = await fetch(String(apps.test.router.address('backend-x.cfapps.test.example')?.url));
    expect(response.headers.get('x-cf-routererror')).toBe('no_endpoints');
    const polls: string[] = [];
    expect(
      await controller.startApp('backend', { onPoll: ({ process: web }) => polls.push(web.instances[0]?.state ?? '') }),
    ).toBe('started');
    expect(polls[0]).toBe('starting');
  });

  it('knows when the newest package has no droplet', async () => {
    await controller.applyManifest([spec]);
    await expect(controller.stageApp('backend')).rejects.toMatchObject({
      code: 'no-eligible-package',
      message: "App 'backend' has no eligible packages.",
    });
    await controller.uploadApp('backend', apps.folder);
    expect(controller.needsStaging('backend')).toBe(true);
    const lines: LogLine[] = [];
    await controller.stageApp('backend', (line) => lines.push(line));
    expect(controller.needsStaging('backend')).toBe(false);
    expect(lines.every(({ source }) => source === 'STG')).toBe(true);
    expect(lines.map(({ message }) => message)).toContain('Uploading complete');
  });

  it('aborts a manifest with a missing service after the app exists, before anything is bound or mapped', async () => {
    await controller.createService({ offering: 'xsuaa', plan: 'application', name: 'mtlsXsuaa' });
    const services = [{ name: 'mtlsXsuaa' }, { name: 'missing' }];
    await expect(controller.applyManifest([{ ...spec, services }])).rejects.toThrow(
      /^Job \([0-9a-f-]{36}\) failed: For application 'backend': Service instance 'missing' not found$/,
    );
    expect(controller.apps()).toMatchObject([{ name: 'backend', requestedState: 'stopped', routes: [] }]);
    expect(apps.test.broker.bindings.size).toBe(0);
  });

  it("reports a broker's refusal of binding parameters with the service's name", async () => {
    await controller.createService({ offering: 'xsuaa', plan: 'application', name: 'mtlsXsuaa' });
    const services = [{ name: 'mtlsXsuaa', parameters: { refuse: 'validity 31 is too long' } }];
    await expect(controller.applyManifest([{ ...spec, services }])).rejects.toThrow(
      /failed: For application 'backend': For service 'mtlsXsuaa': Service broker error: validity 31 is too long$/,
    );
  });

  it('maps default and random routes only while the app has none', async () => {
    await controller.applyManifest([{ name: 'plain', routeMode: 'default' }]);
    await controller.applyManifest([{ name: 'plain', routeMode: 'random' }]);
    await controller.applyManifest([{ name: 'lucky', routeMode: 'random' }]);
    await controller.applyManifest([{ name: 'quiet', routeMode: 'none' }]);
    const [lucky, plain, quiet] = controller.apps().map(({ routes }) => routes);
    expect(plain).toEqual(['plain.cfapps.test.example']);
    expect(lucky?.[0]).toMatch(/^lucky-[a-z]+-[a-z]+-[a-z0-9]{2}\.cfapps\.test\.example$/);
    expect(quiet).toEqual([]);
    await controller.applyManifest([{ name: 'plain', routeMode: 'none' }]);
    expect(controller.routes().find(({ host }) => host === 'plain')?.apps).toEqual([]);
    await expect(controller.applyManifest([{ name: 'a b', routeMode: 'default' }])).rejects.toThrow(
      /Failed to create default route from app name: Host must be/,
    );
  });

  it('lists routes with their addresses on this machine', async () => {
    await controller.applyManifest([
      { ...spec, routes: ['backend-x.cfapps.test.example', 'backend-x.cert.cfapps.test.example'] },
    ]);
    expect(controller.routes()).toMatchObject([
      {
        host: 'backend-x',
        domain: 'cfapps.test.example',
        certificate: false,
        localUrl: `http://localhost:${apps.test.portBase + 1}`,
      },
      {
        domain: 'cert.cfapps.test.example',
        certificate: true,
        localUrl: `https://localhost:${apps.test.portBase + 443}`,
      },
    ]);
  });

  it('deletes an app with its bindings, and its routes only when asked to', async () => {
    await controller.createService({ offering: 'xsuaa', plan: 'application', name: 'mtlsXsuaa' });
    await apps.push({ ...spec, services: [{ name: 'mtlsXsuaa' }] });
    const { pid } = await apps.see();
    expect(await controller.deleteApp('backend')).toBe('deleted');
    expect(isAlive(pid)).toBe(false);
    expect(apps.test.broker.bindings.size).toBe(0);
    expect(controller.routes()).toMatchObject([{ apps: [] }]);
    expect(await controller.deleteApp('backend')).toBe('missing');
    expect(readdirSync(join(apps.test.workFolder, 'apps'))).toEqual([]);
  });

  it('refuses to delete a route that another app has too', async () => {
    await controller.applyManifest([spec, { ...spec, name: 'twin' }]);
    await expect(controller.deleteApp('backend', { deleteRoutes: true })).rejects.toMatchObject({
      code: 'route-shared',
      message:
        "App 'backend' was not deleted because route 'backend-x.cfapps.test.example' is mapped to more than one app.",
    });
    await controller.deleteApp('twin');
    await controller.deleteApp('backend', { deleteRoutes: true });
    expect(controller.routes()).toEqual([]);
  });

  it('refuses a route whose port another program has, naming port and remedy', async () => {
    const other = await startServerOn(apps.test.portBase + 1);
    await expect(controller.applyManifest([spec])).rejects.toThrow(
      new RegExp(
        `Port ${apps.test.portBase + 1}, for the route backend-x.cfapps.test.example, is in use.*LANDSCAPE_PORT_BASE`,
      ),
    );
    await other.close();
    await controller.applyManifest([spec]);
  });

  it('refuses a buildpack that it does not have', async () => {
    await expect(controller.applyManifest([{ ...spec, buildpacks: ['python_buildpack'] }])).rejects.toThrow(
      /Buildpack: "python_buildpack" must be an existing admin buildpack/,
    );
    await controller.applyManifest([
      { ...spec, buildpacks: ['https://github.com/cloudfoundry/nodejs-buildpack.git#v1.9.4'] },
    ]);
  });

  it('calls back for each new log line until told otherwise', async () => {
    await controller.applyManifest([spec]);
    const lines: string[] = [];
    const unfollow = controller.followLogs('backend', ({ message }) => lines.push(message));
    await controller.uploadApp('backend', apps.folder);
    unfollow();
    await controller.stageApp('backend');
    expect(lines).toEqual([expect.stringMatching(/^Uploading app package for app with guid /)]);
  });

  it("says Cloud Foundry's words for an app that is not there", async () => {
    await expect(controller.app('nope')).rejects.toMatchObject({
      code: 'app-not-found',
      message: "App 'nope' not found.",
    });
    expect(() => controller.environment('nope')).toThrow("App 'nope' not found.");
  });

  it('answers cf curl', async () => {
    await apps.push();
    const list = await controller.request({ method: 'GET', path: '/v3/apps?names=backend' });
    expect(list).toMatchObject({
      status: 200,
      body: { pagination: { total_results: 1 }, resources: [{ name: 'backend', state: 'STARTED' }] },
    });
    const none = await controller.request({ method: 'GET', path: '/v3/apps?names=other' });
    expect(none.body).toMatchObject({ resources: [] });
    const { guid } = await controller.app('backend');
    const env = await controller.request({ method: 'GET', path: `/v3/apps/${guid}/env` });
    expect(env.body).toMatchObject({ system_env_json: { VCAP_SERVICES: {} } });
    expect(await controller.request({ method: 'GET', path: '/v3/nothing' })).toMatchObject({
      status: 404,
      body: { errors: [{ code: 10_000, title: 'CF-NotFound', detail: 'Unknown request' }] },
    });
    expect((await controller.request({ method: 'DELETE', path: '/v3/apps' })).status).toBe(405);
  });
});

async function startServerOn(port: number): Promise<{ close(): Promise<void> }> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { close: () => new Promise((resolve) => void server.close(() => resolve())) };
}
