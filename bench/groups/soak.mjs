// 30 minutes at half load with a new keystore every minute: nothing may grow, nothing may fail.
import { writeRequests } from '../lib/load.mjs';
import { nodeBinary } from '../lib/machine.mjs';
import { pointDestinationTo } from '../lib/landscape.mjs';
import { median } from '../lib/measure.mjs';
import { ourApp } from '../lib/our-apps.mjs';
import { startApp } from '../lib/process.mjs';
import { pageRequests } from '../lib/requests.mjs';
import { figure } from '../lib/rows.mjs';

export const title = 'Soak';

/** So many connections, one request after the other on each, keep the app's core about half busy. */
const HALF_LOAD = 2;

export async function run({ landscape, frontend, target, nodes, folder, measureOnce, quick, log }) {
  const minutes = quick ? 2 : 30;
  const settled = quick ? 1 : 5;
  // With a kept token of the former keystore `deploy` would end with a finding, each minute.
  await landscape.control('destination', 'keep-tokens', 'off');
  // Every rotation is to be noticed, not one in five.
  const env = { BACKEND_URL: target.url, DESTINATION_CACHE_SECONDS: '20' };
  const options = ourApp('frontendmtls', { environment: frontend.environment, env });
  const app = await startApp({ name: 'ours', node: nodeBinary(nodes[0]), ...options });
  try {
    const requests = writeRequests(folder, 'json', pageRequests('application/json'));
    const url = `${app.url}/app`;
    await measureOnce({ url, requests, seconds: 5 });
    const samples = [];
    let errors = 0;
    for (let minute = 1; minute <= minutes; minute += 1) {
      const cpuBefore = app.cpuSeconds();
      const loading = measureOnce({ url, requests, connections: HALF_LOAD, seconds: 60 });
      await rotate(landscape, target.url, folder, minute);
      const loaded = await loading;
      errors += loaded.errors;
      const { rss, anonymous } = app.memory();
      samples.push({
        x: minute,
        perSecond: loaded.requests / loaded.seconds,
        cpuShare: (app.cpuSeconds() - cpuBefore) / loaded.seconds,
        rss,
        anonymousMiB: anonymous,
        descriptors: app.descriptors(),
        handshakes: (await target.takeCounts()).handshakes,
      });
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
          details: {
            'requests/s': Math.round(median(samples.map(({ perSecond }) => perSecond))),
            'of a core': median(samples.map(({ cpuShare }) => cpuShare)).toFixed(2),
          },
        }),
        figure({
          what: `RSS at the end, of that after ${settled} minutes`,
          value: late.rss / early.rss,
          unit: '×',
          must: { most: 1.05 },
          details: { then: `${Math.round(early.rss)} MiB`, 'at the end': `${Math.round(late.rss)} MiB` },
        }),
        figure({
          what: 'descriptors more than then',
          value: late.descriptors - early.descriptors,
          unit: 'descriptors',
          must: { most: 0 },
          details: { then: early.descriptors, 'at the end': late.descriptors },
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
