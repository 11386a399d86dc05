import { readFile, stat } from 'node:fs/promises';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudController } from '../../src/cf/controller';
import type { AppSpec, LogLine } from '../../src/cf/app-types';
import { isAlive } from '../../src/cf/process-table';
import { environmentServer, packageJson, startController, type TestController } from '../support/test-controller';
import { until } from '../support/until';

const spec: AppSpec = {
  name: 'backend',
  command: 'exec node server.js',
  memoryMb: 128,
  diskMb: 256,
  instances: 1,
  healthCheck: { type: 'http', httpEndpoint: '/health' },
  routes: ['backend-x.cfapps.test.example'],
};

const restartPolicy = { immediateRestarts: 2, firstDelayMs: 200, longestDelayMs: 400, forgivenAfterMs: 60_000 };

interface Seen {
  readonly env: Record<string, string>;
  readonly cwd: string;
  readonly pid: number;
}

// Processes start slowly where everything else runs at the same time.
jest.setTimeout(30_000);

describe('apps of the landscape', () => {
  let test: TestController;
  let controller: CloudController;
  let appFolder: string;

  beforeEach(async () => {
    test = await startController({ restartPolicy, gracefulShutdownMs: 1_000 });
    controller = test.controller;
    appFolder = await test.writeApp('source', { 'package.json': packageJson, 'server.js': environmentServer });
  });

  afterEach(() => test.stop());

  async function push(app: AppSpec = spec, folder = appFolder): Promise<void> {
    await controller.applyManifest([app]);
    await controller.uploadApp(app.name, folder);
    await controller.stageApp(app.name);
    await controller.restartApp(app.name);
  }

  async function see(path = '/', route = 'backend-x.cfapps.test.example'): Promise<Seen> {
    const response = await fetch(`${test.router.address(route)?.url}${path}`);
    return (await response.json()) as Seen;
  }

  /** That an instance has ended is noticed only a moment after its connection broke. */
  async function seeAnother(pid: number): Promise<Seen> {
    let seen: Seen | undefined;
    await until('another instance answers', async () => {
      const response = await fetch(`${test.router.address('backend-x.cfapps.test.example')?.url}/`);
      if (response.ok) seen = (await response.json()) as Seen;
      return seen !== undefined && seen.pid !== pid;
    });
    return seen as Seen; // or `until` has thrown
  }

  function logOf(name: string): string[] {
    return controller.recentLogs(name).map(({ source, stream, message }) => `${source} ${stream} ${message}`);
  }

  it('runs a pushed app behind its route', async () => {
    await push();
    const seen = await see();
    expect(seen.env['PORT']).toBe(String(test.portBase + 101));
    const app = await controller.app('backend');
    expect(app).toMatchObject({
      requestedState: 'started',
      routes: ['backend-x.cfapps.test.example'],
      process: { memoryMb: 128, wantedInstances: 1, command: 'exec node server.js' },
    });
    expect(app.process.instances).toMatchObject([{ index: 0, state: 'running', port: test.portBase + 101 }]);
    expect(app.process.instances[0]?.memoryBytes).toBeGreaterThan(10_000_000);
    expect(logOf('backend')).toEqual(
      expect.arrayContaining([
        'STG OUT -----> Nodejs Buildpack version 1.9.4',
        'CELL OUT Container became healthy',
        'APP/PROC/WEB OUT listening',
      ]),
    );
  });

  it("gives the container Cloud Foundry's environment and nothing of the developer's", async () => {
    process.env['LANDSCAPE_TEST_MARKER'] = 'must not leak';
    await controller.createService({ offering: 'xsuaa', plan: 'application', name: 'mtlsXsuaa', tags: ['mine'] });
    await controller.createService({ offering: 'destination', plan: 'application', name: 'other' });
    await push({
      ...spec,
      env: { OWN: 'value', PORT: '1' },
      services: [{ name: 'mtlsXsuaa', parameters: { 'credential-type': 'x509' } }],
    });
    delete process.env['LANDSCAPE_TEST_MARKER'];
    const { env, cwd } = await see();
    const [, version] = /"version":"([0-9a-f-]{36})"/.exec(env['VCAP_APPLICATION'] ?? '') ?? [];
    const port = String(test.portBase + 101);
    expect(env).toMatchObject({
      OWN: 'value',
      PORT: port,
      VCAP_APP_PORT: port,
      HOST: '127.0.0.1',
      LANG: 'en_US.UTF-8',
      USER: 'vcap',
      NODE_ENV: 'production',
      MEMORY_LIMIT: '128m',
      MEMORY_AVAILABLE: '128',
      INSTANCE_INDEX: '0',
      CF_INSTANCE_INDEX: '0',
      CF_INSTANCE_ADDR: `127.0.0.1:${port}`,
      NODE_EXTRA_CA_CERTS: test.caFile,
    });
    expect(env['HOME']).toBe(cwd);
    expect(env['TMPDIR']).not.toBe(env['HOME']);
    expect(env).not.toHaveProperty('LANDSCAPE_TEST_MARKER');
    expect(env).not.toHaveProperty('JEST_WORKER_ID');
    expect(env['VCAP_APPLICATION']).toBe(
      JSON.stringify({
        application_id: (await controller.app('backend')).guid,
        application_name: 'backend',
        application_uris: ['backend-x.cfapps.test.example'],
        application_version: version,
        cf_api: 'https://api.cf.test.example',
        host: '0.0.0.0',
        instance_id: env['INSTANCE_GUID'],
        instance_index: 0,
        limits: { disk: 256, fds: 16384, mem: 128 },
        name: 'backend',
        organization_id: 'org-guid',
        organization_name: 'org',
        port: Number(port),
        process_id: (await controller.app('backend')).guid,
        process_type: 'web',
        space_id: 'space-guid',
        space_name: 'dev',
        uris: ['backend-x.cfapps.test.example'],
        version: version,
      }),
    );
    const [binding] = controller.bindings('backend');
    expect(env['VCAP_SERVICES']).toBe(
      JSON.stringify({
        xsuaa: [
          {
            label: 'xsuaa',
            provider: null,
            plan: 'application',
            name: 'mtlsXsuaa',
            tags: ['xsuaa', 'mine'],
            instance_guid: controller.service('mtlsXsuaa').guid,
            instance_name: 'mtlsXsuaa',
            binding_guid: binding?.bindingGuid,
            binding_name: null,
            credentials: { clientid: `client-${binding?.bindingGuid}`, 'credential-type': 'x509' },
            syslog_drain_url: null,
            volume_mounts: [],
          },
        ],
      }),
    );
  });

  it('delivers the bindings in a file that only the owner can read, when the feature is set', async () => {
    await controller.createService({ offering: 'xsuaa', plan: 'application', name: 'mtlsXsuaa' });
    await push({ ...spec, services: [{ name: 'mtlsXsuaa' }], features: { 'file-based-vcap-services': true } });
    const { env } = await see();
    expect(env).not.toHaveProperty('VCAP_SERVICES');
    const file = env['VCAP_SERVICES_FILE_PATH'] ?? '';
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ xsuaa: [{ name: 'mtlsXsuaa' }] });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await controller.stopApp('backend');
    expect(existsSync(file)).toBe(false);
  });

  it('delivers the newest bindings to running instances, and to those that start later, without a restart', async () => {
    await controller.createService({ offering: 'xsuaa', plan: 'application', name: 'mtlsXsuaa' });
    await push({ ...spec, services: [{ name: 'mtlsXsuaa' }], features: { 'file-based-vcap-services': true } });
    const { env, pid } = await see();
    const file = env['VCAP_SERVICES_FILE_PATH'] ?? '';
    const before = await readFile(file, 'utf8');
    await controller.bindService({ app: 'backend', service: 'mtlsXsuaa', strategy: 'multiple' });
    expect(await readFile(file, 'utf8')).toBe(before);

    expect(await controller.deliverBindings('backend')).toBe(1);
    const after = await readFile(file, 'utf8');
    const [, newest] = controller.bindings('backend').map(({ bindingGuid }) => bindingGuid);
    expect(after).not.toBe(before);
    expect(JSON.parse(after)).toMatchObject({ xsuaa: [{ binding_guid: newest }] });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await see()).pid).toBe(pid);

    await fetch(`${test.router.address('backend-x.cfapps.test.example')?.url}/crash`);
    const restarted = await seeAnother(pid);
    expect(await readFile(restarted.env['VCAP_SERVICES_FILE_PATH'] ?? '', 'utf8')).toBe(after);
  });

  it('delivers no bindings to an app that has them in a variable, and none to one that is not running', async () => {
    await push(spec);
    await expect(controller.deliverBindings('backend')).rejects.toThrow(
      /VCAP_SERVICES, .* Set the app feature file-based-vcap-services/,
    );
    await controller.stopApp('backend');
    await expect(controller.deliverBindings('backend')).rejects.toThrow("App 'backend' has no running instance.");
    await expect(controller.deliverBindings('nope')).rejects.toThrow("App 'nope' not found.");
  });

  it('replaces an https URL of a mapped route in a variable, and says so', async () => {
    const env = {
      BACKEND_URL: 'https://backend-x.cfapps.test.example/endpoint',
      DESTINATIONS: '[{"url":"https://backend-x.cert.cfapps.test.example"}]',
      FOREIGN: 'https://backend-x.cfapps.test.example.evil.test',
      OTHER: 'https://other.cfapps.test.example',
    };
    await push({ ...spec, env, routes: [...(spec.routes ?? []), 'backend-x.cert.cfapps.test.example'] });
    const seen = await see();
    const [plain, certificate] = [test.portBase + 1, test.portBase + 443];
    expect(seen.env['BACKEND_URL']).toBe(`http://localhost:${plain}/endpoint`);
    expect(seen.env['DESTINATIONS']).toBe(`[{"url":"https://localhost:${certificate}"}]`);
    expect([seen.env['FOREIGN'], seen.env['OTHER']]).toEqual([env.FOREIGN, env.OTHER]);
    expect(controller.localAddresses('backend').map(({ variable }) => variable)).toEqual([
      'BACKEND_URL',
      'DESTINATIONS',
    ]);
    expect(controller.environment('backend').userProvided['BACKEND_URL']).toBe(env.BACKEND_URL);
  });

  it('shows a changed variable to the app only after a restart', async () => {
    await push();
    controller.setEnv('backend', 'LATE', '1');
    expect((await see()).env).not.toHaveProperty('LATE');
    await controller.restartApp('backend');
    expect((await see()).env['LATE']).toBe('1');
    expect([controller.unsetEnv('backend', 'LATE'), controller.unsetEnv('backend', 'LATE')]).toEqual([true, false]);
    expect(() => controller.setEnv('backend', 'PORT', '1')).toThrow('Var cannot set PORT');
    expect(() => controller.setEnv('backend', 'VCAP_SERVICES', '1')).toThrow('Var cannot start with VCAP_');
  });

  it('runs what was uploaded, not what the folder has become', async () => {
    await controller.applyManifest([spec]);
    await controller.uploadApp('backend', appFolder);
    await test.writeApp('source', { 'server.js': 'process.exit(1)' });
    await controller.stageApp('backend');
    await controller.startApp('backend');
    expect((await see()).cwd).not.toBe(appFolder);
  });

  it('runs the declared instances, each in a folder and on a port of its own', async () => {
    await push({ ...spec, instances: 2 });
    const seen = [await see(), await see()];
    expect(new Set(seen.map(({ cwd }) => cwd)).size).toBe(2);
    expect(seen.map(({ env }) => Number(env['PORT'])).sort((a, b) => a - b)).toEqual([
      test.portBase + 101,
      test.portBase + 102,
    ]);
    await controller.scaleApp('backend', { instances: 1 });
    const app = await controller.app('backend');
    expect(app.process.instances).toHaveLength(1);
    expect((await see()).env['CF_INSTANCE_INDEX']).toBe('0');
  });

  it('restarts an instance that dies, and serves 503 meanwhile', async () => {
    await push();
    const { pid } = await see();
    const answer = await fetch(`${test.router.address('backend-x.cfapps.test.example')?.url}/crash`);
    expect(answer.status).toBe(502);
    await seeAnother(pid);
    expect(logOf('backend')).toEqual(
      expect.arrayContaining(['APP/PROC/WEB OUT Exit status 3', 'API OUT Process has crashed with type: "web"']),
    );
  });

  it('reports an app that crashes at the start, and keeps trying after a while', async () => {
    const folder = await test.writeApp('bad', {
      'package.json': packageJson,
      'server.js': "console.error('no configuration'); process.exit(1)",
    });
    await expect(push(spec, folder)).rejects.toMatchObject({
      code: 'start-unsuccessful',
      message: 'Start unsuccessful',
    });
    const { process: web } = await controller.app('backend');
    expect(web.instances).toMatchObject([{ state: 'crashed', details: 'APP/PROC/WEB: Exited with status 1' }]);
    expect(logOf('backend').filter((line) => line === 'APP/PROC/WEB ERR no configuration')).toHaveLength(3);
    await until(
      'it tries again',
      () => logOf('backend').filter((line) => line.endsWith('no configuration')).length > 3,
    );
  });

  it('reports an app that never becomes healthy, with the reason', async () => {
    const unhealthy = environmentServer
      .replace("req.url === '/crash'", "req.url === '/health'")
      .replace('process.exit(3)', '{ res.statusCode = 204; return res.end(); }');
    const folder = await test.writeApp('bad', { 'package.json': packageJson, 'server.js': unhealthy });
    await expect(push({ ...spec, timeoutSeconds: 1 }, folder)).rejects.toMatchObject({ code: 'start-unsuccessful' });
    const { process: web } = await controller.app('backend');
    expect(web.instances[0]?.details).toMatch(
      /^Instance never healthy after 1s: Failed to make HTTP request to '\/health' on port \d+: received status code 204 in \d+ms$/,
    );
  });

  it('restarts an instance whose health check fails while it runs', async () => {
    const fading = environmentServer.replace(
      "if (req.url === '/crash') process.exit(3);",
      "if (req.url === '/fade') globalThis.faded = true; if (req.url === '/health' && globalThis.faded) { res.statusCode = 500; return res.end(); }",
    );
    const folder = await test.writeApp('fading', { 'package.json': packageJson, 'server.js': fading });
    await push({ ...spec, healthCheck: { type: 'http', httpEndpoint: '/health', intervalSeconds: 0.1 } }, folder);
    const { pid } = await see('/fade');
    await until('another process serves', async () => {
      const response = await fetch(String(test.router.address('backend-x.cfapps.test.example')?.url));
      return response.status === 200 && ((await response.json()) as Seen).pid !== pid;
    });
    expect(logOf('backend')).toContain('CELL ERR Container became unhealthy');
  });

  it('ends the whole process group of an app, with SIGKILL what ignores SIGTERM', async () => {
    const folder = await test.writeApp('stubborn', {
      'package.json': packageJson,
      'server.js': `process.on('SIGTERM', () => console.log('ignored'));${environmentServer}`,
    });
    // Not exec: the shell is the parent, and a second process belongs to the group.
    await push({ ...spec, command: 'sleep 1000 & node server.js; true' }, folder);
    const { pid } = await see();
    await controller.stopApp('backend');
    await until('the process is gone', () => !isAlive(pid));
    expect([...test.running.keys()]).toEqual([]);
    expect(logOf('backend')).toContain('APP/PROC/WEB OUT ignored');
    expect(logOf('backend').join('\n')).toContain('(exceeded 10s graceful shutdown interval)');
    expect(readdirSync(join(test.workFolder, 'containers'))).toEqual([]);
  });

  it('ends a process that left the group', async () => {
    if (process.platform !== 'linux') return;
    const folder = await test.writeApp('daemon', {
      'package.json': packageJson,
      'server.js': `
        const child = require('node:child_process').spawn('sleep', ['1000'], { detached: true, stdio: 'inherit' });
        console.log('daemon ' + child.pid);
        ${environmentServer}`,
    });
    await push(spec, folder);
    const pid = Number(/daemon (\d+)/.exec(logOf('backend').join('\n'))?.[1]);
    expect(isAlive(pid)).toBe(true);
    await controller.stopApp('backend');
    await until('the daemon is gone', () => !isAlive(pid));
  });

  it('tells that Cloud Foundry would end an app that needs more memory than its limit', async () => {
    if (process.platform !== 'linux') return;
    const greedy = environmentServer.replace(
      "if (req.url === '/crash') process.exit(3);",
      "if (req.url === '/eat') globalThis.food = Buffer.alloc(200e6, 1);",
    );
    const folder = await test.writeApp('greedy', { 'package.json': packageJson, 'server.js': greedy });
    await push(spec, folder);
    await see('/eat');
    await controller.app('backend');
    expect(logOf('backend').join('\n')).toMatch(/CELL ERR The instance holds \d{3}M of memory, its limit is 128M/);
    await see();
  });

  it('replaces instances one by one with the rolling strategy, while the route keeps serving', async () => {
    await push();
    const before = await see();
    let failures = 0;
    const ended = new AbortController();
    const load = (async () => {
      while (!ended.signal.aborted) {
        const { status } = await fetch(String(test.router.address('backend-x.cfapps.test.example')?.url));
        if (status !== 200) failures += 1;
      }
    })();
    await controller.restartApp('backend', { strategy: 'rolling' }).finally(() => ended.abort());
    await load;
    expect(failures).toBe(0);
    expect((await see()).pid).not.toBe(before.pid);
  });

  it('keeps the old instances when the rolling strategy finds the new ones bad', async () => {
    await push();
    const { pid } = await see();
    const folder = await test.writeApp('bad', { 'package.json': packageJson, 'server.js': 'process.exit(1)' });
    await controller.uploadApp('backend', folder);
    await controller.stageApp('backend');
    await expect(controller.restartApp('backend', { strategy: 'rolling' })).rejects.toMatchObject({
      code: 'start-unsuccessful',
    });
    expect((await see()).pid).toBe(pid);
  });

  it('starts and stops idempotently and tells the CLI what happened', async () => {
    await push();
    expect(await controller.startApp('backend')).toBe('already-started');
    expect(await controller.stopApp('backend')).toBe('stopped');
    expect(await controller.stopApp('backend')).toBe('already-stopped');
    const response = await fetch(String(test.router.address('backend-x.cfapps.test.example')?.url));
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
    await controller.uploadApp('backend', appFolder);
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
    expect(test.broker.bindings.size).toBe(0);
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
        localUrl: `http://localhost:${test.portBase + 1}`,
      },
      { domain: 'cert.cfapps.test.example', certificate: true, localUrl: `https://localhost:${test.portBase + 443}` },
    ]);
  });

  it('deletes an app with its bindings, and its routes only when asked to', async () => {
    await controller.createService({ offering: 'xsuaa', plan: 'application', name: 'mtlsXsuaa' });
    await push({ ...spec, services: [{ name: 'mtlsXsuaa' }] });
    const { pid } = await see();
    expect(await controller.deleteApp('backend')).toBe('deleted');
    expect(isAlive(pid)).toBe(false);
    expect(test.broker.bindings.size).toBe(0);
    expect(controller.routes()).toMatchObject([{ apps: [] }]);
    expect(await controller.deleteApp('backend')).toBe('missing');
    expect(readdirSync(join(test.workFolder, 'apps'))).toEqual([]);
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
    const other = await startServerOn(test.portBase + 1);
    await expect(controller.applyManifest([spec])).rejects.toThrow(
      new RegExp(
        `Port ${test.portBase + 1}, for the route backend-x.cfapps.test.example, is in use.*LANDSCAPE_PORT_BASE`,
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
    await controller.uploadApp('backend', appFolder);
    unfollow();
    await controller.stageApp('backend');
    expect(lines).toEqual([expect.stringMatching(/^Uploading app package for app with guid /)]);
  });

  it('explains a container whose environment is too large for the system', async () => {
    if (process.platform !== 'linux') return;
    const large = { ...spec, env: { LARGE: 'x'.repeat(200_000) } };
    await expect(push(large)).rejects.toMatchObject({ code: 'start-unsuccessful' });
    const { process: web } = await controller.app('backend');
    expect(web.instances[0]?.details).toMatch(
      /^The environment is too large for this system: .*file-based-vcap-services/,
    );
    expect(readdirSync(join(test.workFolder, 'containers'))).toEqual([]);
  });

  it("says Cloud Foundry's words for an app that is not there", async () => {
    await expect(controller.app('nope')).rejects.toMatchObject({
      code: 'app-not-found',
      message: "App 'nope' not found.",
    });
    expect(() => controller.environment('nope')).toThrow("App 'nope' not found.");
  });

  it('leaves no process and no file behind when it stops in the middle of a start', async () => {
    const folder = await test.writeApp('slow', {
      'package.json': packageJson,
      'server.js': 'setInterval(() => {}, 1000)',
    });
    await controller.applyManifest([spec]);
    await controller.uploadApp('backend', folder);
    await controller.stageApp('backend');
    const start = controller.startApp('backend').catch((error: unknown) => error);
    await until('a container runs', () => test.running.size === 1);
    const [pid] = [...test.running.values()];
    await test.stop();
    await start;
    expect(isAlive(pid ?? 0)).toBe(false);
    expect(existsSync(test.workFolder)).toBe(false);
  });

  it('answers cf curl', async () => {
    await push();
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

  it('runs in the folder that HOME names', async () => {
    await push();
    const { cwd, env } = await see();
    expect(realpathSync(env['PWD'] ?? '')).toBe(cwd);
  });
});

async function startServerOn(port: number): Promise<{ close(): Promise<void> }> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { close: () => new Promise((resolve) => void server.close(() => resolve())) };
}
