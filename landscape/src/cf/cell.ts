import { constants } from 'node:fs';
import { cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { errorCode } from '../error-code';
import type { HealthCheck, LogLine } from './app-types';
import { Container, type ContainerExit } from './container';
import { VCAP_SERVICES_FILE, type ContainerFolders } from './container-environment';
import type { ContainerPorts } from './container-ports';
import { processStartToken, readGroupUsage, type GroupUsage } from './process-table';
import type { Reaper } from './reaper';
import type { InstanceIdentity } from './vcap';

const SAMPLE_INTERVAL_MS = 5_000;
const MEGABYTE = 1024 * 1024;

/** What every instance of an app runs, fixed when the app is started: later changes need a restart. */
export interface LaunchPlan {
  readonly command: string;
  readonly dropletFolder: string;
  readonly memoryMb: number;
  readonly healthCheck: HealthCheck;
  readonly timeoutSeconds: number;
  readonly environment: (instance: InstanceIdentity, folders: ContainerFolders) => Record<string, string>;
  /** For the app feature `file-based-vcap-services`. */
  readonly servicesFile?: ServicesFile;
}

/** What the instances of an app find in the file of their bindings, those that start later as well. */
export interface ServicesFile {
  content: string;
}

export interface LaunchRequest {
  readonly plan: LaunchPlan;
  readonly index: number;
  readonly onLine: (stream: LogLine['stream'], line: string) => void;
  /** Called once when the container holds more memory than its limit, with what it holds in bytes. */
  readonly onOverLimit: (bytes: number) => void;
}

export interface LaunchedContainer extends InstanceIdentity {
  readonly exited: Promise<ContainerExit>;
  readonly usage: () => Promise<ContainerUsage>;
  /** Writes the file of the bindings anew, as the plan has it now. */
  readonly deliverBindings: () => Promise<void>;
  /** Ends the processes and removes the files. */
  readonly destroy: () => Promise<ContainerExit>;
}

export interface ContainerUsage {
  readonly memoryBytes: number;
  /** Share of one core since the last look. */
  readonly cpu: number;
}

/** Where running containers are written down, so that the next start can end what this one could not. */
export interface ContainerRegistry {
  add(guid: string, process: { readonly pid: number; readonly startToken: string | undefined }): void;
  remove(guid: string): void;
}

export interface CellOptions {
  /** Gets a folder a container; exists. */
  readonly folder: string;
  readonly ports: ContainerPorts;
  readonly reaper: Reaper;
  readonly registry: ContainerRegistry;
  /** Between SIGTERM and SIGKILL; a test shortens it. */
  readonly gracefulShutdownMs?: number;
}

interface Watched {
  readonly container: Container;
  readonly memoryMb: number;
  readonly onOverLimit: (bytes: number) => void;
  isOverLimit: boolean;
  usage: GroupUsage | undefined;
  sampledAt: number;
  cpu: number;
}

/** Runs containers, as a diego cell does: each in a folder, on a port and in a process group of its own. */
export class Cell {
  readonly #options: CellOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #sampler: NodeJS.Timeout;
  #closed = false;

  constructor(options: CellOptions) {
    this.#options = options;
    this.#sampler = setInterval(() => void this.#sample(), SAMPLE_INTERVAL_MS);
    this.#sampler.unref();
  }

  /** @throws when the container cannot be made, e.g. because its environment is too large for the system. */
  async launch({ plan, index, onLine, onOverLimit }: LaunchRequest): Promise<LaunchedContainer> {
    const { ports, reaper, registry, folder, gracefulShutdownMs } = this.#options;
    if (this.#closed) throw new Error('The landscape is ending: it starts no container.');
    const guid = randomUUID();
    const folders = containerFolders(join(folder, guid));
    const port = await ports.take();
    const dispose = async (): Promise<void> => {
      ports.release(port);
      await rm(folders.root, { recursive: true, force: true, maxRetries: 3 });
    };
    try {
      await fillFolders(folders, plan);
      const env = plan.environment({ guid, index, port }, folders);
      const timing = gracefulShutdownMs === undefined ? {} : { gracefulShutdownMs };
      const container = await Container.start({
        command: plan.command,
        folder: folders.app,
        env,
        reaper,
        onLine,
        ...timing,
      });
      registry.add(guid, { pid: container.pid, startToken: await processStartToken(container.pid) });
      const watched = this.#watch(guid, { container, memoryMb: plan.memoryMb, onOverLimit });
      return {
        guid,
        index,
        port,
        exited: container.exited,
        usage: () => this.#usageOf(watched),
        deliverBindings: () => writeServicesFile(folders, plan),
        destroy: async () => {
          const exit = await container.stop();
          this.#watched.delete(guid);
          registry.remove(guid);
          await dispose();
          return exit;
        },
      };
    } catch (error) {
      await dispose();
      throw describeLaunchError(error);
    }
  }

  /** Starts no container any more; those that run are the business of their apps. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#sampler);
  }

  #watch(guid: string, what: Pick<Watched, 'container' | 'memoryMb' | 'onOverLimit'>): Watched {
    const watched: Watched = { ...what, isOverLimit: false, usage: undefined, sampledAt: performance.now(), cpu: 0 };
    this.#watched.set(guid, watched);
    return watched;
  }

  async #usageOf(watched: Watched): Promise<ContainerUsage> {
    await this.#sample();
    return { memoryBytes: watched.usage?.memoryBytes ?? 0, cpu: watched.cpu };
  }

  async #sample(): Promise<void> {
    const all = [...this.#watched.values()];
    const usage = await readGroupUsage(new Set(all.map(({ container }) => container.pid)));
    const now = performance.now();
    for (const watched of all) {
      const current = usage.get(watched.container.pid);
      if (current === undefined) continue;
      const seconds = (now - watched.sampledAt) / 1000;
      // Two looks in quick succession would divide by nearly nothing.
      if (seconds >= 0.5) {
        watched.cpu = Math.max(0, current.cpuSeconds - (watched.usage?.cpuSeconds ?? 0)) / seconds;
        watched.sampledAt = now;
        watched.usage = current;
      } else watched.usage = { ...current, cpuSeconds: watched.usage?.cpuSeconds ?? 0 };
      if (!watched.isOverLimit && current.anonymousBytes > watched.memoryMb * MEGABYTE) {
        watched.isOverLimit = true;
        watched.onOverLimit(current.anonymousBytes);
      }
    }
  }
}

function containerFolders(root: string): ContainerFolders {
  return {
    root,
    app: join(root, 'app'),
    tmp: join(root, 'tmp'),
    deps: join(root, 'deps'),
    serviceBindings: join(root, 'cf-service-bindings'),
  };
}

async function fillFolders(folders: ContainerFolders, plan: LaunchPlan): Promise<void> {
  for (const folder of [folders.tmp, folders.deps, folders.serviceBindings])
    await mkdir(folder, { recursive: true, mode: 0o700 });
  const modules = join(plan.dropletFolder, 'node_modules');
  let hasModules = false;
  await cp(plan.dropletFolder, folders.app, {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
    filter: (source) => {
      if (source !== modules) return true;
      hasModules = true;
      return false;
    },
  });
  // As the buildpack does: the modules stay where staging has put them, every container links to them.
  if (hasModules) await symlink(modules, join(folders.app, 'node_modules'), 'junction');
  await writeServicesFile(folders, plan);
}

/** Renamed into its place, so that no reader finds half of it. */
async function writeServicesFile({ serviceBindings }: ContainerFolders, { servicesFile }: LaunchPlan): Promise<void> {
  if (servicesFile === undefined) return;
  const file = join(serviceBindings, VCAP_SERVICES_FILE);
  await writeFile(`${file}.new`, servicesFile.content, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

function describeLaunchError(error: unknown): Error {
  if (errorCode(error) === 'E2BIG')
    return new Error(
      'The environment is too large for this system: the bindings take more than 128 KB. Set the app feature file-based-vcap-services in the manifest.',
      { cause: error },
    );
  return error instanceof Error ? error : new Error(String(error));
}
