import type { BackendUpstream } from '../backend-client';
import { PLAIN_ROUTE_WAY_OUT } from '../backend-refusal';
import type { Config } from '../config';
import type { Obstacle } from './unavailable-scenario';

const SET_BACKEND_URL = 'https://backendmtls-yourname.cert.cfapps.eu10.hana.ondemand.com';

/** Where no destination tells the address of the backend, and no setting does. */
export function noBackendUrl(appName: string): Obstacle {
  return {
    kind: 'not-configured',
    code: 'backend-url-missing',
    message: 'BACKEND_URL is not set, so this app does not know where the backend is: here no destination tells it.',
    remedy:
      "Set it to the base address of the backend's certificate route, in the manifest or with " +
      `\`cf set-env ${appName} BACKEND_URL ${SET_BACKEND_URL}\`, then \`cf restage ${appName}\`.`,
    hop: { from: 'frontend', to: 'backend' },
  };
}

type Remedies = BackendUpstream['remedies'];

/** The backend at BACKEND_URL, with what to do when it refuses tokens of one kind. */
export function describeBackendAt(
  { timeouts, process: { appName } }: Pick<Config, 'timeouts' | 'process'>,
  remedies: Omit<Remedies, 'certificateMissing'> & {
    /** What to do where the address is right already. */
    readonly routerRefuses?: string;
  },
): BackendUpstream {
  const { routerRefuses, ...others } = remedies;
  const certificateMissing =
    'Set BACKEND_URL to the certificate route of the backend, whose host has the label `cert` behind the name of the ' +
    `app: \`cf set-env ${appName} BACKEND_URL https://…\`, \`cf restage ${appName}\`; ` +
    `${routerRefuses === undefined ? '' : `${routerRefuses}; `}or ${PLAIN_ROUTE_WAY_OUT}`;
  return {
    party: 'backend',
    name: 'the backend',
    addressFrom: 'BACKEND_URL',
    timeoutMs: timeouts.backendMs,
    timeoutSetting: 'BACKEND_TIMEOUT_MS',
    remedies: { ...others, certificateMissing },
  };
}
