// 200 first requests at once, on a frontend and a backend that know nothing yet: what the others are asked, and how long the slowest waits.
import { get } from 'node:http';
import { benchFolder, nodeBinary } from '../lib/machine.mjs';
import { countCallsSince, pointDestinationTo } from '../lib/landscape.mjs';
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
    const before = new Date();
    const { failed } = await requestAtOnce(`${landscape.url('frontend')}/app`);
    const counts = await countCallsSince(landscape, before);
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

/** Beside the frontend: what a process that only passes 200 requests on needs, on the same TLS and with as many connections. */
async function timeSlowest({ landscape, target, frontend, tokens, nodes }) {
  const node = nodeBinary(nodes[0]);
  const { environment, credentials } = frontend;
  const bare = {
    node,
    args: [`${benchFolder}/apps/bare-pass-through.cjs`],
    cwd: benchFolder,
    env: {
      ...environment.env,
      TARGET: target.url,
      TOKEN: tokens[0],
      CERTIFICATE: credentials.certificate,
      KEY: credentials.key,
    },
  };
  const ours = { node, ...ourApp('frontendmtls', { environment, env: { BACKEND_URL: target.url } }) };
  for (const service of ['xsuaa', 'destination']) await landscape.control('fault', service, `latency=${LATENCY_MS}ms`);
  await target.setLatency(LATENCY_MS);
  try {
    const limit = await slowestOf('bare pass-through', bare);
    const { slowestMs, cpuMs, failed } = await slowestOf('ours', ours);
    return figure({
      what: `slowest answer, each service ${LATENCY_MS} ms late`,
      value: slowestMs,
      unit: 'ms',
      must: { most: 3 * LATENCY_MS + 100 },
      details: {
        failed,
        'CPU time': `${Math.round(cpuMs)} ms`,
        'bare pass-through': `${Math.round(limit.slowestMs)} ms, CPU time ${Math.round(limit.cpuMs)} ms`,
      },
    });
  } finally {
    await target.setLatency(0);
    for (const service of ['xsuaa', 'destination']) await landscape.control('clear', service);
  }
}

/** The median of three processes, each of which has answered nothing but its health check. */
async function slowestOf(name, options) {
  const runs = [];
  for (let run = 0; run < 3; run += 1) {
    const app = await startApp({ name, ...options });
    try {
      const before = app.cpuSeconds();
      const result = await requestAtOnce(`${app.url}/app`);
      runs.push({ ...result, cpuMs: (app.cpuSeconds() - before) * 1000 });
    } finally {
      await app.stop();
    }
  }
  return runs.toSorted((a, b) => a.slowestMs - b.slowestMs)[1];
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
