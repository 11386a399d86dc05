// 200 first requests at once, on a frontend and a backend that know nothing yet: what the others are asked, and how long the slowest waits.
import { get } from 'node:http';
import { nodeBinary } from '../lib/machine.mjs';
import { countCalls, pointDestinationTo } from '../lib/landscape.mjs';
import { ourApp } from '../lib/our-apps.mjs';
import { startApp } from '../lib/process.mjs';
import { figure } from '../lib/rows.mjs';

export const title = 'Cold start under load: 200 concurrent first requests';

const REQUESTS = 200;
const LATENCY_MS = 50;
const JSON_TWIN = { accept: 'application/json' };

export async function run(context) {
  return { rows: [...(await countUpstreamCalls(context)), await timeSlowest(context)] };
}

/** Through the whole landscape, so that the backend's key set is counted too. */
async function countUpstreamCalls({ landscape, target, folder, log }) {
  await pointDestinationTo(landscape, landscape.certificateRoute, folder);
  try {
    for (const app of ['backendmtls', 'frontendmtls']) await landscape.cf('restart', app);
    const before = await countCalls(landscape);
    const { failed } = await requestAtOnce(`${landscape.url('frontend')}/app`);
    const counts = subtract(await countCalls(landscape), before);
    log(`  ${JSON.stringify(counts)}`);
    const sum = (pattern) => Object.entries(counts).reduce((n, [key, value]) => n + (pattern.test(key) ? value : 0), 0);
    // The Destination Service fetches the backend's token itself; it kept that of an earlier caller.
    return [
      figure({ what: 'failed', value: failed, unit: 'requests', must: { exactly: 0 } }),
      figure({ what: 'token calls', value: sum(/^xsuaa \/oauth\/token/), unit: 'calls', must: { exactly: 1 } }),
      figure({
        what: 'find calls',
        value: sum(/^destination .*\/v1\/destinations\//),
        unit: 'calls',
        must: { exactly: 2 },
      }),
      figure({ what: 'key set calls', value: sum(/^xsuaa \/token_keys/), unit: 'calls', must: { most: 1 } }),
    ];
  } finally {
    await pointDestinationTo(landscape, target.url, folder);
  }
}

async function timeSlowest({ landscape, target, frontend, nodes }) {
  for (const service of ['xsuaa', 'destination']) await landscape.control('fault', service, `latency=${LATENCY_MS}ms`);
  await target.setLatency(LATENCY_MS);
  const app = await startApp({
    name: 'ours',
    node: nodeBinary(nodes[0]),
    ...ourApp('frontendmtls', { environment: frontend.environment, env: { BACKEND_URL: target.url } }),
  });
  try {
    const { slowestMs, failed } = await requestAtOnce(`${app.url}/app`);
    const limit = 3 * LATENCY_MS + 100;
    const details = { failed, 'of that three round trips': `${3 * LATENCY_MS} ms` };
    return figure({
      what: `slowest answer, each service ${LATENCY_MS} ms late`,
      value: slowestMs,
      unit: 'ms',
      must: { most: limit },
      details,
    });
  } finally {
    await app.stop();
    await target.setLatency(0);
    for (const service of ['xsuaa', 'destination']) await landscape.control('clear', service);
  }
}

function subtract(after, before) {
  const differences = Object.entries(after).map(([key, value]) => [key, value - (before[key] ?? 0)]);
  return Object.fromEntries(differences.filter(([, value]) => value > 0));
}

async function requestAtOnce(url) {
  const started = performance.now();
  const answers = await Promise.all(
    Array.from({ length: REQUESTS }, async () => ({ status: await statusOf(url), ms: performance.now() - started })),
  );
  return {
    failed: answers.filter(({ status }) => status !== 200).length,
    slowestMs: Math.max(...answers.map(({ ms }) => ms)),
  };
}

function statusOf(url) {
  return new Promise((resolve) => {
    get(url, { agent: false, headers: JSON_TWIN }, (res) => {
      res.resume();
      res.on('end', () => resolve(res.statusCode));
    }).on('error', (error) => resolve(error.code));
  });
}
