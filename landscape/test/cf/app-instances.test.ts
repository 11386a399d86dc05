import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudController } from '../../src/cf/controller';
import { isAlive } from '../../src/cf/process-table';
import { environmentServer, packageJson } from '../support/test-controller';
import { until } from '../support/until';
import { spec, TestApps, type Seen } from './test-apps';

// Processes start slowly where everything else runs at the same time.
jest.setTimeout(30_000);

describe('instances of an app', () => {
  let apps: TestApps;
  let controller: CloudController;

  beforeEach(async () => {
    apps = await TestApps.start();
    ({ controller } = apps.test);
  });

  afterEach(() => apps.test.stop());

  it('runs the declared instances, each in a folder and on a port of its own', async () => {
    await apps.push({ ...spec, instances: 2 });
    const seen = [await apps.see(), await apps.see()];
    expect(new Set(seen.map(({ cwd }) => cwd)).size).toBe(2);
    expect(seen.map(({ env }) => Number(env['PORT'])).sort((a, b) => a - b)).toEqual([
      apps.test.portBase + 101,
      apps.test.portBase + 102,
    ]);
    await controller.scaleApp('backend', { instances: 1 });
    const app = await controller.app('backend');
    expect(app.process.instances).toHaveLength(1);
    expect((await apps.see()).env['CF_INSTANCE_INDEX']).toBe('0');
  });

  it('restarts an instance that dies, and serves 503 meanwhile', async () => {
    await apps.push();
    const { pid } = await apps.see();
    const answer = await fetch(`${apps.test.router.address('backend-x.cfapps.test.example')?.url}/crash`);
    expect(answer.status).toBe(502);
    await apps.seeAnother(pid);
    expect(apps.logOf('backend')).toEqual(
      expect.arrayContaining(['APP/PROC/WEB OUT Exit status 3', 'API OUT Process has crashed with type: "web"']),
    );
  });

  it('reports an app that crashes at the start, and keeps trying after a while', async () => {
    const folder = await apps.test.writeApp('bad', {
      'package.json': packageJson,
      'server.js': "console.error('no configuration'); process.exit(1)",
    });
    await expect(apps.push(spec, folder)).rejects.toMatchObject({
      code: 'start-unsuccessful',
      message: 'Start unsuccessful',
    });
    const { process: web } = await controller.app('backend');
    expect(web.instances).toMatchObject([{ state: 'crashed', details: 'APP/PROC/WEB: Exited with status 1' }]);
    expect(apps.logOf('backend').filter((line) => line === 'APP/PROC/WEB ERR no configuration')).toHaveLength(3);
    await until(
      'it tries again',
      () => apps.logOf('backend').filter((line) => line.endsWith('no configuration')).length > 3,
    );
  });

  it('reports an app that never becomes healthy, with the reason', async () => {
    const unhealthy = environmentServer
      .replace("req.url === '/crash'", "req.url === '/health'")
      .replace('process.exit(3)', '{ res.statusCode = 204; return res.end(); }');
    const folder = await apps.test.writeApp('bad', { 'package.json': packageJson, 'server.js': unhealthy });
    await expect(apps.push({ ...spec, timeoutSeconds: 1 }, folder)).rejects.toMatchObject({
      code: 'start-unsuccessful',
    });
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
    const folder = await apps.test.writeApp('fading', { 'package.json': packageJson, 'server.js': fading });
    await apps.push({ ...spec, healthCheck: { type: 'http', httpEndpoint: '/health', intervalSeconds: 0.1 } }, folder);
    const { pid } = await apps.see('/fade');
    await until('another process serves', async () => {
      const response = await fetch(String(apps.test.router.address('backend-x.cfapps.test.example')?.url));
      return response.status === 200 && ((await response.json()) as Seen).pid !== pid;
    });
    expect(apps.logOf('backend')).toContain('CELL ERR Container became unhealthy');
  });

  it('ends the whole process group of an app, with SIGKILL what ignores SIGTERM', async () => {
    const folder = await apps.test.writeApp('stubborn', {
      'package.json': packageJson,
      'server.js': `process.on('SIGTERM', () => console.log('ignored'));${environmentServer}`,
    });
    // Not exec: the shell is the parent, and a second process belongs to the group.
    await apps.push({ ...spec, command: 'sleep 1000 & node server.js; true' }, folder);
    const { pid } = await apps.see();
    await controller.stopApp('backend');
    await until('the process is gone', () => !isAlive(pid));
    expect([...apps.test.running.keys()]).toEqual([]);
    expect(apps.logOf('backend')).toContain('APP/PROC/WEB OUT ignored');
    expect(apps.logOf('backend').join('\n')).toContain('(exceeded 10s graceful shutdown interval)');
    expect(readdirSync(join(apps.test.workFolder, 'containers'))).toEqual([]);
  });

  it('ends a process that left the group', async () => {
    if (process.platform !== 'linux') return;
    const folder = await apps.test.writeApp('daemon', {
      'package.json': packageJson,
      'server.js': `
        const child = require('node:child_process').spawn('sleep', ['1000'], { detached: true, stdio: 'inherit' });
        console.log('daemon ' + child.pid);
        ${environmentServer}`,
    });
    await apps.push(spec, folder);
    const pid = Number(/daemon (\d+)/.exec(apps.logOf('backend').join('\n'))?.[1]);
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
    const folder = await apps.test.writeApp('greedy', { 'package.json': packageJson, 'server.js': greedy });
    await apps.push(spec, folder);
    await apps.see('/eat');
    await controller.app('backend');
    expect(apps.logOf('backend').join('\n')).toMatch(/CELL ERR The instance holds \d{3}M of memory, its limit is 128M/);
    await apps.see();
  });

  it('replaces instances one by one with the rolling strategy, while the route keeps serving', async () => {
    await apps.push();
    const before = await apps.see();
    let failures = 0;
    const ended = new AbortController();
    const load = (async () => {
      while (!ended.signal.aborted) {
        const { status } = await fetch(String(apps.test.router.address('backend-x.cfapps.test.example')?.url));
        if (status !== 200) failures += 1;
      }
    })();
    await controller.restartApp('backend', { strategy: 'rolling' }).finally(() => ended.abort());
    await load;
    expect(failures).toBe(0);
    expect((await apps.see()).pid).not.toBe(before.pid);
  });

  it('keeps the old instances when the rolling strategy finds the new ones bad', async () => {
    await apps.push();
    const { pid } = await apps.see();
    const folder = await apps.test.writeApp('bad', { 'package.json': packageJson, 'server.js': 'process.exit(1)' });
    await controller.uploadApp('backend', folder);
    await controller.stageApp('backend');
    await expect(controller.restartApp('backend', { strategy: 'rolling' })).rejects.toMatchObject({
      code: 'start-unsuccessful',
    });
    expect((await apps.see()).pid).toBe(pid);
  });

  it('leaves no process and no file behind when it stops in the middle of a start', async () => {
    const folder = await apps.test.writeApp('slow', {
      'package.json': packageJson,
      'server.js': 'setInterval(() => {}, 1000)',
    });
    await controller.applyManifest([spec]);
    await controller.uploadApp('backend', folder);
    await controller.stageApp('backend');
    const start = controller.startApp('backend').catch((error: unknown) => error);
    await until('a container runs', () => apps.test.running.size === 1);
    const [pid] = [...apps.test.running.values()];
    await apps.test.stop();
    await start;
    expect(isAlive(pid ?? 0)).toBe(false);
    expect(existsSync(apps.test.workFolder)).toBe(false);
  });
});
