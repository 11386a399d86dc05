import { renameSync, writeFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import type { ContainerRegistry } from './cf/cell';
import { findByEnvironment, isAlive, processStartToken } from './cf/process-table';
import { errorCode } from './error-code';

/** Another landscape uses the state folder; the message names its process and the remedies. */
export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';
  readonly pid: number;

  constructor(pid: number, stateFolder: string) {
    super(
      `A landscape (process ${pid}) already runs with the state folder ${stateFolder}. End it with Ctrl+C or kill ${pid}, ` +
        'or run this one beside it with another LANDSCAPE_HOME and another LANDSCAPE_PORT_BASE.',
    );
    this.pid = pid;
  }
}

/** Every work folder begins so: nothing else is ever removed. */
export const WORK_FOLDER_PREFIX = 'mtls-landscape-';

/** From 2 on: the group of a wrong id would be everything. */
const containerSchema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(2)),
  startToken: v.optional(v.string()),
});
type ProcessNote = v.InferOutput<typeof containerSchema>;

const lockSchema = v.object({
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  startToken: v.optional(v.string()),
  workFolder: v.optional(v.string()),
  containers: v.record(v.string(), containerSchema),
});
type LockContent = v.InferOutput<typeof lockSchema>;

/**
 * The file that makes a state folder one landscape's own. It also says which processes and files this landscape has, so
 * that the next one can remove what a dead one could not.
 */
export class LandscapeLock implements ContainerRegistry {
  readonly #file: string;
  #content: LockContent;

  private constructor(file: string, content: LockContent) {
    this.#file = file;
    this.#content = content;
  }

  /**
   * Takes the lock, from a landscape that is dead if need be: what it left behind is removed first.
   * @throws {AlreadyRunningError}
   */
  static async acquire(stateFolder: string): Promise<LandscapeLock> {
    const file = join(stateFolder, 'landscape.lock');
    const own: LockContent = { ...(await describeProcess(process.pid)), containers: {} };
    const draft = `${file}.${process.pid}`;
    await writeFile(draft, JSON.stringify(own), { mode: 0o600 });
    try {
      while (!(await tryLink(draft, file))) {
        const text = await readFile(file, 'utf8').catch(() => ''); // just released
        const previous = parseLock(text);
        if (previous !== undefined && (await isSameProcess(previous)))
          throw new AlreadyRunningError(previous.pid, stateFolder);
        if (previous !== undefined) await removeLeftovers(previous);
        await removeStale(file, text);
      }
    } finally {
      await rm(draft, { force: true });
    }
    return new LandscapeLock(file, own);
  }

  /** Notes the folder that must not outlive the landscape. */
  setWorkFolder(workFolder: string): void {
    this.#write({ ...this.#content, workFolder });
  }

  add(guid: string, { pid, startToken }: { readonly pid: number; readonly startToken: string | undefined }): void {
    const process = startToken === undefined ? { pid } : { pid, startToken };
    this.#write({ ...this.#content, containers: { ...this.#content.containers, [guid]: process } });
  }

  remove(guid: string): void {
    const { [guid]: _removed, ...containers } = this.#content.containers;
    this.#write({ ...this.#content, containers });
  }

  async release(): Promise<void> {
    await rm(this.#file, { force: true });
  }

  /** Synchronous: a container must be on file before anything else happens. */
  #write(content: LockContent): void {
    this.#content = content;
    const draft = `${this.#file}.draft`;
    writeFileSync(draft, JSON.stringify(content), { mode: 0o600 });
    renameSync(draft, this.#file);
  }
}

/** A link appears with its whole content or not at all. */
async function tryLink(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Two starts may find the same dead lock: only the one whose text is still there is removed. */
async function removeStale(file: string, text: string): Promise<void> {
  const aside = `${file}.stale.${process.pid}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== text) await tryLink(aside, file);
  await rm(aside, { force: true });
}

async function removeLeftovers({ containers, workFolder }: LockContent): Promise<void> {
  for (const [guid, container] of Object.entries(containers)) {
    for (const pid of findByEnvironment(`INSTANCE_GUID=${guid}`)) kill(pid);
    if (container.startToken !== undefined && (await isSameProcess(container))) kill(-container.pid);
  }
  if (workFolder !== undefined && basename(workFolder).startsWith(WORK_FOLDER_PREFIX))
    await rm(workFolder, { recursive: true, force: true, maxRetries: 3 });
}

async function isSameProcess({ pid, startToken }: ProcessNote): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const now = await processStartToken(pid);
  // Where a system does not say when a process began, a living process counts as the same.
  return startToken === undefined || now === undefined || now === startToken;
}

async function describeProcess(pid: number): Promise<ProcessNote> {
  const startToken = await processStartToken(pid);
  return startToken === undefined ? { pid } : { pid, startToken };
}

function parseLock(text: string): LockContent | undefined {
  try {
    return v.parse(lockSchema, JSON.parse(text));
  } catch {
    return undefined; // damaged by a crash of the machine
  }
}

function kill(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // It is gone.
  }
}
