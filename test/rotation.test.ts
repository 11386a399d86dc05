import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppJson } from './support/app-json';
import { succeed } from './support/bindings';
import { getJson, until } from './support/http';
import { startLoad, type Load } from './support/load';
import { listAppProcesses } from './support/processes';
import { root, startLandscape, type RunningLandscape } from './support/running-landscape';
import { listConnectionsTo } from './support/tcp-connections';
import { findMissingLine, movePorts, readTutorial, TutorialShell, type TutorialStep } from './support/tutorial';

const LIMIT_MS = 120_000;
const RUNBOOK = join(root, 'docs', 'rotation.md');
/** How long the load goes on after a rotation. */
const AFTERMATH_REQUESTS = 200;

// What a process holds, files and connections, is read from /proc.
const describeOnLinux = process.platform === 'linux' ? describe : describe.skip;

/** A3, S2-7: the commands of the runbook, under load, on what `npm start` deploys. */
describeOnLinux('rotation under load', () => {
  const steps = readTutorial(RUNBOOK);
  let landscape: RunningLandscape;
  let shell: TutorialShell;
  let folder: string;
  let load: Load;

  beforeAll(async () => {
    landscape = await startLandscape();
    folder = mkdtempSync(join(tmpdir(), 'rotation-'));
    for (const name of ['destination', 'node_modules']) symlinkSync(join(root, name), join(folder, name), 'dir');
    await pushWithBindingsInFiles();
    shell = new TutorialShell({ cwd: folder, env: landscape.env });
    for (const step of chapter('Renewing keys and certificates without losing a request')) await execute(step);
  }, LIMIT_MS);

  beforeEach(async () => {
    for (const path of ['/app', '/homepage']) expect((await page(path)).status).toBe(200);
    load = startLoad(['/app', '/homepage'].map((path) => landscape.url('frontend') + path));
    await until(
      'load',
      async () => load.answered(),
      (count) => count >= AFTERMATH_REQUESTS,
    );
  }, LIMIT_MS);

  afterEach(() => load.stop());

  afterAll(async () => {
    await shell?.end();
    await landscape?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }, LIMIT_MS);

  it(
    'lets a new keystore of the destination take the place of the old one',
    async () => {
      const before = await thumbprintAt('/app');
      const [renew, remove] = chapter('The keystore of the destination');
      await execute(renew);
      const after = await untilAnotherThan(before, () => thumbprintAt('/app'));
      await execute(remove);
      await expectNoFailure();
      expect(await thumbprintAt('/app')).toBe(after);
    },
    LIMIT_MS,
  );

  it(
    'fetches tokens with the new keystore itself, and says so, while the Destination Service keeps the old token',
    async () => {
      await succeed(landscape.control('destination', 'keep-tokens', 'on'));
      const before = await thumbprintAt('/app');
      const [renew] = chapter('The keystore of the destination');
      const again = movePorts(renew?.commands ?? '', landscape.portBase).replaceAll('destination-2', 'destination-3');
      // It is deployed, and `mtls` warns of the token.
      expect(await shell.run(again)).toMatchObject({ code: 1, output: expect.stringContaining('replaced') });
      await untilAnotherThan(before, () => thumbprintAt('/app'));
      const { body } = await page('/app');
      expect(body.notes).toEqual([expect.objectContaining({ code: 'token-fetched-with-keystore' })]);
      expect(body.token?.claims.cnf?.['x5t#S256']).toBe(body.certificate?.['x5t#S256']);
      await expectNoFailure();
      await succeed(landscape.control('destination', 'keep-tokens', 'off'));
    },
    LIMIT_MS,
  );

  it(
    'replaces bindings by a rolling restart',
    async () => {
      const processes = listAppProcesses(landscape);
      const before = await thumbprintAt('/homepage');
      for (const step of chapter('The bindings of an app')) await execute(step);
      await expectNoFailure();
      expect(await thumbprintAt('/homepage')).not.toBe(before);
      expect(listAppProcesses(landscape)).not.toEqual(processes);
    },
    LIMIT_MS,
  );

  it(
    'replaces bindings that come in files without a restart, and closes the connections of the old ones',
    async () => {
      const processes = listAppProcesses(landscape);
      const connections = frontendConnections();
      const before = [await thumbprintAt('/homepage'), await bindingOfDestination()];
      const [deliver, cleanUp] = chapter('Bindings without a restart');
      await execute(deliver);
      await untilAnotherThan(before[0], () => thumbprintAt('/homepage'));
      expect(await bindingOfDestination()).not.toBe(before[1]);
      await until('the backend has its new binding', () => logOf('backendmtls'), usesChangedFiles);
      await execute(cleanUp);
      await expectNoFailure();
      expect(listAppProcesses(landscape)).toEqual(processes);
      expect(connections.length).toBeGreaterThan(3);
      expect(frontendConnections().filter((connection) => connections.includes(connection))).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    'goes on with what it has while a file of bindings is half written, and takes the whole one',
    async () => {
      const processes = listAppProcesses(landscape);
      const before = await thumbprintAt('/homepage');
      const [deliver] = chapter('Bindings without a restart');
      const file = findServicesFile('frontendmtls', processes);
      truncateSync(file, Math.floor(statSync(file).size / 2));
      const health = () => getJson(`${landscape.url('frontend')}/health`);
      await until('the frontend finds half of the file', health, ({ body }) => 'bindings' in (body as object));
      expect(await health()).toMatchObject({ status: 200, body: { status: 'up', bindings: 'outdated' } });
      expect(await thumbprintAt('/homepage')).toBe(before);
      await execute(deliver);
      await untilAnotherThan(before, () => thumbprintAt('/homepage'));
      const { status, body } = await health();
      expect([status, 'bindings' in (body as object)]).toEqual([200, false]);
      await expectNoFailure();
      expect(listAppProcesses(landscape)).toEqual(processes);
    },
    LIMIT_MS,
  );

  /** The steps of a part of the runbook. */
  function chapter(heading: string): TutorialStep[] {
    const found = steps.filter((step) => step.heading === heading);
    if (found.length === 0) throw new Error(`${RUNBOOK} has no commands under "${heading}".`);
    return found;
  }

  async function execute(step: TutorialStep | undefined): Promise<void> {
    const { commands = '', expected = [], exitCode } = step ?? {};
    const { code, output } = await shell.run(movePorts(commands, landscape.portBase));
    expect({ commands, output, code, missing: findMissingLine(output, expected) }).toEqual({
      commands,
      output,
      code: exitCode,
      missing: undefined,
    });
  }

  const page = (path: string) => getJson<AppJson>(landscape.url('frontend') + path);

  async function thumbprintAt(path: string): Promise<string> {
    const thumbprint = (await page(path)).body.certificate?.['x5t#S256'];
    if (thumbprint === undefined) throw new Error(`${path} shows no certificate.`);
    return thumbprint;
  }

  /** The certificate with which the frontend fetches its tokens for the Destination Service. */
  async function bindingOfDestination(): Promise<string | undefined> {
    const hop = (await page('/app')).body.hops.find(({ to }) => to === 'xsuaa');
    return hop?.authentication['x5t#S256'];
  }

  const untilAnotherThan = (before: string | undefined, read: () => Promise<string>): Promise<string> =>
    until('another certificate', read, (thumbprint) => thumbprint !== before);

  async function expectNoFailure(): Promise<void> {
    const soFar = load.answered();
    await until(
      'more requests',
      async () => load.answered(),
      (count) => count >= soFar + AFTERMATH_REQUESTS,
    );
    const { failures } = await load.stop();
    expect(failures).toEqual([]);
  }

  function frontendConnections(): string[] {
    const ports = (['certificate', 'xsuaaCertificate', 'identity', 'destination'] as const).map((route) =>
      Number(new URL(landscape.url(route)).port),
    );
    return ports.flatMap(listConnectionsTo);
  }

  const logOf = async (app: string) => succeed(landscape.cf('logs', app, '--recent'));

  /** The same apps with bindings in files and short cache times: what a manifest does not name stays as it is. */
  async function pushWithBindingsInFiles(): Promise<void> {
    const application = (name: string, path: string, env: object) => ({
      name,
      path: join(root, path, 'dist'),
      features: { 'file-based-vcap-services': true },
      env: { RELOAD_CHECK_SECONDS: '1', ...env },
    });
    const applications = [
      application('backendmtls', 'backend', {}),
      application('frontendmtls', 'frontend', { DESTINATION_CACHE_SECONDS: '1' }),
    ];
    const manifest = join(folder, 'manifest.yml');
    writeFileSync(manifest, JSON.stringify({ version: 1, applications })); // JSON is YAML
    await succeed(landscape.cf('push', '-f', manifest));
  }
});

/** Reads it from the environment of the processes: which folder a container has is the landscape's business. */
function findServicesFile(app: string, processes: readonly number[]): string {
  const environments = processes.map((id) => readFileSync(`/proc/${id}/environ`, 'utf8').split('\0'));
  const own = environments.find((variables) => variables.some((variable) => variable.includes(`"name":"${app}"`)));
  const [, file] = own?.find((variable) => variable.startsWith('VCAP_SERVICES_FILE_PATH='))?.split('=') ?? [];
  if (file === undefined) throw new Error(`No process of ${app} has its bindings in a file.`);
  return file;
}

function usesChangedFiles(log: string): boolean {
  return log.includes('the changed files are in use');
}
