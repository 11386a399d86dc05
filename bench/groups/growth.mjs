// How throughput and memory grow with connections, with tokens and with instances.
import { writeRequests } from '../lib/load.mjs';
import { fetchTokens } from '../lib/landscape.mjs';
import { readFileSync } from 'node:fs';
import { nodeBinary, OTHER_CORE, APP_CORE } from '../lib/machine.mjs';
import { ourApp } from '../lib/our-apps.mjs';
import { startApp } from '../lib/process.mjs';
import { certificateRequests } from '../lib/requests.mjs';
import { figure } from '../lib/rows.mjs';

export const title = 'Growth';

export async function run(context) {
  const curves = [await overConnections(context), await overTokens(context), await overInstances(context)];
  const [, tokens] = curves;
  const [first, last] = [tokens.points[0], tokens.points.at(-1)];
  const grown = last.anonymousMiB - first.anonymousMiB;
  const details = { from: `${first.x} token`, to: `${last.x} tokens` };
  return { rows: [figure({ what: 'memory that remembered tokens take', value: grown, unit: 'MiB', details })], curves };
}

async function overConnections(context) {
  const { folder, tokens, measureOnce, quick } = context;
  const requests = writeRequests(folder, 'growth', certificateRequests(context, tokens));
  const app = await start(context);
  try {
    const points = [];
    await measureOnce({ url: `${app.url}/endpoint`, requests });
    for (const connections of quick ? [1, 50, 1000] : [1, 5, 10, 50, 100, 300, 1000]) {
      points.push(
        await point(app, connections, await measureOnce({ url: `${app.url}/endpoint`, requests, connections })),
      );
    }
    return { name: 'connections', label: 'connections', points };
  } finally {
    await app.stop();
  }
}

async function overTokens(context) {
  const { backend, folder, landscape, measureOnce, quick } = context;
  const most = quick ? 2000 : 10_000;
  const { tokens } = await fetchTokens(backend.credentials, { count: most, ca: readFileSync(landscape.caFile) });
  const points = [];
  for (const count of quick ? [1, most] : [1, 10, 100, 1000, 3000, most]) {
    const app = await start(context);
    try {
      const requests = writeRequests(folder, 'growth', certificateRequests(context, tokens.slice(0, count)));
      await measureOnce({ url: `${app.url}/endpoint`, requests });
      points.push(await point(app, count, await measureOnce({ url: `${app.url}/endpoint`, requests })));
    } finally {
      await app.stop();
    }
  }
  return { name: 'tokens', label: 'different tokens', points };
}

/** The second instance runs on the core of the load generator: read its direction, not its slope. */
async function overInstances(context) {
  const { folder, tokens, measureOnce } = context;
  const requests = writeRequests(folder, 'growth', certificateRequests(context, tokens));
  const apps = [await start(context), await start(context, OTHER_CORE)];
  try {
    const points = [];
    for (const app of apps) await measureOnce({ url: `${app.url}/endpoint`, requests });
    for (const count of [1, 2]) {
      const results = await Promise.all(
        apps
          .slice(0, count)
          .map((app) => measureOnce({ url: `${app.url}/endpoint`, requests, connections: 50 / count })),
      );
      const sum = {
        requests: 0,
        seconds: results[0].seconds,
        p99: Math.max(...results.map(({ p99 }) => p99)),
        errors: 0,
      };
      for (const { requests: done, errors } of results) {
        sum.requests += done;
        sum.errors += errors;
      }
      points.push(await point(apps[0], count, sum));
    }
    return { name: 'instances', label: 'instances', points };
  } finally {
    await Promise.all(apps.map((app) => app.stop()));
  }
}

async function start({ backend, nodes }, core = APP_CORE) {
  const options = ourApp('backendmtls', { environment: backend.environment });
  return startApp({ name: 'ours', node: nodeBinary(nodes[0]), core, ...options });
}

async function point(app, x, { requests, seconds, p99, errors }) {
  return { x, perSecond: requests / seconds, p99, errors, anonymousMiB: app.memory().anonymous };
}
