// 30 minutes at half load with a new keystore every minute: nothing may grow, nothing may fail.
import { writeRequests } from '../lib/load.mjs';
import { nodeBinary } from '../lib/machine.mjs';
import { pointDestinationTo } from '../lib/landscape.mjs';
import { ourApp } from '../lib/our-apps.mjs';
import { startApp } from '../lib/process.mjs';
import { pageRequests } from '../lib/requests.mjs';
import { figure } from '../lib/rows.mjs';

export const title = 'Soak';

export async function run({ landscape, frontend, target, nodes, folder, measureOnce, quick, log }) {
  const minutes = quick ? 2 : 30;
  const settled = quick ? 1 : 5;
  const options = ourApp('frontendmtls', { environment: frontend.environment, env: { BACKEND_URL: target.url } });
  const app = await startApp({ name: 'ours', node: nodeBinary(nodes[0]), ...options });
  try {
    const requests = writeRequests(folder, 'json', pageRequests('application/json'));
    const url = `${app.url}/app`;
    await measureOnce({ url, requests, seconds: 5 });
    const samples = [];
    let errors = 0;
    for (let minute = 1; minute <= minutes; minute += 1) {
      const loaded = measureOnce({ url, requests, connections: 2, seconds: 60 });
      await rotate(landscape, target.url, folder, minute);
      errors += (await loaded).errors;
      const { rss, anonymous } = app.memory();
      samples.push({ x: minute, rss, anonymousMiB: anonymous, descriptors: app.descriptors() });
      log(`  minute ${minute}: ${JSON.stringify(samples.at(-1))}, ${errors} errors`);
    }
    const [early, late] = [samples[settled - 1], samples.at(-1)];
    return {
      rows: [
        figure({
          what: `failed in ${minutes} minutes with a rotation each`,
          value: errors,
          unit: 'requests',
          must: { exactly: 0 },
        }),
        figure({
          what: `RSS at the end, of that after ${settled} minutes`,
          value: late.rss / early.rss,
          unit: '×',
          must: { most: 1.05 },
        }),
        figure({
          what: 'descriptors more than then',
          value: late.descriptors - early.descriptors,
          unit: 'descriptors',
          must: { most: 0 },
        }),
      ],
      curves: [{ name: 'soak', label: 'minutes', points: samples }],
    };
  } finally {
    await app.stop();
  }
}

/** A new key of the XSUAA instance, uploaded by the same commands as in the tutorial. */
async function rotate(landscape, url, folder, minute) {
  const name = `soak-${minute}`;
  const parameters = JSON.stringify({
    'credential-type': 'x509',
    x509: { 'key-length': 2048, validity: 1, 'validity-type': 'DAYS' },
  });
  await landscape.cf('create-service-key', 'mtlsXsuaa', name, '-c', parameters);
  await pointDestinationTo(landscape, url, folder, name);
}
