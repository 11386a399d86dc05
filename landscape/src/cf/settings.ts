import { join } from 'node:path';
import type { LandscapeSettings } from '../settings';
import type { Preferences } from './command/session';

/** What the `cf` on the command line takes from its environment. */
export interface CfClientSettings {
  /** Holds who is logged in where; never ~/.cf, which belongs to the real one. */
  readonly sessionFile: string;
  readonly preferences: Preferences;
  /** FORCE_TTY: behave as in a terminal. */
  readonly forceTerminal: boolean;
}

/** Reads CF_HOME (default: the landscape's state folder), CF_COLOR, CF_STARTUP_TIMEOUT (minutes) and FORCE_TTY. */
export function readCfClientSettings(
  { stateFolder }: Pick<LandscapeSettings, 'stateFolder'>,
  env: NodeJS.ProcessEnv = process.env,
): CfClientSettings {
  const home = env['CF_HOME'];
  const colour = env['CF_COLOR']?.toLowerCase();
  const minutes = Number(env['CF_STARTUP_TIMEOUT']);
  return {
    sessionFile: home === undefined || home === '' ? join(stateFolder, 'cf-session.json') : join(home, SESSION_IN_HOME),
    preferences: {
      ...(colour === 'true' && { colour: true }),
      ...(colour === 'false' && { colour: false }),
      ...(minutes > 0 && { startupTimeoutMinutes: minutes }),
    },
    forceTerminal: env['FORCE_TTY'] === 'true',
  };
}

/** Beside, not in, the `.cf` folder that the real one would make there. */
const SESSION_IN_HOME = '.cf-landscape-session.json';
