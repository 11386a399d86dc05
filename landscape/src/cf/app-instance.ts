import { setTimeout as delay } from 'node:timers/promises';
import type { AppLog } from './app-log';
import type { InstanceState, InstanceStats } from './app-types';
import type { Cell, LaunchedContainer, LaunchPlan } from './cell';
import { GRACEFUL_SHUTDOWN_MS, type ContainerExit } from './container';
import { checkHealth } from './health-check';

/** How diego restarts what crashes: the first times at once, then after 30 s, doubling up to 16 min. */
export interface RestartPolicy {
  readonly immediateRestarts: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** An instance that ran for so long starts anew with its count of crashes. */
  readonly forgivenAfterMs: number;
}

export const diegoRestartPolicy: RestartPolicy = {
  immediateRestarts: 2,
  firstDelayMs: 30_000,
  longestDelayMs: 960_000,
  forgivenAfterMs: 300_000,
};

const STARTUP_CHECK_INTERVAL_MS = 100;
const DEFAULT_LIVENESS_INTERVAL_S = 30;

export interface AppInstanceOptions {
  readonly index: number;
  readonly cell: Cell;
  readonly plan: LaunchPlan;
  readonly log: AppLog;
  readonly restartPolicy: RestartPolicy;
  readonly onChange: () => void;
}

/** Why a container ended by itself. */
interface Crash {
  readonly details: string;
  /** It was never healthy: another try at once would only last as long again. */
  readonly neverHealthy: boolean;
}

/** One instance of an app: runs a container, checks its health and restarts it when it crashes. */
export class AppInstance {
  readonly #options: AppInstanceOptions;
  readonly #stopped = new AbortController();
  #state: InstanceState = 'starting';
  #since = new Date();
  #details: string | undefined;
  #container: LaunchedContainer | undefined;
  #crashes = 0;
  #life: Promise<void> | undefined;

  constructor(options: AppInstanceOptions) {
    this.#options = options;
  }

  get index(): number {
    return this.#options.index;
  }

  get state(): InstanceState {
    return this.#state;
  }

  get details(): string | undefined {
    return this.#details;
  }

  /** Where the router reaches it; only while it is healthy. */
  get endpoint(): { readonly port: number; readonly instanceId: string; readonly index: number } | undefined {
    const container = this.#state === 'running' ? this.#container : undefined;
    return container && { port: container.port, instanceId: container.guid, index: this.index };
  }

  start(): void {
    this.#life ??= this.#live();
  }

