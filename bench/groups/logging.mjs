// What a log line a request costs.
import { writeRequests } from '../lib/load.mjs';
import { nodeBinary } from '../lib/machine.mjs';
import { measureAlternating, ratioOf } from '../lib/measure.mjs';
import { ourApp } from '../lib/our-apps.mjs';
import { startApp } from '../lib/process.mjs';
import { certificateRequests } from '../lib/requests.mjs';
import { figure } from '../lib/rows.mjs';

export const title = 'Request logging';

export async function run(context) {
  const { backend, folder, nodes, plan, tokens } = context;
  const requests = writeRequests(folder, 'logging', certificateRequests(context, tokens));
  const apps = [];
  try {
    for (const level of ['info', 'warn']) {
      const options = ourApp('backendmtls', { environment: backend.environment, env: { LOG_LEVEL: level } });
      apps.push(await startApp({ name: level, node: nodeBinary(nodes[0]), ...options }));
    }
    const variants = apps.map((app) => ({ name: app.name, app, url: `${app.url}/endpoint`, requests }));
    const { info, warn } = await measureAlternating(variants, plan);
    const cost = ratioOf(info.cpuMicroseconds, warn.cpuMicroseconds);
    return {
      rows: [
        figure({
          what: 'CPU time a request with a log line each, more than without',
          value: (cost.median - 1) * 100,
          unit: '%',
          must: { most: 15 },
          aim: { most: 8 },
        }),
      ],
    };
  } finally {
    await Promise.all(apps.map((app) => app.stop()));
  }
}
