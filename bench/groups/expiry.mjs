// Tokens that live for a minute, an issuer that is late, and load all the time: no request may wait for a new token.
import { writeRequests } from '../lib/load.mjs';
import { nodeBinary } from '../lib/machine.mjs';
import { countCallsSince } from '../lib/landscape.mjs';
import { ourApp } from '../lib/our-apps.mjs';
import { startApp } from '../lib/process.mjs';
import { pageRequests } from '../lib/requests.mjs';
import { figure } from '../lib/rows.mjs';

export const title = 'Token expiry under load';

const VALIDITY_S = 60;
/** The frontend asks for the next token when a quarter of the life of a short one is left. */
const PERIOD_S = VALIDITY_S * 0.75;
const LATENCY_MS = 1000;

export async function run({ landscape, frontend, target, nodes, folder, measureOnce, quick }) {
  const periods = quick ? 1 : 2;
  await landscape.cf('update-service', 'clicreIas', '-c', tokenPolicy(VALIDITY_S));
  const app = await startApp({
    name: 'ours',
    node: nodeBinary(nodes[0]),
    ...ourApp('frontendmtls', { environment: frontend.environment, env: { BACKEND_URL: target.url } }),
  });
  try {
    const requests = writeRequests(folder, 'json', pageRequests('application/json'));
    const url = `${app.url}/homepage`;
    await measureOnce({ url, requests, seconds: 2 });
    await landscape.control('fault', 'identity', `latency=${LATENCY_MS}ms`);
    const before = new Date();
    const seconds = Math.round(periods * PERIOD_S + 5);
    const { errors, max, p99 } = await measureOnce({ url, requests, connections: 10, seconds });
    const calls = (await countCallsSince(landscape, before))['identity /oauth2/token'] ?? 0;
    const details = { 'issuer late by': `${LATENCY_MS} ms`, p99: `${Math.round(p99)} ms` };
    return {
      rows: [
        figure({ what: `failed in ${seconds} s`, value: errors, unit: 'requests', must: { exactly: 0 } }),
        figure({ what: 'slowest answer', value: max, unit: 'ms', must: { most: LATENCY_MS / 2 }, details }),
        figure({
          what: `token calls in ${periods} periods of ${PERIOD_S} s`,
          value: calls,
          unit: 'calls',
          must: { exactly: periods },
        }),
      ],
    };
  } finally {
    await app.stop();
    await landscape.control('clear', 'identity');
    await landscape.cf('update-service', 'clicreIas', '-c', tokenPolicy(3600));
  }
}

function tokenPolicy(validity) {
  return JSON.stringify({ 'oauth2-configuration': { 'token-policy': { 'token-validity': validity } } });
}
