import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MachineEnvironment } from '../settings';
import { describeApp } from './app-description';
import { diegoRestartPolicy, type RestartPolicy } from './app-instance';
import { AppInstances, type StartOutcome, type WaitOptions } from './app-instances';
import { AppLog } from './app-log';
import { applySettings, createApp, requireSettable } from './app-settings';
import type {
  AppDetail,
  AppEnvironment,
  AppOperations,
  AppSpec,
  LocalAddress,
  LogLine,
  RouteDetail,
  ScaleChange,
  StartOptions,
} from './app-types';
import type { Cell } from './cell';
import { CloudFoundryError } from './cloud-foundry-error';
import type { CloudTarget } from './controller';
import { failedJob } from './job';
import { createLaunchPlan, SERVICES_IN_FILE } from './launch-plan';
import { takePackageSnapshot } from './package-snapshot';
import type { Reaper } from './reaper';
import type { Routes } from './routes';
import type { Services } from './services';
import { NODEJS_BUILDPACK, stage } from './staging';
import type { AppRecord, SpaceState } from './state';
import { createVcapApplication, createVcapServices } from './vcap';

/** How often `cf` asks for the state of the instances, and how long it waits. */
const POLL_MS = 3_000;
const STARTUP_TIMEOUT_MS = 300_000;

export interface AppsOptions {
  readonly state: SpaceState;
  readonly target: CloudTarget;
  readonly services: Services;
  readonly routes: Routes;
  readonly cell: Cell;
  readonly reaper: Reaper;
  readonly machine: MachineEnvironment;
  /** Holds packages and droplets; exists. */
  readonly folder: string;
  readonly caFile: string;
  /** A test shortens its delays. */
  readonly restartPolicy?: RestartPolicy;
}

/** The apps of the space. */
export class Apps implements AppOperations {
  readonly #options: AppsOptions;
  readonly #state: SpaceState;
  readonly #ended = new AbortController();

  constructor(options: AppsOptions) {
    this.#options = options;
    this.#state = options.state;
  }

  async applyManifest(specs: readonly AppSpec[]): Promise<void> {
    for (const spec of specs) {
      try {
        await this.#apply(spec);
      } catch (error) {
        if (!(error instanceof CloudFoundryError)) throw error;
        throw failedJob(`For application '${spec.name}': ${error.message}`, error);
      }
    }
  }

