import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../src/cf/process-table';
import { runRemote } from '../src/control/client';
import { buildMain, runMain, type LandscapeProcess } from './support/landscape-process';
import { findPortBase, isPortFree } from './support/port-base';
import { environmentServer, packageJson } from './support/test-controller';
import { until } from './support/until';

const root = join(__dirname, '..', '..');

interface LockFile {
  readonly pid: number;
  readonly workFolder: string;
  readonly containers: Readonly<Record<string, { readonly pid: number }>>;
}

// Processes start slowly where everything else runs at the same time.
jest.setTimeout(30_000);

describe('the process of npm start', () => {
  const processes: LandscapeProcess[] = [];
  let main: { readonly file: string; remove(): void };
  let folder: string;
  let home: string;
  let portBase: number;

  beforeAll(async () => {
    main = await buildMain();
  });

  afterAll(() => main.remove());

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'main-test-'));
    home = join(folder, 'home');
    portBase = await findPortBase();
  });

  afterEach(async () => {
    for (const { child, ended } of processes.splice(0)) {
      child.kill('SIGTERM');
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  });

  function run(...args: string[]): LandscapeProcess {
    const started = runMain(main.file, {
      args,
      cwd: folder,
      env: { LANDSCAPE_HOME: home, LANDSCAPE_PORT_BASE: String(portBase) },
    });
    processes.push(started);
    return started;
  }

  async function cf(...argv: string[]): Promise<string> {
    let text = '';
    const add = (chunk: string): void => void (text += chunk);
    const io = { isTerminal: false, out: add, err: add, prompt: async () => undefined };
    const { exit } = await runRemote(home, { command: 'cf', argv, cwd: folder }, io);
    if (exit !== 0) throw new Error(text);
    return text;
  }

  async function startWithApp(): Promise<{ readonly process: LandscapeProcess; readonly lock: LockFile }> {
    await writeFile(join(folder, 'package.json'), packageJson);
    await writeFile(join(folder, 'server.js'), environmentServer);
    const started = run('--empty');
    await started.untilPrinted(/^ready {2}https/m);
    await cf('push', 'hello', '-c', 'exec node server.js', '-m', '128M');
    return { process: started, lock: readLock() };
  }

  function readLock(): LockFile {
    return JSON.parse(readFileSync(join(home, 'landscape.lock'), 'utf8')) as LockFile;
  }

  async function expectNothingLeft({ containers, workFolder }: LockFile): Promise<void> {
    for (const { pid } of Object.values(containers)) await until(`process ${pid} is gone`, () => !isAlive(pid));
    await until('the work folder is gone', () => !existsSync(workFolder));
    for (const offset of [1, 101, 444, 445, 446])
      await until(`port ${offset} is free`, () => isPortFree(portBase + offset));
  }

  /** The shipped descriptors, with one change to those whose name matches. */
  async function copyDescriptors(changed: RegExp, change: (text: string) => string): Promise<void> {
    const names = readdirSync(root).filter((name) =>
      /^(?:manifest.*\.yml|vars\.yml|xs-.*\.json|config.*\.json)$/.test(name),
    );
    for (const name of names) {
      const text = await readFile(join(root, name), 'utf8');
      await writeFile(join(folder, name), changed.test(name) ? change(text) : text);
    }
    await cp(join(root, 'destination'), join(folder, 'destination'), { recursive: true });
    for (const app of ['backend', 'frontend']) {
      await mkdir(join(folder, app, 'dist'), { recursive: true });
      await writeFile(join(folder, app, 'dist', 'package.json'), packageJson);
      await writeFile(join(folder, app, 'dist', 'server.js'), environmentServer);
    }
  }

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('ends cleanly on %s', async (signal) => {
    const { process: started, lock } = await startWithApp();
    expect(Object.keys(lock.containers)).toHaveLength(1);
    started.child.kill(signal);
    expect(await started.ended).toBe(0);
    await expectNothingLeft(lock);
    expect(readdirSync(home).sort()).toEqual(['ca', 'signing-keys', 'users.json']);
  });

  it('leaves no process after kill -9, and the next start works', async () => {
    const { process: started, lock } = await startWithApp();
    started.child.kill('SIGKILL');
    expect(await started.ended).toBe('SIGKILL');
    await expectNothingLeft(lock);
    const next = run('--empty');
    await next.untilPrinted(/^ready {2}https/m);
    expect(readLock().pid).toBe(next.child.pid);
  });

  it('ends cleanly when it is interrupted while it deploys', async () => {
    await copyDescriptors(/none/, (text) => text);
    // Never healthy: the push waits.
    await writeFile(join(folder, 'backend', 'dist', 'server.js'), 'setInterval(() => {}, 1000)');
    const started = run();
    await started.untilPrinted(/cf push/);
    await until('the app runs', () => Object.keys(readLock().containers).length > 0);
    const lock = readLock();
    started.child.kill('SIGINT');
    expect(await started.ended).toBe(130);
    await expectNothingLeft(lock);
    expect(started.output()).not.toMatch(/^ready/m);
  });

  it.each([
    {
      what: 'a misspelt key of the manifest',
      file: /^manifest/,
      change: (text: string) => text.replace('memory: 128M', 'memroy: 128M'),
      message: /manifest[a-z-]*\.yml:\d+:\d+: .*memroy/,
    },
    {
      what: 'a variable without a value',
      file: /^vars/,
      change: (text: string) => text.replace(/^suffix:.*$/m, ''),
      message: /manifest[a-z-]*\.yml:\d+:\d+: .*suffix/,
    },
    {
      what: 'wrong YAML',
      file: /^manifest/,
      change: (text: string) => text.replace('memory: 128M', 'memory: "128M'),
      message: /manifest[a-z-]*\.yml:\d+/,
    },
    {
      what: 'a parameter of the instance that its service does not know',
      file: /^config_ias/,
      change: (text: string) => text.replace('{', '{ "credential-types": ["X509_GENERATED"],'),
      message: /cf create-service identity [\s\S]*"credential-types" is unknown/,
    },
    {
      what: 'wrong JSON',
      file: /^xs-security/,
      change: (text: string) => text.replace(/\}\s*$/, ',}'),
      message: /xs-security\.json/,
    },
    {
      what: 'a broken file that is only used later',
      file: /^config-binding/,
      change: (text: string) => text.replace('"validity": 1', '"validity": 31'),
      message: /config-binding\.json: .*validity/,
    },
    {
      what: "parameters that the service's broker refuses",
      file: /^manifest/,
      change: (text: string) => text.replace('validity: 30', 'validity: 31'),
      message: /For application 'backendmtls': For service 'mtlsXsuaa': Service broker error: .*valid/,
    },
    {
      what: "another service's name of a credential type",
      file: /^manifest/,
      change: (text: string) => text.replace('X509_GENERATED', 'x509'),
      message: /For application 'frontendmtls': For service 'clicreIas': .*"x509" is X509_GENERATED here/,
    },
    {
      what: 'a misspelt key of a manifest that is not pushed here',
      file: /^manifest-ias/,
      change: (text: string) => text.replace('memory: 128M', 'memroy: 128M'),
      message: /manifest-ias\.yml:\d+:\d+: .*memroy/,
    },
  ])('fails for $what, says where, and leaves nothing behind', async ({ file, change, message }) => {
    await copyDescriptors(file, change);
    const started = run();
    expect(await started.ended).toBe(1);
    expect(started.output()).toMatch(/ \.\.\. failed after /);
    expect(started.output()).toMatch(message);
    expect(started.output()).not.toMatch(/^\s+at /m);
    expect(readdirSync(home).sort()).toEqual(['ca', 'signing-keys', 'users.json']);
    expect(await isPortFree(portBase + 444)).toBe(true);
  });

  it('shows the log of an app that does not start', async () => {
    await copyDescriptors(/none/, (text) => text);
    await writeFile(join(folder, 'backend', 'dist', 'server.js'), "console.error('no such binding'); process.exit(1)");
    const started = run();
    expect(await started.ended).toBe(1);
    expect(started.output()).toMatch(/The last lines of cf logs backendmtls --recent:[\s\S]*no such binding/);
  });

  it('names a port that is in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(portBase + 445, '127.0.0.1', resolve));
    const started = run('--empty');
    expect(await started.ended).toBe(1);
    expect(started.output()).toMatch(new RegExp(`Port ${portBase + 445}, for xsuaa, is in use .*LANDSCAPE_PORT_BASE`));
    other.close();
  });

  it('names a wrong setting', async () => {
    const started = runMain(main.file, {
      args: [],
      cwd: folder,
      env: { LANDSCAPE_HOME: home, LANDSCAPE_PORT_BASE: 'x' },
    });
    expect(await started.ended).toBe(1);
    expect(started.output()).toContain('LANDSCAPE_PORT_BASE is "x"');
  });

  it('explains its options, and refuses others', async () => {
    const help = run('--help');
    expect(await help.ended).toBe(0);
    expect(help.output()).toMatch(/--empty[\s\S]*LANDSCAPE_PORT_BASE/);
    const unknown = run('--nope');
    expect(await unknown.ended).toBe(1);
    expect(unknown.output()).toContain("unknown option '--nope'");
  });
});
