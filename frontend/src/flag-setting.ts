import type { ConfigProblems } from '@mtls/platform';

/** Reads a setting that is true or false, by default false. */
export function readFlag(env: NodeJS.ProcessEnv, name: string, problems: ConfigProblems): boolean {
  const value = env[name];
  if (value !== undefined && !['', 'true', 'false'].includes(value))
    problems.add(`${name} is ${JSON.stringify(value)}: give true or false, or unset it for false.`);
  return value === 'true';
}
