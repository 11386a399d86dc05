import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, processStartToken } from '../src/cf/process-table';
import { AlreadyRunningError, LandscapeLock, WORK_FOLDER_PREFIX } from '../src/landscape-lock';
import { until } from './support/until';

describe('LandscapeLock', () => {
  const children: ChildProcess[] = [];
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lock-test-'));
    file = join(folder, 'landscape.lock');
  });

  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  async function sleeper(env: Record<string, string> = {}): Promise<number> {
    const child = spawn('sleep', ['1000'], { detached: true, env, stdio: 'ignore' });
    children.push(child);
    await once(child, 'spawn');
    if (child.pid === undefined) throw new Error('sleep did not start.');
    return child.pid;
  }

  async function deadPid(): Promise<number> {
    const child = spawn('true', { stdio: 'ignore' });
    await once(child, 'exit');
    return child.pid ?? 0;
  }

  it('keeps others out, naming the process that has it, until it is released', async () => {
    const lock = await LandscapeLock.acquire(folder);
    const second = LandscapeLock.acquire(folder);
    await expect(second).rejects.toThrow(AlreadyRunningError);
    await expect(second).rejects.toThrow(
      `A landscape (process ${process.pid}) already runs with the state folder ${folder}.`,
    );
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await lock.release();
    await (await LandscapeLock.acquire(folder)).release();
    expect(await readdir(folder)).toEqual([]);
  });

  it('lets exactly one of several that start at once have it', async () => {
    await writeFile(file, JSON.stringify({ pid: await deadPid(), containers: {} }));
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => LandscapeLock.acquire(folder)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('takes over from a dead landscape', async () => {
    await writeFile(file, JSON.stringify({ pid: await deadPid(), containers: {} }));
    await LandscapeLock.acquire(folder);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ pid: process.pid });
    expect(await readdir(folder)).toEqual(['landscape.lock']);
  });

  it('takes over when another process has the id of the dead landscape', async () => {
    await writeFile(file, JSON.stringify({ pid: await sleeper(), startToken: 'boot:1', containers: {} }));
    await LandscapeLock.acquire(folder);
  });

  it('takes over a lock that a crash of the machine has damaged', async () => {
    await writeFile(file, '{"pid":');
    await LandscapeLock.acquire(folder);
  });

  it('ends containers and removes the work folder that a dead landscape left', async () => {
    const byEnvironment = await sleeper({ INSTANCE_GUID: 'left-1' });
    const byToken = await sleeper();
    const workFolder = await mkdtemp(join(tmpdir(), WORK_FOLDER_PREFIX));
    const containers = {
      'left-1': { pid: await deadPid() },
      'left-2': { pid: byToken, startToken: await processStartToken(byToken) },
    };
    await writeFile(file, JSON.stringify({ pid: await deadPid(), workFolder, containers }));
    await LandscapeLock.acquire(folder);
    await until('both are gone', () => !isAlive(byToken) && (process.platform !== 'linux' || !isAlive(byEnvironment)));
    expect(existsSync(workFolder)).toBe(false);
  });

  it('leaves alone a process that only has the id of a container, and a folder that is not its own', async () => {
    const foreign = await sleeper();
    const foreignFolder = join(folder, 'precious');
    mkdirSync(foreignFolder);
    const containers = { gone: { pid: foreign, startToken: 'boot:1' } };
    await writeFile(file, JSON.stringify({ pid: await deadPid(), workFolder: foreignFolder, containers }));
    await LandscapeLock.acquire(folder);
    expect(isAlive(foreign)).toBe(true);
    expect(existsSync(foreignFolder)).toBe(true);
  });

  it('writes down the containers that run', async () => {
    const lock = await LandscapeLock.acquire(folder);
    const workFolder = join(folder, 'work');
    lock.setWorkFolder(workFolder);
    lock.add('a', { pid: 4711, startToken: 'boot:7' });
    lock.add('b', { pid: 4712, startToken: undefined });
    lock.remove('a');
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      workFolder,
      containers: { b: { pid: 4712 } },
    });
  });
});
