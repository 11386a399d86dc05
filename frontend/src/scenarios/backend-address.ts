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
