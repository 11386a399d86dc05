import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { CfSession, runCf } from '../../src/cf/command/run-cf';
import { readCfClientSettings } from '../../src/cf/settings';
import { ControlServer } from '../../src/control/server';
import { controlSocketPath } from '../../src/control/socket-path';
import { until } from '../support/until';
import { writeProjectFiles } from './project-files';
import { startWorld, target, type World } from './world';

const repository = resolve(__dirname, '../../..');

describe('the bin cf', () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'cf-client-')));
  const [home, state, program] = [join(root, 'home'), join(root, 'state'), join(root, 'cf.js')];
  let world: World;
  let server: ControlServer;
  let cancelled = 0;

  beforeAll(async () => {
    mkdirSync(home);
    mkdirSync(state, { mode: 0o700 });
    const options = [
      '--bundle',
      '--platform=node',
      '--packages=external',
      `--outfile=${program}`,
      '--log-level=warning',
    ];
    execFileSync(join(repository, 'node_modules/.bin/esbuild'), [join(repository, 'landscape/src/cf.ts'), ...options]);
    world = await startWorld();
    writeProjectFiles(world);
    server = await ControlServer.start(controlSocketPath(state), {
      async cf({ argv, cwd, io, session: kept, signal }) {
        signal.addEventListener('abort', () => (cancelled += 1));
        const session = CfSession.parse(kept, target);
        const exit = await runCf(argv, { cwd, io, controller: world.controller, session, signal });
        return { exit, session: session.toJSON() };
      },
      landscape: async () => ({ exit: 0 }),
    });
  }, 30_000);

  afterEach(() => {
    for (const folder of [home, state])
      for (const name of readdirSync(folder)) if (name.endsWith('.json')) rmSync(join(folder, name));
  });

  afterAll(async () => {
    await server.stop();
    await world.stop();
    rmSync(root, { recursive: true, force: true });
  });

  function start(argv: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    return spawn(process.execPath, [program, ...argv], {
      cwd: world.folder,
      env: { HOME: home, LANDSCAPE_HOME: state, NODE_PATH: join(repository, 'node_modules'), ...env },
      stdio: 'pipe',
    });
  }

  async function cf(command: string, options: { input?: string; env?: Record<string, string> } = {}) {
    const child = start(command.split(' '), options.env);
    child.stdin?.end(options.input ?? '');
    const read = (stream: ChildProcess['stdout']) => (stream === null ? Promise.resolve('') : text(stream));
    const [out, err] = await Promise.all([read(child.stdout), read(child.stderr), once(child, 'close')]);
    return { out, err, exit: child.exitCode };
  }

  it('relays both streams and the exit code, and takes paths from where it is typed', async () => {
    expect(await cf('cs xsuaa application uaa -c xs-security.json')).toEqual({
      out: 'Creating service instance uaa in org my-org / space dev as reader@example.com...\n\nService instance uaa created.\nOK\n\n',
      err: '',
      exit: 0,
    });
    expect(await cf('service nobody --guid')).toEqual({
      out: 'FAILED\n',
      err: "Service instance 'nobody' not found\n",
      exit: 1,
    });
    expect((await cf('curl /v3/none --fail')).exit).toBe(22);
  });

  it('answers prompts from its input and keeps who is logged in, readable by nobody else', async () => {
    const { out, exit } = await cf('login', { input: 'me@example.com\nsecret\n' });
    expect(exit).toBe(0);
    expect(out).toContain('Email: \nPassword: \nAuthenticating...\nOK\n');
    const file = join(state, 'cf-session.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain('secret');
    expect((await cf('target')).out).toContain('user:           me@example.com');
    await cf('logout');
    expect((await cf('apps')).err).toBe("Not logged in. Use 'cf login' or 'cf login --sso' to log in.\n");
    expect(readdirSync(home)).toEqual([]);
  });

  it('keeps its session in CF_HOME when that is set, and leaves what the real cf keeps there alone', async () => {
    const env = { CF_HOME: home };
    mkdirSync(join(home, '.cf'), { recursive: true });
    await cf('logout', { env });
    expect(readdirSync(home).sort()).toEqual(['.cf', '.cf-landscape-session.json']);
    expect(readdirSync(join(home, '.cf'))).toEqual([]);
    expect((await cf('apps', { env })).exit).toBe(1);
    expect((await cf('apps')).exit).toBe(0);
    rmSync(join(home, '.cf'), { recursive: true });
  });

  it('takes a damaged session for none', async () => {
    writeFileSync(join(state, 'cf-session.json'), '{"api": ');
    expect((await cf('apps')).exit).toBe(0);
  });

  it('lets CF_COLOR decide about colours, and FORCE_TTY make a terminal of a pipe', async () => {
    expect((await cf('apps')).out).not.toContain('\u001b[');
    expect((await cf('apps', { env: { CF_COLOR: 'true' } })).out).toContain('\u001b[');
    expect((await cf('apps', { env: { FORCE_TTY: 'true' } })).out).toContain('\u001b[');
    expect((await cf('apps', { env: { FORCE_TTY: 'true', CF_COLOR: 'false' } })).out).not.toContain('\u001b[');
  });

  it('cancels the command in the landscape when it is interrupted', async () => {
    await cf('push shop --no-manifest -p shop -m 64M --no-start --no-route');
    const before = cancelled;
    const child = start(['logs', 'shop']);
    let out = '';
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    await until('it follows the log', () => out.includes('Retrieving logs'));
    child.kill('SIGINT');
    await once(child, 'close');
    await until('the landscape knows', () => cancelled === before + 1);
  });

  it('says how to start a landscape when none runs, but tells its version all the same', async () => {
    const env = { LANDSCAPE_HOME: join(root, 'nowhere') };
    const { out, err, exit } = await cf('apps', { env });
    expect([out, exit]).toEqual(['FAILED\n', 1]);
    expect(err).toContain(join(root, 'nowhere'));
    expect(err).toContain('npm start -- --empty');
    expect(existsSync(join(root, 'nowhere'))).toBe(false);
    expect(await cf('version', { env })).toMatchObject({
      out: expect.stringMatching(/^cf version 8\./) as string,
      exit: 0,
    });
  });

  it('names a setting that cannot be used', async () => {
    const { err, out, exit } = await cf('apps', { env: { LANDSCAPE_PORT_BASE: 'many' } });
    expect([out, exit]).toEqual(['FAILED\n', 1]);
    expect(err).toContain('LANDSCAPE_PORT_BASE is "many"');
  });
});

describe('readCfClientSettings', () => {
  const settings = { stateFolder: '/state' };

  it('reads what it knows and ignores what makes no sense', () => {
    expect(readCfClientSettings(settings, {})).toEqual({
      sessionFile: '/state/cf-session.json',
      preferences: {},
      forceTerminal: false,
    });
    const env = { CF_HOME: '/home', CF_COLOR: 'TRUE', CF_STARTUP_TIMEOUT: '2', FORCE_TTY: 'true' };
    expect(readCfClientSettings(settings, env)).toEqual({
      sessionFile: '/home/.cf-landscape-session.json',
      preferences: { colour: true, startupTimeoutMinutes: 2 },
      forceTerminal: true,
    });
    expect(readCfClientSettings(settings, { CF_COLOR: 'blue', CF_STARTUP_TIMEOUT: '-1' }).preferences).toEqual({});
  });
});
