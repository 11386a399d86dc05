import * as v from 'valibot';
import type { ConfigProblems } from './config-error';

/** Where an app listens when PORT is not set, that is, outside Cloud Foundry. */
export const DEFAULT_PORT = 8080;
const DEFAULT_RELOAD_CHECK_SECONDS = 5;
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** What Cloud Foundry tells every app about its process. */
export interface ProcessSettings {
  readonly port: number;
  readonly host: string;
  readonly logLevel: string;
  /** The name under which the app was pushed. */
  readonly appName: string;
  /** Milliseconds between two looks at the files that the configuration was read from. */
  readonly reloadCheckMs: number;
}

const applicationSchema = v.object({ application_name: v.optional(v.string()) });

/**
 * Reads PORT (default 8080), HOST (default 0.0.0.0, as Cloud Foundry requires), LOG_LEVEL (default info),
 * RELOAD_CHECK_SECONDS (default 5) and the app's name from VCAP_APPLICATION (default `fallbackName`). Problems are added to `problems`; the result is then unusable.
 */
export function readProcessSettings(
  env: NodeJS.ProcessEnv,
  fallbackName: string,
  problems: ConfigProblems,
): ProcessSettings {
  return {
    port: readIntegerSetting(env, { name: 'PORT', fallback: DEFAULT_PORT, min: 0, max: 65_535 }, problems),
    host: env['HOST'] || '0.0.0.0',
    logLevel: readLogLevel(env, problems),
    appName: readAppName(env, problems) ?? fallbackName,
    reloadCheckMs:
      1000 *
      readIntegerSetting(
        env,
        { name: 'RELOAD_CHECK_SECONDS', fallback: DEFAULT_RELOAD_CHECK_SECONDS, min: 1, max: 3600 },
        problems,
      ),
  };
}

export interface IntegerSetting {
  readonly name: string;
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

/** Reads a decimal whole number; empty counts as not set. */
export function readIntegerSetting(
  env: NodeJS.ProcessEnv,
  { name, fallback, min, max }: IntegerSetting,
  problems: ConfigProblems,
): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  problems.add(
    `${name} is ${JSON.stringify(text)}: give a whole number from ${min} to ${max}, or unset it for ${fallback}.`,
  );
  return fallback;
}

function readLogLevel(env: NodeJS.ProcessEnv, problems: ConfigProblems): string {
  const level = env['LOG_LEVEL'] || 'info';
  if (!LOG_LEVELS.includes(level)) {
    problems.add(`LOG_LEVEL is ${JSON.stringify(level)}: give one of ${LOG_LEVELS.join(', ')}.`);
  }
  return level;
}

function readAppName(env: NodeJS.ProcessEnv, problems: ConfigProblems): string | undefined {
  const text = env['VCAP_APPLICATION'];
  if (text === undefined || text === '') return undefined;
  try {
    return v.parse(applicationSchema, JSON.parse(text)).application_name;
  } catch {
    problems.add('VCAP_APPLICATION is not the JSON object that Cloud Foundry writes: unset it to run elsewhere.');
    return undefined;
  }
}
