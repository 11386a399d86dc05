import { UsageError } from './failure';
import { integerFlag, switchFlag, valueFlag } from './flags';

const NO_STRATEGY = 'STRATEGY must be "canary", "rolling" or not set';

const strategyFlag = valueFlag(
  { long: 'strategy', description: 'Deployment strategy: rolling, or not set (the app is down while it restarts)' },
  (text) => {
    if (text === 'rolling' || text === 'canary') return text;
    throw new UsageError(NO_STRATEGY, { foundBy: 'parser' });
  },
);

/** Flags of every verb that restarts an app. */
export const restartFlags = {
  strategy: strategyFlag,
  maxInFlight: integerFlag(
    {
      long: 'max-in-flight',
      description: 'Instances to replace at the same time; the landscape replaces one at a time',
    },
    1,
  ),
  noWait: switchFlag({ long: 'no-wait', description: 'Exit when the first instance of the web process is healthy' }),
};

interface RestartValues {
  readonly strategy: 'rolling' | 'canary' | undefined;
  readonly maxInFlight: number | undefined;
}

/** @throws {UsageError} for flags that do not go together, and for a strategy that the landscape does not have. */
export function checkRestartFlags({ strategy, maxInFlight }: RestartValues): void {
  if (maxInFlight !== undefined && strategy === undefined)
    throw new UsageError("'--max-in-flight' and '--strategy' must be used together.", { foundBy: 'command' });
  if (strategy === 'canary')
    throw new UsageError("The landscape's cf has no canary deployments; use --strategy rolling.", {
      foundBy: 'command',
    });
}
