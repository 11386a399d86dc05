import type { JsonObject } from '../broker';

export interface AppOperations {
  /**
   * Creates or updates the apps of a manifest: settings, routes, bindings; nothing runs differently before a restart.
   * As Cloud Foundry does: what the manifest does not name stays, bound services are left alone.
   * @throws {CloudFoundryError} `Job (G) failed: For application 'A': …`; the app exists then, stopped.
   */
  applyManifest(apps: readonly AppSpec[]): Promise<void>;
  /**
   * Takes a copy of the folder as the app's newest package (without what Cloud Foundry and `.cfignore` leave out).
   * @throws {CloudFoundryError} `No app files found in 'P'`.
   */
  uploadApp(name: string, folder: string): Promise<{ readonly files: number; readonly bytes: number }>;
  /** Makes a droplet of the newest package, as the nodejs buildpack does. */
  stageApp(name: string, onLog?: (line: LogLine) => void): Promise<void>;
  /** Whether the newest package has no droplet yet, so that `start` and `restart` must stage first. */
  needsStaging(name: string): boolean;
  /** Resolves when the instances run (with `firstOnly`: when one does). @throws {CloudFoundryError} `start-…`. */
  startApp(name: string, options?: StartOptions): Promise<'started' | 'already-started'>;
  stopApp(name: string): Promise<'stopped' | 'already-stopped'>;
  /** Stops and starts, or with `rolling` replaces instance by instance while the others serve. */
  restartApp(name: string, options?: StartOptions & { readonly strategy?: 'recreate' | 'rolling' }): Promise<void>;
  /**
   * Writes today's bindings into the file of each instance (app feature `file-based-vcap-services`) and returns how many
   * instances there are. Cloud Foundry writes the file only with the container: delivery to running ones is future work of
   * its RFC 40. @throws {CloudFoundryError} without an instance or such a file.
   */
  deliverBindings(name: string): Promise<number>;
  /** Changed memory or disk restarts the app (and starts a stopped one); instances alone do not. */
  scaleApp(name: string, change: ScaleChange, options?: StartOptions): Promise<void>;
  /** Unbinds and stops it; its routes go only with `deleteRoutes`. @throws {CloudFoundryError} `route-shared`. */
  deleteApp(name: string, options?: { readonly deleteRoutes?: boolean }): Promise<'deleted' | 'missing'>;

  /** Sorted by name. */
  apps(): readonly AppDetail[];
  /** With measured usage. @throws {CloudFoundryError} `App 'A' not found.` */
  app(name: string): Promise<AppDetail>;
  environment(name: string): AppEnvironment;
  setEnv(name: string, variable: string, value: string): void;
  /** False when it was not set. */
  unsetEnv(name: string, variable: string): boolean;
  /**
   * Variables of the app whose value is an https URL of a mapped route: in the container the local address stands
   * there instead, and `push` says so.
   */
  localAddresses(name: string): readonly LocalAddress[];
  routes(): readonly RouteDetail[];
  /** The newest 1000 lines, oldest first. */
  recentLogs(name: string): readonly LogLine[];
  /** Calls back for every new line; returns how to stop that. */
  followLogs(name: string, onLog: (line: LogLine) => void): () => void;
}

/** One application of a manifest, variables and defaults resolved; what is absent stays as it is. */
export interface AppSpec {
  readonly name: string;
  /** null resets to the default of the buildpack (`npm start`). */
  readonly command?: string | null;
  readonly memoryMb?: number;
  readonly diskMb?: number;
  readonly instances?: number;
  /** Bytes a second, -1 for no limit; recorded for display. */
  readonly logRateLimit?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** `host.domain` or `host.domain/path`, without scheme. */
  readonly routes?: readonly string[];
  /** For an app without `routes`: only takes effect while the app has no route. */
  readonly routeMode?: 'default' | 'random' | 'none';
  readonly services?: readonly ServiceReference[];
  /** What it leaves out stays, unless the type changes. */
  readonly healthCheck?: Partial<HealthCheck>;
  /** Seconds until the first successful health check, default 60. */
  readonly timeoutSeconds?: number;
  /** e.g. `file-based-vcap-services`. */
  readonly features?: Readonly<Record<string, boolean>>;
  readonly buildpacks?: readonly string[];
  readonly stack?: string;
}

