import { parseVariable } from '../../manifest';
import { UsageError } from '../failure';
import {
  choiceFlag,
  convertedListFlag,
  integerFlag,
  listFlag,
  manifestFlag,
  pathFlag,
  pathListFlag,
  switchFlag,
  textFlag,
  type FlagValues,
} from '../flags';
import { checkRestartFlags, restartFlags } from '../restart-flags';

export const pushFlags = {
  buildpacks: listFlag({
    long: 'buildpack',
    short: 'b',
    description: "Buildpack by name (nodejs_buildpack), 'default' or 'null' to have it detected",
  }),
  command: textFlag({
    long: 'start-command',
    short: 'c',
    description: 'Startup command, set to null to reset to default start command',
  }),
  disk: textFlag({ long: 'disk', short: 'k', description: 'Disk limit (e.g. 256M, 1024M, 1G)' }),
  endpoint: textFlag({ long: 'endpoint', description: 'Valid path on the app for an HTTP health check' }),
  healthCheckType: choiceFlag(
    {
      long: 'health-check-type',
      short: 'u',
      description: "Application health check type: 'port', 'process' or 'http'",
    },
    ['port', 'process', 'http', 'none'],
    'HEALTH_CHECK_TYPE must be "port", "process", or "http"',
  ),
  instances: integerFlag({ long: 'instances', short: 'i', description: 'Number of instances' }, 0),
  logRate: textFlag({
    long: 'log-rate-limit',
    short: 'l',
    description: 'Log rate limit per second, in bytes (e.g. 128B, 4K, 1M), -1 for no limit',
  }),
  manifest: manifestFlag({ long: 'manifest', short: 'f', description: 'Path to manifest' }),
  memory: textFlag({ long: 'memory', short: 'm', description: 'Memory limit (e.g. 256M, 1024M, 1G)' }),
  noManifest: switchFlag({ long: 'no-manifest', description: 'Ignore manifest file' }),
  noRoute: switchFlag({ long: 'no-route', description: 'Do not map a route to this app' }),
  noStart: switchFlag({ long: 'no-start', description: 'Do not stage and start the app after pushing' }),
  path: pathFlag({
    long: 'path',
    short: 'p',
    description: 'Path to app directory',
  }),
  randomRoute: switchFlag({ long: 'random-route', description: 'Create a random route for this app' }),
  redactEnv: switchFlag({ long: 'redact-env', description: 'Do not print values for environment vars' }),
  stack: textFlag({ long: 'stack', short: 's', description: 'Stack to use (cflinuxfs4)' }),
  timeout: integerFlag(
    {
      long: 'app-start-timeout',
      short: 't',
      description: 'Time (in seconds) allowed to elapse until the first healthy response from the app',
    },
    1,
  ),
  vars: convertedListFlag(
    {
      long: 'var',
      description: 'Variable key value pair for variable substitution, (e.g., name=app1); can be repeated',
    },
    'template.VarKV',
    parseVariable,
  ),
  varsFiles: pathListFlag({
    long: 'vars-file',
    description: 'Path to a variable substitution file for manifest; can be repeated',
  }),
  ...restartFlags,
};

export type PushFlags = FlagValues<typeof pushFlags>;

/** @throws {UsageError} for flags that do not go together. */
export function checkPushFlags(flags: PushFlags): void {
  const together: readonly (readonly [boolean, readonly string[]])[] = [
    [flags.noStart && flags.strategy !== undefined, ['--no-start', '--strategy']],
    [flags.noStart && flags.noWait, ['--no-start', '--no-wait']],
    [flags.noRoute && flags.randomRoute, ['--no-route', '--random-route']],
    [flags.noManifest && flags.manifest !== undefined, ['--no-manifest', '-f']],
    [flags.noManifest && flags.varsFiles.length > 0, ['--no-manifest', '--vars-file']],
    [flags.noManifest && flags.vars.length > 0, ['--no-manifest', '--vars']],
  ];
  const wrong = together.find(([isWrong]) => isWrong);
  if (wrong !== undefined)
    throw new UsageError(`The following arguments cannot be used together: ${wrong[1].join(', ')}`, {
      foundBy: 'command',
    });
  checkRestartFlags(flags);
  if (flags.healthCheckType === 'http' && flags.endpoint === undefined)
    throw new UsageError("'--endpoint' and '--health-check-type=http, -u=http' must be used together.", {
      foundBy: 'command',
    });
}
