import { EventEmitter, once } from 'node:events';
import type { AppLog } from './app-log';
import type { InstanceStats } from './app-types';
import { AppInstance, type RestartPolicy } from './app-instance';
import type { Cell, LaunchPlan } from './cell';

export interface Endpoint {
  readonly port: number;
  readonly instanceId: string;
  readonly index: number;
}

export interface AppInstancesOptions {
  readonly cell: Cell;
  readonly log: AppLog;
  readonly restartPolicy: RestartPolicy;
  /** After every change of an instance's state: the router's endpoints may be others now. */
  readonly onChange: () => void;
}

export type StartOutcome =
  | { readonly kind: 'running' }
  | { readonly kind: 'crashed'; readonly details: string | undefined }
  | { readonly kind: 'timeout' };

export interface WaitOptions {
  readonly firstOnly: boolean;
  readonly timeoutMs: number;
  readonly pollMs: number;
  readonly onPoll: () => void;
}

/** The instances of one app. */
export class AppInstances {
  readonly #options: AppInstancesOptions;
  readonly #changes = new EventEmitter();
  #instances: AppInstance[] = [];
  #plan: LaunchPlan | undefined;

  constructor(options: AppInstancesOptions) {
    this.#options = options;
    this.#changes.setMaxListeners(0);
  }

  get endpoints(): readonly Endpoint[] {
    return this.#instances.map((instance) => instance.endpoint).filter((endpoint) => endpoint !== undefined);
  }

  stats(): Promise<InstanceStats[]> {
    return Promise.all(this.#instances.map((instance) => instance.stats()));
  }

  /** What is known without measuring. */
  states(): InstanceStats[] {
    return this.#instances.map((instance) => instance.describe());
  }

  start(plan: LaunchPlan, count: number): void {
    this.#plan = plan;
    this.#instances = Array.from({ length: count }, (_, index) => this.#create(index, plan));
    for (const instance of this.#instances) instance.start();
  }

  async stop(): Promise<void> {
    const stopping = this.#instances;
    await Promise.all(stopping.map((instance) => instance.stop()));
    if (this.#instances === stopping) this.#instances = [];
  }

  /** Writes another content into the file of the bindings of every instance; false when they have no such file. */
  async deliverBindings(content: string): Promise<boolean> {
    const file = this.#plan?.servicesFile;
    if (file === undefined) return false;
    file.content = content;
    await Promise.all(this.#instances.map((instance) => instance.deliverBindings()));
    return true;
  }

  /** Adds or removes instances at the end; those that stay are left alone. */
  async scale(count: number): Promise<void> {
    const plan = this.#plan;
    if (plan === undefined || this.#instances.length === 0) return;
    const removed = this.#instances.splice(count);
    for (let index = this.#instances.length; index < count; index += 1) {
      const instance = this.#create(index, plan);
      this.#instances.push(instance);
      instance.start();
    }
    await Promise.all(removed.map((instance) => instance.stop()));
  }

  /** Replaces instance by instance, each only once its successor serves; stops at the first that does not. */
  async replaceEach(plan: LaunchPlan, count: number, wait: WaitOptions): Promise<StartOutcome> {
    this.#plan = plan;
    const old = this.#instances;
    for (let index = 0; index < count; index += 1) {
      const successor = this.#create(index, plan);
      successor.start();
      const outcome = await this.#wait([successor], wait);
      if (outcome.kind !== 'running') {
        await successor.stop();
        return outcome;
      }
      const predecessor = this.#instances[index];
      this.#instances = [...this.#instances.slice(0, index), successor, ...this.#instances.slice(index + 1)];
      this.#options.onChange();
      await predecessor?.stop();
    }
    const surplus = old.slice(count);
    this.#instances = this.#instances.slice(0, count);
    await Promise.all(surplus.map((instance) => instance.stop()));
    return { kind: 'running' };
  }

  /** Resolves once the instances run, or all of those that do not have crashed. */
  waitUntilRunning(options: WaitOptions): Promise<StartOutcome> {
    return this.#wait(this.#instances, options);
  }

  async #wait(instances: readonly AppInstance[], options: WaitOptions): Promise<StartOutcome> {
    const deadline = performance.now() + options.timeoutMs;
    const poll = setInterval(options.onPoll, options.pollMs);
    options.onPoll();
    try {
      for (;;) {
        const outcome = judge(instances, options.firstOnly);
        if (outcome !== undefined) return outcome;
        const left = deadline - performance.now();
        if (left <= 0) return { kind: 'timeout' };
        await once(this.#changes, 'change', { signal: AbortSignal.timeout(Math.ceil(left)) }).catch(() => {}); // time is up
      }
    } finally {
      clearInterval(poll);
    }
  }

  #create(index: number, plan: LaunchPlan): AppInstance {
    const { cell, log, restartPolicy, onChange } = this.#options;
    return new AppInstance({
      index,
      cell,
      plan,
      log,
      restartPolicy,
      onChange: () => {
        onChange();
        this.#changes.emit('change');
      },
    });
  }
}

function judge(instances: readonly AppInstance[], firstOnly: boolean): StartOutcome | undefined {
  const running = instances.filter(({ state }) => state === 'running');
  if (running.length === instances.length || (firstOnly && running.length > 0)) return { kind: 'running' };
  const open = instances.some(({ state }) => state === 'starting' || state === 'stopping');
  if (open) return undefined;
  return { kind: 'crashed', details: instances.find(({ details }) => details !== undefined)?.details };
}
