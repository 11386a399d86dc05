import { delimiter, dirname, resolve } from 'node:path';

/** Where a landscape lives: one setting moves all its ports, one its state. */
export interface LandscapeSettings {
  /** Every port is this plus a fixed offset; 5000 gives the documented ports. */
  readonly portBase: number;
  /** Holds the CA, the signing keys and the users (mode 0700) and, while it runs, the control socket. */
  readonly stateFolder: string;
  /** Milliseconds since the epoch, for everything that the landscape issues; a test sets it. */
  readonly now: () => number;
}

export const HOST = '127.0.0.1';

/** Offsets from the port base, all below 500. Http routes of apps start at 1 and count upwards. */
const offsets = {
  route: 1,
  certificateRoute: 443,
  xsuaa: 444,
  xsuaaCertificate: 445,
  destination: 446,
  identity: 447,
  authorizationServer: 448,
  cloudIntegration: 449,
  authorizationServerCertificate: 450,
  /** Certificate routes after the first. */
  furtherCertificateRoutes: 451,
  /** Application containers: one port an instance, counted upwards. */
  container: 101,
} as const;
export type PortName = keyof typeof offsets;

/** Ports that browsers refuse to open (Fetch standard, "bad port"). */
const blockedByBrowsers = new Set([5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669]);

export function portOf(settings: Pick<LandscapeSettings, 'portBase'>, name: PortName, index = 0): number {
  return settings.portBase + offsets[name] + index;
}

export function isBlockedByBrowsers(port: number): boolean {
  return blockedByBrowsers.has(port);
}

export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Reads LANDSCAPE_PORT_BASE (default 5000) and LANDSCAPE_HOME (default `.landscape` in `root`).
 * @throws {SettingsError} naming the variable and what it must be.
 */
export function readSettings(root: string, env: NodeJS.ProcessEnv = process.env): LandscapeSettings {
  const text = env['LANDSCAPE_PORT_BASE'] ?? '5000';
  const portBase = Number(text);
  if (!Number.isInteger(portBase) || portBase < 1024 || portBase > 64_000)
    throw new SettingsError(`LANDSCAPE_PORT_BASE is "${text}": it must be a whole number from 1024 to 64000.`);
  return {
    portBase,
    stateFolder: resolve(root, env['LANDSCAPE_HOME'] ?? '.landscape'),
    now: Date.now,
  };
}

/** What processes that the landscape starts need of this machine; nothing else of its environment reaches them. */
export interface MachineEnvironment {
  /** For an app: where programs are found and, on Windows, the system's own folders. */
  readonly app: Readonly<Record<string, string>>;
  /** For npm while an app is staged: also its cache, registry, proxy and home. */
  readonly staging: Readonly<Record<string, string>>;
}

const neededByApps = /^(?:PATH|SystemRoot|windir|ComSpec|PATHEXT|SystemDrive|TZ)$/i;
const keptFromStaging =
  /^(?:VCAP_|LANDSCAPE_|CF_|PORT$|HOST$|NODE_OPTIONS$|npm_(?:package|lifecycle|command|execpath)|INIT_CWD$)/i;

/** Reads the environment of this process for those that it starts. `PATH` begins with the folder of this Node. */
export function readMachineEnvironment(env: NodeJS.ProcessEnv = process.env): MachineEnvironment {
  const all = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const path = [dirname(process.execPath), env['PATH'] ?? env['Path']].filter(Boolean).join(delimiter);
  const select = (wanted: (name: string) => boolean): Record<string, string> => ({
    ...Object.fromEntries(all.filter(([name]) => wanted(name) && name.toUpperCase() !== 'PATH')),
    PATH: path,
  });
  return {
    app: select((name) => neededByApps.test(name)),
    staging: select((name) => !keptFromStaging.test(name)),
  };
}
