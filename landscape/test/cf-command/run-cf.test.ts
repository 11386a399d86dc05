import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CfSession } from '../../src/cf/command/run-cf';
import { until } from '../support/until';
import { writeProjectFiles } from './project-files';
import { runCommand } from './run-command';
import { startWorld, target, type World } from './world';

describe('cf', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld();
    writeProjectFiles(world);
  }, 30_000);

  afterEach(() => world.clear());
  afterAll(() => world.stop());

  async function run(command: string, ...rest: string[]): Promise<string> {
    const { exitCode, out, err } = await runCommand(world, [...command.split(' '), ...rest]);
    expect(`${exitCode} ${err}`).toBe('0 ');
    return out;
  }

  const push = 'push shop --no-manifest -p shop -m 64M --no-start';

  it('adds colours in a terminal or when CF_COLOR says so, and nothing else', async () => {
    const plain = await runCommand(world, ['services']);
    const inTerminal = await runCommand(world, ['services'], { isTerminal: true });
    const session = CfSession.loggedIn(target, { colour: false });
    const switchedOff = await runCommand(world, ['services'], { isTerminal: true, session });
    expect(inTerminal.out).toContain('\u001b[36m');
    // eslint-disable-next-line no-control-regex -- exactly what is to be removed
    expect(inTerminal.out.replaceAll(/\u001b\[\d+m/g, '')).toBe(plain.out);
    expect(switchedOff.out).toBe(plain.out);
  });

  it('accepts -v as a wish for a trace and runs the verb all the same', async () => {
    const { exitCode, out, err } = await runCommand(world, ['-v', 'services']);
    expect(exitCode).toBe(0);
    expect(out).toContain('No service instances found.');
    expect(err).toMatch(/landscape requests/);
  });

  it('prints JSON that scripts can parse: env, service-key and service --params', async () => {
    await run('cs xsuaa application uaa -c xs-security.json');
    await run(push);
    await run('bs shop uaa -c config-binding.json');
    await run('csk uaa key');
    const env = await run('env shop');
    const services: unknown = JSON.parse(/VCAP_SERVICES: (\{[\s\S]*?\n\})/.exec(env)?.[1] ?? '');
    expect(services).toMatchObject({ xsuaa: [{ credentials: { 'credential-type': 'x509' } }] });
    const key: unknown = JSON.parse(await run('service-key uaa key --json'));
    expect(key).toMatchObject({ credentials: { clientid: expect.any(String) as string } });
    expect(JSON.parse(await run('service uaa --params'))).toMatchObject({ xsappname: 'shop' });
  });

  it('makes new credentials by unbind and bind, and keeps those of a bind that was there', async () => {
    await run('cs xsuaa application uaa -c xs-security.json');
    await run(push);
    await run('bs shop uaa -c config-binding.json');
    const first = await run('env shop');
    await run('bs shop uaa');
    expect(await run('env shop')).toBe(first);
    await run('us shop uaa');
    await run('bs shop uaa -c config-binding.json');
    const certificateOf = (text: string) => /"certificate": "([^"]+)"/.exec(text)?.[1];
    expect(certificateOf(await run('env shop'))).not.toBe(certificateOf(first));
  });

  it('starts further instances without touching the first', async () => {
    await run('push shop --no-manifest -p shop -m 64M --no-route --no-start');
    await runCommand(world, ['start', 'shop']);
    const port = (await world.controller.app('shop')).process.instances[0]?.port;
    await run('scale shop -i 2');
    await until('two instances run', async () => /instances: +2\/2/.test(await run('app shop')));
    expect((await world.controller.app('shop')).process.instances[0]?.port).toBe(port);
  });

  it('follows the log until the reader goes away, and prints every line once', async () => {
    await run(push);
    const gone = new AbortController();
    const following = runCommand(world, ['logs', 'shop'], { signal: gone.signal });
    await run('start shop');
    await until('the app has started', async () =>
      (await run('logs shop --recent')).includes('Container became healthy'),
    );
    gone.abort();
    const { out } = await following;
    expect(out.match(/Starting app with guid/g)).toHaveLength(1);
    expect(out).not.toContain('Created app');
  });

  it('repeats the header of every line of a message', async () => {
    world.write('loud/package.json', '{"name":"loud","version":"1.0.0"}');
    world.write('loud/server.js', `console.log('one\\ntwo'); setInterval(() => {}, 1000);`);
    await runCommand(
      world,
      'push loud --no-manifest -p loud -m 64M -u process --no-route -c'.split(' ').concat('exec node server.js'),
    );
    await until('it has spoken', async () => (await run('logs loud --recent')).includes('two'));
    const lines = (await run('logs loud --recent')).split('\n').filter((line) => /(?:one|two)$/.test(line));
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/^ {3}\S+ \[APP\/PROC\/WEB\/0\] OUT (?:one|two)$/);
  });

  it('takes no further step when whoever typed the command has gone', async () => {
    const gone = new AbortController();
    gone.abort();
    const { exitCode, out } = await runCommand(world, push.split(' '), { signal: gone.signal });
    expect(exitCode).toBe(130);
    expect(out).toBe('');
    expect(world.controller.apps()).toEqual([]);
  });

  it('uses the folder where it is typed: for the manifest, for -c and, without a path, for the app itself', async () => {
    const cwd = join(world.folder, 'elsewhere');
    mkdirSync(cwd, { recursive: true });
    world.write('elsewhere/server.js', '');
    world.write('elsewhere/package.json', '{"name":"here","version":"1.0.0"}');
    world.write('elsewhere/manifest.yml', 'applications: [{name: here, no-route: true}]');
    world.write('elsewhere/parameters.json', '{"xsappname":"here"}');
    expect((await runCommand(world, ['push', '--no-start'], { cwd })).out).toContain(`path: ${cwd}\n`);
    const { exitCode } = await runCommand(world, 'cs xsuaa application uaa -c parameters.json'.split(' '), { cwd });
    expect(exitCode).toBe(0);
  });

  it('renames the only app of a manifest, and picks one of several by its name', async () => {
    world.write('one.yml', 'applications: [{name: before, path: shop, no-route: true}]');
    expect(await run('push after -f one.yml --no-start')).toContain('name: after');
    await run('push second -f two.yml --no-start');
    expect(world.controller.apps().map(({ name }) => name)).toEqual(['after', 'second']);
  });

  it('lets flags win over the manifest, also in the web process of `processes`', async () => {
    world.write(
      'processes.yml',
      'applications: [{name: p, path: shop, no-route: true, memory: 1G, processes: [{type: web, memory: 512M, instances: 3}]}]',
    );
    await run('push -f processes.yml --no-start -m 96M -i 1 -t 20 -c', 'node server.js');
    const { process } = await world.controller.app('p');
    expect(process).toMatchObject({ memoryMb: 96, wantedInstances: 1, timeoutSeconds: 20, command: 'node server.js' });
  });

  it('keeps what a manifest leaves out of the health check, until its type changes', async () => {
    world.write(
      'http.yml',
      'applications: [{name: h, path: shop, no-route: true, health-check-type: http, health-check-http-endpoint: /a}]',
    );
    world.write(
      'slow.yml',
      'applications: [{name: h, path: shop, no-route: true, health-check-invocation-timeout: 5}]',
    );
    world.write('port.yml', 'applications: [{name: h, path: shop, no-route: true, health-check-type: port}]');
    const checkOf = async () => (await world.controller.app('h')).process.healthCheck;
    await run('push -f http.yml --no-start');
    await run('push -f slow.yml --no-start');
    expect(await checkOf()).toEqual({ type: 'http', httpEndpoint: '/a', invocationTimeoutSeconds: 5 });
    await run('push -f port.yml --no-start');
    expect(await checkOf()).toEqual({ type: 'port' });
  });

  it('ends a start that takes longer than CF_STARTUP_TIMEOUT with a hint at $PORT', async () => {
    world.write('deaf/package.json', '{"name":"deaf","version":"1.0.0"}');
    world.write('deaf/server.js', 'setInterval(() => {}, 1000);');
    const session = CfSession.loggedIn(target, { startupTimeoutMinutes: 0.01 });
    const argv = 'push deaf --no-manifest -p deaf -m 64M --no-route -c'.split(' ').concat('exec node server.js');
    const { exitCode, err, out } = await runCommand(world, argv, { session });
    expect(exitCode).toBe(1);
    expect(err).toMatch(
      /Start app timeout\n\nTIP: Application must be listening on the right port\..*\n\nUse 'cf logs deaf --recent'/,
    );
    expect(out.endsWith('FAILED\n')).toBe(true);
    expect(out).not.toContain('requested state:');
  });

  it('deletes nothing of an app whose route another app has too, when the route should go as well', async () => {
    for (const name of ['first', 'second'])
      world.write(
        `${name}.yml`,
        `applications: [{name: ${name}, path: shop, routes: [{route: both.cfapps.localhost}]}]`,
      );
    await run('push -f first.yml --no-start');
    await run('push -f second.yml --no-start');
    const { exitCode, err, out } = await runCommand(world, ['delete', 'first', '-r', '-f']);
    expect(exitCode).toBe(1);
    expect(err).toBe(
      "App 'first' was not deleted because route 'both.cfapps.localhost' is mapped to more than one app.\n",
    );
    expect(out).toMatch(
      /\nFAILED\n\nTIP: Run 'cf delete first' to delete the app and 'cf delete-route' to delete the route\.\n$/,
    );
    await run('delete first -f');
  });
});