  async uploadApp(name: string, folder: string): Promise<{ readonly files: number; readonly bytes: number }> {
    const app = this.#find(name);
    const guid = randomUUID();
    const target = join(this.#options.folder, `package-${guid}`);
    app.log.add({ source: 'API', message: `Uploading app package for app with guid ${app.guid}` });
    const snapshot = await takePackageSnapshot(folder, target);
    const previous = app.package;
    app.package = { guid, folder: target, uploaded: new Date() };
    if (previous !== undefined) await remove(previous.folder);
    return snapshot;
  }

  needsStaging(name: string): boolean {
    const { package: newest, droplet } = this.#find(name);
    return newest !== undefined && newest.guid !== droplet?.packageGuid;
  }

  async stageApp(name: string, onLog?: (line: LogLine) => void): Promise<void> {
    const app = this.#find(name);
    const source = app.package;
    if (source === undefined)
      throw new CloudFoundryError('no-eligible-package', `App '${name}' has no eligible packages.`);
    app.log.add({ source: 'API', message: `Creating build for app with guid ${app.guid}` });
    const folder = join(this.#options.folder, `droplet-${randomUUID()}`);
    const unfollow = onLog && app.log.follow((line) => line.source === 'STG' && onLog(line));
    try {
      const { startCommand, bytes } = await stage({
        packageFolder: source.folder,
        dropletFolder: folder,
        env: app.env,
        machine: this.#options.machine.staging,
        reaper: this.#options.reaper,
        signal: this.#ended.signal,
        log: (stream, message) => app.log.add({ source: 'STG', stream, message }),
      });
      const superseded = app.droplet;
      app.droplet = {
        folder,
        bytes,
        startCommand,
        packageGuid: source.guid,
        uploaded: source.uploaded,
        stack: app.stack,
        buildpacks: [NODEJS_BUILDPACK],
      };
      // Running containers link to the modules of their droplet: it goes when they have been replaced.
      if (superseded !== undefined) app.oldDroplets.push(superseded.folder);
    } catch (error) {
      await remove(folder);
      throw error;
    } finally {
      unfollow?.();
    }
  }

  async startApp(name: string, options: StartOptions = {}): Promise<'started' | 'already-started'> {
    const app = this.#find(name);
    if (app.requestedState === 'started') return 'already-started';
    const plan = this.#plan(app);
    app.log.add({ source: 'API', message: `Starting app with guid ${app.guid}` });
    app.requestedState = 'started';
    app.instances.start(plan, app.wantedInstances);
    await this.#removeOldDroplets(app);
    requireStarted(await app.instances.waitUntilRunning(this.#waitOptions(app, options)));
    return 'started';
  }

  async stopApp(name: string): Promise<'stopped' | 'already-stopped'> {
    const app = this.#find(name);
    if (app.requestedState === 'stopped') return 'already-stopped';
    app.log.add({ source: 'API', message: `Stopping app with guid ${app.guid}` });
    app.requestedState = 'stopped';
    await app.instances.stop();
    return 'stopped';
  }

  async restartApp(
    name: string,
    options: StartOptions & { readonly strategy?: 'recreate' | 'rolling' } = {},
  ): Promise<void> {
    const app = this.#find(name);
    if (options.strategy === 'rolling' && app.requestedState === 'started') {
      const outcome = await app.instances.replaceEach(
        this.#plan(app),
        app.wantedInstances,
        this.#waitOptions(app, options),
      );
      await this.#removeOldDroplets(app);
      return requireStarted(outcome);
    }
    await this.stopApp(name);
    await this.startApp(name, options);
  }

  async deliverBindings(name: string): Promise<number> {
    const app = this.#find(name);
    const running = app.instances.states().length;
    if (running === 0) throw new CloudFoundryError('unprocessable', `App '${name}' has no running instance.`);
    const content = JSON.stringify(createVcapServices(this.#state.bindingsOf(app)));
    if (await app.instances.deliverBindings(content)) return running;
    throw new CloudFoundryError(
      'unprocessable',
      `The instances of app '${name}' have their bindings in the variable VCAP_SERVICES, which nobody can change while they ` +
        `run. Set the app feature ${SERVICES_IN_FILE} in the manifest (features:), and push.`,
    );
  }

  async scaleApp(name: string, change: ScaleChange, options: StartOptions = {}): Promise<void> {
    const app = this.#find(name);
    app.wantedInstances = change.instances ?? app.wantedInstances;
    app.memoryMb = change.memoryMb ?? app.memoryMb;
    app.diskMb = change.diskMb ?? app.diskMb;
    app.logRateLimit = change.logRateLimit ?? app.logRateLimit;
    app.log.add({ source: 'API', message: `Updated app with guid ${app.guid} (${JSON.stringify(change)})` });
    const { instances, ...limits } = change;
    if (Object.values(limits).some((limit) => limit !== undefined)) await this.restartApp(name, options);
    else if (instances !== undefined && app.requestedState === 'started') await app.instances.scale(instances);
  }

  async deleteApp(
    name: string,
    { deleteRoutes = false }: { readonly deleteRoutes?: boolean } = {},
  ): Promise<'deleted' | 'missing'> {
    const app = this.#state.apps.get(name);
    if (app === undefined) return 'missing';
    await this.#options.routes.release(app, { deleteRoutes });
    await app.instances.stop();
    await this.#options.services.unbindAll(app);
    this.#state.apps.delete(name);
    const { droplet, package: newest, oldDroplets } = app;
    for (const folder of [droplet?.folder, newest?.folder, ...oldDroplets])
      if (folder !== undefined) await remove(folder);
    return 'deleted';
  }

  apps(): AppDetail[] {
    const records = [...this.#state.apps.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return records.map((app) => describeApp(app, this.#state, app.instances.states()));
  }

  async app(name: string): Promise<AppDetail> {
    const app = this.#find(name);
    return describeApp(app, this.#state, await app.instances.stats());
  }

  environment(name: string): AppEnvironment {
    const app = this.#find(name);
    return {
      vcapServices: createVcapServices(this.#state.bindingsOf(app)),
      vcapApplication: createVcapApplication(app, this.#state.routesOf(app), this.#options.target),
      userProvided: app.env,
    };
  }

  setEnv(name: string, variable: string, value: string): void {
    const app = this.#find(name);
    requireSettable(variable);
    app.env = { ...app.env, [variable]: value };
  }

  unsetEnv(name: string, variable: string): boolean {
    const app = this.#find(name);
    const { [variable]: removed, ...rest } = app.env;
    app.env = rest;
    return removed !== undefined;
  }

  localAddresses(name: string): LocalAddress[] {
    return this.#options.routes.localise(this.#find(name).env);
  }

  routes(): RouteDetail[] {
    return this.#options.routes.list();
  }

  recentLogs(name: string): readonly LogLine[] {
    return this.#find(name).log.recent();
  }

  followLogs(name: string, onLog: (line: LogLine) => void): () => void {
    return this.#find(name).log.follow(onLog);
  }

  /** Ends all instances of all apps, and what is being staged. */
  async stopAll(): Promise<void> {
    this.#ended.abort();
    await Promise.all([...this.#state.apps.values()].map((app) => app.instances.stop()));
  }

  async #apply(spec: AppSpec): Promise<void> {
    const app = this.#state.apps.get(spec.name) ?? this.#create(spec.name);
    applySettings(app, spec);
    // All of them are looked for before any is bound.
    for (const { name } of spec.services ?? []) this.#options.services.requireService(name);
    for (const { name, parameters, bindingName } of spec.services ?? [])
      await this.#options.services.bindFromManifest(app, {
        service: name,
        ...(parameters && { parameters }),
        ...(bindingName !== undefined && { bindingName }),
      });
    await this.#options.routes.mapFromManifest(app, spec);
  }

  #create(name: string): AppRecord {
    const log = new AppLog();
    const { cell, routes, restartPolicy = diegoRestartPolicy } = this.#options;
    const instances = new AppInstances({ cell, log, restartPolicy, onChange: () => routes.publish(app) });
    const app = createApp(name, log, instances);
    this.#state.apps.set(name, app);
    log.add({ source: 'API', message: `Created app with guid ${app.guid}` });
    return app;
  }

  #plan(app: AppRecord) {
    if (app.droplet === undefined)
      throw new CloudFoundryError('unprocessable', 'Assign a droplet before starting this app.');
    app.version = randomUUID();
    const { target, caFile, machine, routes } = this.#options;
    const userProvided = { ...app.env };
    for (const { variable, to } of routes.localise(app.env)) userProvided[variable] = to;
    return createLaunchPlan(app, app.droplet, {
      state: this.#state,
      target,
      caFile,
      machine: machine.app,
      userProvided,
    });
  }

  #waitOptions(
    app: AppRecord,
    { onPoll, firstOnly = false, timeoutMs = STARTUP_TIMEOUT_MS }: StartOptions,
  ): WaitOptions {
    return {
      firstOnly,
      timeoutMs,
      pollMs: POLL_MS,
      onPoll: () => onPoll?.(describeApp(app, this.#state, app.instances.states())),
    };
  }

  async #removeOldDroplets(app: AppRecord): Promise<void> {
    for (const folder of app.oldDroplets.splice(0)) await remove(folder);
  }

  #find(name: string): AppRecord {
    const app = this.#state.apps.get(name);
    if (app !== undefined) return app;
    throw new CloudFoundryError('app-not-found', `App '${name}' not found.`);
  }
}

function requireStarted(outcome: StartOutcome): void {
  if (outcome.kind === 'crashed') throw new CloudFoundryError('start-unsuccessful', 'Start unsuccessful');
  if (outcome.kind === 'timeout') throw new CloudFoundryError('start-timeout', 'Start app timeout');
}

async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}
