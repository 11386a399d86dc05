import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CfIo } from '../src/cf/command/io';
import { runRemote } from '../src/control/client';
import { startLandscape, type Landscape } from '../src/landscape';
import { AlreadyRunningError } from '../src/landscape-lock';
import { PortInUseError } from '../src/port-in-use';
import { SettingsError, type LandscapeSettings } from '../src/settings';
import { StateFolderError } from '../src/state-folder';
import { findPortBase, isPortFree } from './support/port-base';
import { environmentServer, packageJson } from './support/test-controller';
import { until } from './support/until';

// Processes start slowly where everything else runs at the same time.
jest.setTimeout(30_000);

describe('startLandscape', () => {
  const running: Landscape[] = [];
  let folder: string;
  let settings: LandscapeSettings;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'landscape-test-'));
    settings = { portBase: await findPortBase(), stateFolder: join(folder, 'state'), now: Date.now };
  });

  afterEach(async () => {
    for (const landscape of running.splice(0)) await landscape.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function start(own: LandscapeSettings = settings): Promise<Landscape> {
    const landscape = await startLandscape(own);
    running.push(landscape);
    return landscape;
  }

  async function command(name: 'cf' | 'landscape', ...argv: string[]) {
    const printed = { out: '', err: '' };
    const io: CfIo = {
      isTerminal: false,
      out: (text) => void (printed.out += text),
      err: (text) => void (printed.err += text),
      prompt: async () => undefined,
    };
    const { exit } = await runRemote(settings.stateFolder, { command: name, argv, cwd: folder }, io);
    return { exit, ...printed };
  }

  it('serves XSUAA and the Destination Service over TLS of its own CA', async () => {
    const { ca } = await start();
    expect(await status(settings.portBase + 444, ca.rootPem, '/token_keys')).toBe(200);
    expect(await status(settings.portBase + 446, ca.rootPem, '/destination-configuration/v1/destinations/x')).toBe(401);
  });

  it('serves Cloud Integration, whose flows a command deploys', async () => {
    const { ca } = await start();
    expect(await status(settings.portBase + 449, ca.rootPem, '/http/echo')).toBe(401);
    expect((await command('landscape', 'integration', 'deploy', '/http/x', '--role', 'r')).exit).toBe(0);
    expect((await command('landscape', 'integration', 'flows')).out).toMatch(/\/http\/x +r\n$/);
  });

  it('names the users who can log in, and ends their logins', async () => {
    await start();
    const list = await command('landscape', 'users');
    expect(list.out).toMatch(
      /^ {2}alice@example\.com {3}\S+ {3}mTLS Reference Viewer\n {2}bob@example\.com .*no role collection\n$/,
    );
    expect(await command('landscape', 'users', 'revoke', 'Bob@Example.com')).toMatchObject({
      exit: 0,
      out: expect.stringMatching(/^bob@example\.com is logged out/) as string,
    });
    expect(await command('landscape', 'users', 'revoke', 'eve')).toEqual({
      exit: 1,
      out: '',
      err: 'There is no user eve. The users are alice@example.com, bob@example.com.\n',
    });
  });

  it('leaves nothing but the CA, the signing keys and the users, in folders that only their owner can enter', async () => {
    const landscape = await start();
    const { workFolder } = landscape;
    expect((await stat(workFolder)).mode & 0o777).toBe(0o700);
    await landscape.stop();
    await landscape.stop();
    expect(existsSync(workFolder)).toBe(false);
    expect((await readdir(settings.stateFolder)).sort()).toEqual(['ca', 'signing-keys', 'users.json']);
    expect((await stat(settings.stateFolder)).mode & 0o777).toBe(0o700);
    expect(await freePorts()).toEqual([true, true, true]);
    const { ca } = await start();
    expect(await status(settings.portBase + 444, ca.rootPem, '/token_keys')).toBe(200);
  });

  it('keeps its CA over a restart', async () => {
    const before = await start();
    await before.stop();
    const after = await start();
    expect(after.ca.rootPem).toBe(before.ca.rootPem);
  });

  it('names a port that is in use, the service and the remedy, and leaves nothing behind', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(settings.portBase + 446, '127.0.0.1', resolve));
    const refused = startLandscape(settings);
    await expect(refused).rejects.toThrow(PortInUseError);
    await expect(refused).rejects.toThrow(
      new RegExp(`^Port ${settings.portBase + 446}, for destination, is in use.*LANDSCAPE_PORT_BASE`),
    );
    expect(await isPortFree(settings.portBase + 444)).toBe(true);
    expect(await readdir(settings.stateFolder)).not.toContain('landscape.lock');
    await new Promise((resolve) => other.close(resolve));
    await start();
  });

  it('refuses a second landscape on the same state folder, naming the first', async () => {
    await start();
    const second = startLandscape({ ...settings, portBase: await findPortBase() });
    await expect(second).rejects.toThrow(AlreadyRunningError);
    await expect(second).rejects.toThrow(String(process.pid));
    expect((await command('landscape', 'status')).exit).toBe(0);
  });

  it('runs beside another one', async () => {
    const first = await start();
    const second = await start({ ...settings, portBase: await findPortBase(), stateFolder: join(folder, 'other') });
    expect(second.ca.rootPem).not.toBe(first.ca.rootPem);
    expect(await status(second.settings.portBase + 444, second.ca.rootPem, '/token_keys')).toBe(200);
  });

  it('refuses a port base that gives a port which browsers block', async () => {
    await expect(startLandscape({ ...settings, portBase: 6000 - 444 })).rejects.toThrow(SettingsError);
    await expect(startLandscape({ ...settings, portBase: 6000 - 444 })).rejects.toThrow(
      'LANDSCAPE_PORT_BASE is 5556: that gives xsuaa port 6000, which browsers refuse to open.',
    );
  });

  it('closes an open state folder of its own, and refuses one with other things in it', async () => {
    await mkdir(settings.stateFolder, { mode: 0o755 });
    await chmod(settings.stateFolder, 0o755);
    await writeFile(join(settings.stateFolder, 'letter.txt'), 'x');
    await expect(startLandscape(settings)).rejects.toThrow(StateFolderError);
    await rm(join(settings.stateFolder, 'letter.txt'));
    const landscape = await start();
    expect((await stat(settings.stateFolder)).mode & 0o777).toBe(0o700);
    await landscape.stop();
    await chmod(settings.stateFolder, 0o755);
    await start();
    expect((await stat(settings.stateFolder)).mode & 0o777).toBe(0o700);
  });

  it('takes commands of cf over its socket and runs an app that they push', async () => {
    const { ca } = await start();
    await writeFile(join(folder, 'package.json'), packageJson);
    await writeFile(join(folder, 'server.js'), environmentServer);
    const pushed = await command('cf', 'push', 'hello', '-c', 'exec node server.js', '-m', '128M');
    expect(pushed).toMatchObject({ exit: 0 });
    expect(pushed.out).toContain(`http://localhost:${settings.portBase + 1}`);
    const answer = await fetch(`http://localhost:${settings.portBase + 1}`);
    expect(((await answer.json()) as { env: Record<string, string> }).env['NODE_EXTRA_CA_CERTS']).toBe(ca.rootFile);
    const shown = await command('landscape', 'status');
    expect(shown.out).toMatch(/^hello +started +1\/1$/m);
    expect(shown.out).toMatch(
      new RegExp(`^http://localhost:${settings.portBase + 1} +hello.cfapps.localhost +hello$`, 'm'),
    );
  });

  it('stops and starts a service', async () => {
    const { ca } = await start();
    const port = settings.portBase + 444;
    expect(await command('landscape', 'stop', 'xsuaa')).toMatchObject({ exit: 0, err: '' });
    await expect(status(port, ca.rootPem, '/token_keys')).rejects.toThrow(/ECONNREFUSED/);
    expect((await command('landscape', 'status')).out).toMatch(/^xsuaa +stopped/m);
    expect(await command('landscape', 'start', 'xsuaa')).toMatchObject({ exit: 0, out: 'xsuaa is running.\n' });
    expect(await status(port, ca.rootPem, '/token_keys')).toBe(200);
  });

  it('stops and starts the router with its routes', async () => {
    const { controller } = await start();
    await controller.applyManifest([{ name: 'app', routes: ['app.cfapps.localhost'] }]);
    const url = `http://localhost:${settings.portBase + 1}`;
    await command('landscape', 'stop', 'router');
    await expect(fetch(url)).rejects.toThrow('fetch failed');
    await controller.applyManifest([{ name: 'app', routes: ['late.cfapps.localhost'] }]);
    await command('landscape', 'start', 'router');
    expect((await fetch(url)).status).toBe(503);
    expect((await fetch(`http://localhost:${settings.portBase + 2}`)).status).toBe(503);
  });

  it('lets a service fail on demand and tells so, until that is cleared', async () => {
    const { ca } = await start();
    const port = settings.portBase + 444;
    await command('landscape', 'fault', 'xsuaa', 'status=503');
    expect(await status(port, ca.rootPem, '/token_keys')).toBe(503);
    expect((await command('landscape', 'status')).out).toMatch(/^xsuaa +running +\d+, \d+ +status=503$/m);
    await command('landscape', 'clear');
    expect(await status(port, ca.rootPem, '/token_keys')).toBe(200);
  });

  it('prints the requests and handshakes of a service as JSON', async () => {
    const { ca, journal } = await start();
    await status(settings.portBase + 444, ca.rootPem, '/token_keys?code=secret');
    await until('the request is noted', () => journal.entries('xsuaa').length === 2);
    const { out } = await command('landscape', 'requests', 'xsuaa');
    expect(JSON.parse(out)).toMatchObject([
      { kind: 'handshake', service: 'xsuaa', resumed: false },
      { kind: 'request', method: 'GET', path: '/token_keys?code=…', status: 200 },
    ]);
    expect(JSON.parse((await command('landscape', 'requests', 'destination')).out)).toEqual([]);
  });

  it('shows the applications of the IAS tenant and switches the trust in it', async () => {
    const { controller } = await start();
    expect((await command('landscape', 'identity', 'applications')).out).toContain('The tenant has no application');
    const create = (name: string) => controller.createService({ offering: 'identity', plan: 'application', name });
    await create('clicreIas');
    const parameters = { 'credential-type': 'X509_GENERATED', 'app-identifier': 'web' };
    await controller.createServiceKey({ service: 'clicreIas', key: 'sk', parameters });
    const { clientid } = controller.serviceKey({ service: 'clicreIas', key: 'sk' })?.credentials ?? {};
    const { out } = await command('landscape', 'identity', 'applications');
    expect(out).toMatch(/^clicreIas\n {2}client id .*\n {2}X509_GENERATED +C=DE, .*, CN=web +until 20.*Z\n$/);
    expect(out).toContain(`client id ${clientid as string}`);
    expect((await command('landscape', 'identity', 'untrust')).out).toContain(
      'Trust it again: landscape identity trust',
    );
    await expect(create('other')).rejects.toThrow(/does not trust a tenant of SAP Cloud Identity Services/);
    expect((await command('landscape', 'identity', 'trust')).exit).toBe(0);
    await create('other');
  });

  it('switches the restrictions of the real Destination Service on', async () => {
    await start();
    expect(await command('landscape', 'destination', 'refuse-private-token-urls', 'on')).toEqual({
      exit: 0,
      out: 'refuse-private-token-urls is on.\n',
      err: '',
    });
  });

  it('tells how to trust its CA', async () => {
    const { ca } = await start();
    expect((await command('landscape', 'trust')).out).toContain(ca.rootFile);
    expect((await command('landscape', 'trust', '--file')).out).toBe(`${ca.rootFile}\n`);
  });

  async function freePorts(): Promise<boolean[]> {
    return Promise.all([444, 445, 446].map((offset) => isPortFree(settings.portBase + offset)));
  }
});

function status(port: number, ca: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ host: 'localhost', port, path, ca, agent: false })
      .once('error', reject)
      .once('response', (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode));
      })
      .end();
  });
}