  /** Resolves when no process and no file of it is left. */
  async stop(): Promise<void> {
    if (this.#stopped.signal.aborted) return this.#life;
    if (this.#state === 'running' || this.#state === 'starting') this.#change('stopping');
    this.#stopped.abort();
    await this.#life;
    this.#change('down');
  }

  /** Writes the file of its bindings anew, as the plan has it now. */
  async deliverBindings(): Promise<void> {
    await this.#container?.deliverBindings();
  }

  /** With measured usage. */
  async stats(): Promise<InstanceStats> {
    const usage = await this.#container?.usage();
    return { ...this.describe(), ...usage };
  }

  /** Without measuring anything. */
  describe(): InstanceStats {
    return {
      index: this.index,
      state: this.#state,
      since: this.#since,
      cpu: 0,
      memoryBytes: 0,
      diskBytes: 0,
      logBytesPerSecond: 0,
      ...(this.#details !== undefined && { details: this.#details }),
      ...(this.#container && { port: this.#container.port }),
    };
  }

  async #live(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      this.#change('starting');
      const began = performance.now();
      const crash = await this.#runContainer();
      if (crash === undefined) return;
      const { restartPolicy: policy } = this.#options;
      if (performance.now() - began > policy.forgivenAfterMs) this.#crashes = 0;
      this.#crashes += 1;
      this.#details = crash.details;
      this.#log('API', 'OUT', `Process has crashed with type: "web"`);
      if (!crash.neverHealthy && this.#crashes <= policy.immediateRestarts) continue;
      this.#change('crashed');
      const doublings = Math.max(0, this.#crashes - policy.immediateRestarts - 1);
      await delay(Math.min(policy.firstDelayMs * 2 ** doublings, policy.longestDelayMs), undefined, { signal }).catch(
        () => {}, // stopped meanwhile
      );
    }
  }

  /** Runs one container to its end; undefined when it was stopped. */
  async #runContainer(): Promise<Crash | undefined> {
    const { signal } = this.#stopped;
    let container: LaunchedContainer;
    try {
      container = await this.#launch();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log('CELL', 'ERR', reason);
      return { details: reason, neverHealthy: true };
    }
    this.#container = container;
    const ended = new AbortController();
    const exited = container.exited.then((exit) => {
      ended.abort();
      return exit;
    });
    const unhealthy = await this.#watchHealth(container, AbortSignal.any([signal, ended.signal]));
    const wasStopped = signal.aborted;
    if (unhealthy !== undefined || wasStopped) this.#logStop(container);
    this.#container = undefined;
    if (this.#state === 'running') this.#change('starting');
    const exit = await container.destroy();
    await exited;
    this.#logExit(container, exit);
    if (wasStopped) return undefined;
    return unhealthy ?? { details: `APP/PROC/WEB: Exited with status ${describeExit(exit)}`, neverHealthy: false };
  }

  async #launch(): Promise<LaunchedContainer> {
    const { cell, plan, index } = this.#options;
    this.#log('CELL', 'OUT', `Cell landscape creating container for instance ${index}`);
    const container = await cell.launch({
      plan,
      index,
      onLine: (stream, line) => this.#log('APP/PROC/WEB', stream, line),
      onOverLimit: (bytes) => this.#logOverLimit(bytes, plan.memoryMb),
    });
    this.#log('CELL', 'OUT', `Cell landscape successfully created container for instance ${container.guid}`);
    this.#log('CELL', 'OUT', 'Starting health monitoring of container');
    return container;
  }

  /** Resolves with undefined once the container has ended or is to be stopped, else with why it is unhealthy. */
  async #watchHealth(container: LaunchedContainer, ended: AbortSignal): Promise<Crash | undefined> {
    const { plan } = this.#options;
    const deadline = performance.now() + plan.timeoutSeconds * 1000;
    for (;;) {
      const reason = await checkHealth(plan.healthCheck, container.port);
      if (ended.aborted) return undefined;
      if (reason === undefined) break;
      if (performance.now() > deadline) return this.#neverHealthy(reason);
      if (!(await sleep(STARTUP_CHECK_INTERVAL_MS, ended))) return undefined;
    }
    this.#log('CELL', 'OUT', 'Container became healthy');
    this.#change('running');
    const intervalMs = (plan.healthCheck.intervalSeconds ?? DEFAULT_LIVENESS_INTERVAL_S) * 1000;
    while (await sleep(intervalMs, ended)) {
      // Asked twice: a laptop that slept in between is no fault of the app.
      const healthy = (await checkHealth(plan.healthCheck, container.port)) === undefined;
      const reason = healthy ? undefined : await checkHealth(plan.healthCheck, container.port);
      if (ended.aborted) return undefined;
      if (reason === undefined) continue;
      this.#log('HEALTH', 'ERR', reason);
      this.#log('CELL', 'ERR', 'Container became unhealthy');
      return { details: `Instance became unhealthy: Liveness check unsuccessful: ${reason}`, neverHealthy: false };
    }
    return undefined;
  }

  #neverHealthy(reason: string): Crash {
    const time = describeSeconds(this.#options.plan.timeoutSeconds);
    this.#log('HEALTH', 'ERR', reason);
    this.#log('CELL', 'ERR', `Failed after ${time}: startup health check never passed.`);
    return { details: `Instance never healthy after ${time}: ${reason}`, neverHealthy: true };
  }

  /** Not ended: that npm alone takes 40 MB is no reason not to try an app here. */
  #logOverLimit(bytes: number, limitMb: number): void {
    const held = Math.ceil(bytes / 1024 / 1024);
    this.#log(
      'CELL',
      'ERR',
      `The instance holds ${held}M of memory, its limit is ${limitMb}M: Cloud Foundry would end it (137, out of memory)`,
    );
  }

  #logStop(container: LaunchedContainer): void {
    this.#log('CELL', 'OUT', `Cell landscape stopping instance ${container.guid}`);
  }

  #logExit(container: LaunchedContainer, exit: ContainerExit): void {
    this.#log('APP/PROC/WEB', 'OUT', `Exit status ${describeExit(exit)}`);
    this.#log('CELL', 'OUT', `Cell landscape destroying container for instance ${container.guid}`);
  }

  #log(source: string, stream: 'OUT' | 'ERR', message: string): void {
    this.#options.log.add({ source, stream, message, instance: String(this.index) });
  }

  #change(state: InstanceState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#since = new Date();
    if (state === 'running') this.#details = undefined;
    this.#options.onChange();
  }
}

function describeExit(exit: ContainerExit): string {
  if (exit.killed) return `${exit.status} (exceeded ${GRACEFUL_SHUTDOWN_MS / 1000}s graceful shutdown interval)`;
  return String(exit.status);
}

/** As Go prints a duration: 60 s are `1m0s`. */
function describeSeconds(seconds: number): string {
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** False when the signal came first. */
async function sleep(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
