import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { succeed } from './bindings';
import { root, type RunningLandscape } from './running-landscape';

/** The clock of one app, apart from that of the machine and of all services. */
export interface AppClock {
  /** Moves the clock this far ahead of the machine's, at once. */
  setAhead(seconds: number): void;
}

/**
 * Gives an app a clock that a test can move, so that tokens which live for minutes become due without a wait; restarts
 * the app. Only `Date.now` is moved: timers go on as ever.
 * @throws when the landscape refuses a command.
 */
export async function installAppClock(landscape: RunningLandscape, app: string): Promise<AppClock> {
  const offsetFile = join(landscape.home, `${app}-clock-ms`);
  const preload = join(landscape.home, `${app}-clock.cjs`);
  const clock: AppClock = { setAhead: (seconds) => writeFileSync(offsetFile, String(seconds * 1000)) };
  clock.setAhead(0);
  writeFileSync(
    preload,
    `const { readFileSync } = require('node:fs');
const machineNow = Date.now;
Date.now = () => machineNow() + Number(readFileSync(${JSON.stringify(offsetFile)}, 'utf8'));
`,
  );
  await succeed(landscape.cf('set-env', app, 'NODE_OPTIONS', `--require=${preload}`));
  await succeed(landscape.cf('restart', app));
  return clock;
}

const descriptorSchema = v.looseObject({ 'oauth2-configuration': v.looseObject({}) });

/**
 * Lets XSUAA issue tokens that live this many seconds; all else is as `xs-security.json` says.
 * @throws when the landscape refuses the change.
 */
export async function setTokenValidity(landscape: RunningLandscape, seconds: number): Promise<void> {
  const file = JSON.parse(readFileSync(join(root, 'xs-security.json'), 'utf8')) as unknown;
  const descriptor = v.parse(descriptorSchema, file);
  const configuration = { ...descriptor['oauth2-configuration'], 'token-validity': seconds };
  const parameters = JSON.stringify({ ...descriptor, 'oauth2-configuration': configuration });
  await succeed(landscape.cf('update-service', 'mtlsXsuaa', '-c', parameters));
}