export interface ServiceReference {
  readonly name: string;
  readonly parameters?: JsonObject;
  readonly bindingName?: string;
}

export interface HealthCheck {
  readonly type: 'port' | 'process' | 'http';
  /** Default `/`. */
  readonly httpEndpoint?: string;
  /** Default 1. */
  readonly invocationTimeoutSeconds?: number;
  /** Between two liveness checks, default 30. */
  readonly intervalSeconds?: number;
}

export interface StartOptions {
  /** Called at once and then every 3 s while instances are starting, as `cf` polls. */
  readonly onPoll?: (app: AppDetail) => void;
  /** `--no-wait`: the first healthy instance is enough. */
  readonly firstOnly?: boolean;
  /** How long `cf` waits (CF_STARTUP_TIMEOUT), default 300 s. */
  readonly timeoutMs?: number;
}

export interface ScaleChange {
  readonly instances?: number;
  readonly memoryMb?: number;
  readonly diskMb?: number;
  readonly logRateLimit?: number;
}

export interface AppDetail {
  readonly guid: string;
  readonly name: string;
  readonly requestedState: 'started' | 'stopped';
  /** Cloud names, e.g. `backendmtls-x.cfapps.us10.hana.ondemand.com`. */
  readonly routes: readonly string[];
  /** Only of an app that was staged. */
  readonly droplet?: Droplet;
  readonly process: ProcessDetail;
}

export interface Droplet {
  readonly uploaded: Date;
  readonly stack: string;
  readonly buildpacks: readonly BuildpackUse[];
}

export interface BuildpackUse {
  readonly name: string;
  readonly version: string;
  readonly detectOutput: string;
}

/** The `web` process; other process types do not exist here. */
export interface ProcessDetail {
  readonly type: 'web';
  readonly command: string;
  readonly memoryMb: number;
  readonly diskMb: number;
  readonly logRateLimit: number;
  /** As declared; `instances` holds those that exist. */
  readonly wantedInstances: number;
  readonly instances: readonly InstanceStats[];
  readonly healthCheck: HealthCheck;
  readonly timeoutSeconds: number;
}

export type InstanceState = 'starting' | 'running' | 'stopping' | 'crashed' | 'down';

export interface InstanceStats {
  readonly index: number;
  readonly state: InstanceState;
  readonly since: Date;
  /** Share of one core, 0 to 1 and more. */
  readonly cpu: number;
  /** Resident memory of all processes of the container. */
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly logBytesPerSecond: number;
  /** Why it crashed, e.g. `APP/PROC/WEB: Exited with status 1`. */
  readonly details?: string;
  /** The port on this machine, behind the router. */
  readonly port?: number;
}

/** As the `/env` endpoint answers: `cf env` sorts and prints it. */
export interface AppEnvironment {
  /** `{}` without bindings. */
  readonly vcapServices: JsonObject;
  /** Of the app, not of an instance. */
  readonly vcapApplication: JsonObject;
  readonly userProvided: Readonly<Record<string, string>>;
}

export interface LocalAddress {
  readonly variable: string;
  readonly from: string;
  readonly to: string;
}

export interface RouteDetail {
  readonly guid: string;
  readonly host: string;
  readonly domain: string;
  /** With its leading slash, or empty. */
  readonly path: string;
  readonly apps: readonly string[];
  /** A route whose second label is `cert`: TLS that asks for a client certificate. */
  readonly certificate: boolean;
  /** Where it is reached on this machine, e.g. `http://localhost:5001`. */
  readonly localUrl: string;
}

export interface LogLine {
  readonly time: Date;
  /** e.g. `APP/PROC/WEB`, `STG`, `CELL`, `API`, `RTR`, `HEALTH`. */
  readonly source: string;
  readonly instance: string;
  readonly stream: 'OUT' | 'ERR';
  readonly message: string;
}
