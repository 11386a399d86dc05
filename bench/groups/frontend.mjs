// The frontend's /app and /homepage, warm: the upstream answers at once, or after 20 ms.
import { writeRequests } from '../lib/load.mjs';
import { benchFolder, nodeBinary } from '../lib/machine.mjs';
import { measureAlternating, median } from '../lib/measure.mjs';
import { ourApp } from '../lib/our-apps.mjs';
import { startApp } from '../lib/process.mjs';
import { countCallsSince } from '../lib/landscape.mjs';
import { pageRequests, sendExactly } from '../lib/requests.mjs';
import { compare, figure } from '../lib/rows.mjs';

export const title = 'Frontend';

const CONNECTIONS = 50;
const LATENCY_MS = 20;
const COUNTED = 2000;

export async function run(context) {
  const major = context.nodes[0];
  const apps = await startAll(context, major);
  try {
    return {
      rows: [
        await measureApp(context, apps, major),
        await measureHomepage(context, apps, major),
        await measureLate(context, apps, major),
        ...(await countSteady(context, apps)),
      ],
    };
  } finally {
    await Promise.all(Object.values(apps).map((app) => app.stop()));
  }
}

async function measureApp({ plan, folder }, apps, major) {
  const json = writeRequests(folder, 'json', pageRequests('application/json'));
  const html = writeRequests(folder, 'html', pageRequests('text/html'));
  const variants = [
    { name: 'ours', app: apps.ours, url: `${apps.ours.url}/app`, requests: json },
    { name: 'ours, as a page', app: apps.ours, url: `${apps.ours.url}/app`, requests: html },
    { name: 'textbook', app: apps.textbook, url: `${apps.textbook.url}/app`, requests: json },
    { name: 'Cloud SDK', app: apps.sdk, url: `${apps.sdk.url}/app`, requests: json },
    { name: 'bare pass-through', app: apps.bare, url: `${apps.bare.url}/app`, requests: json },
  ];
  return compare({
    what: `/app, Node ${major}`,
    series: await measureAlternating(variants, plan),
    against: [
      { name: 'textbook', must: 30, aim: 45, judged: true },
      { name: 'Cloud SDK', must: 6, aim: 9, judged: true },
      { name: 'bare pass-through', must: 0.5, aim: 0.7, judged: true },
    ],
  });
}

async function measureHomepage({ plan, folder }, apps, major) {
  const json = writeRequests(folder, 'json', pageRequests('application/json'));
  const variants = [
    { name: 'ours', app: apps.ours, url: `${apps.ours.url}/homepage`, requests: json },
    { name: 'textbook', app: apps.identity, url: `${apps.identity.url}/homepage`, requests: json },
  ];
  return compare({
    what: `/homepage, Node ${major}`,
    series: await measureAlternating(variants, plan),
    against: [{ name: 'textbook', must: 25, aim: 40, judged: true }],
  });
}

/** Little's law: so many connections, each waiting so long, cannot bring more than connections / latency. */
async function measureLate({ plan, folder, target }, apps, major) {
  const requests = writeRequests(folder, 'json', pageRequests('application/json'));
  await target.setLatency(LATENCY_MS);
  try {
    const variants = [
      { name: 'ours', app: apps.ours, url: `${apps.ours.url}/app`, requests },
      { name: 'bare pass-through', app: apps.bare, url: `${apps.bare.url}/app`, requests },
    ];
    const series = await measureAlternating(variants, { ...plan, connections: CONNECTIONS });
    const limit = (CONNECTIONS * 1000) / LATENCY_MS;
    const row = compare({
      what: `/app, upstream ${LATENCY_MS} ms late, Node ${major}`,
      series,
      against: [{ name: 'bare pass-through', judged: false }],
    });
    const ratios = series.ours.perSecond.map((value) => value / limit);
    const ofLimit = { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
    row.ratios.unshift({ against: `Little's limit of ${limit}/s`, ...ofLimit, must: 0.85, aim: 0.92 });
    return row;
  } finally {
    await target.setLatency(0);
  }
}

/** Counted, not timed: what a request costs the others once everything is known. */
async function countSteady({ target, landscape }, apps) {
  const before = new Date();
  await target.takeCounts();
  await sendExactly(`${apps.ours.url}/app`, COUNTED);
  const counts = await target.takeCounts();
  const others = Object.keys(await countCallsSince(landscape, before));
  return [
    figure({
      what: 'upstream calls a request, steady',
      value: counts.requests / COUNTED,
      unit: 'calls',
      must: { exactly: 1 },
    }),
    figure({
      what: 'TLS handshakes in the steady state',
      value: counts.handshakes,
      unit: 'handshakes',
      must: { exactly: 0 },
      details: { 'other services called': others.join(', ') || 'none' },
    }),
  ];
}

async function startAll(context, major) {
  const node = nodeBinary(major);
  const { environment, credentials } = context.frontend;
  const env = { BACKEND_URL: context.target.url };
  const other = (name, file, more = {}) =>
    startApp({
      name,
      node,
      args: [`${benchFolder}/apps/${file}`],
      cwd: benchFolder,
      env: { ...environment.env, ...env, ...more },
    });
  return {
    ours: await startApp({ name: 'ours', node, ...ourApp('frontendmtls', { environment, env }) }),
    textbook: await other('textbook', 'textbook-frontend.cjs'),
    identity: await other('textbook for IAS', 'textbook-identity-frontend.cjs'),
    sdk: await other('Cloud SDK', 'cloud-sdk-frontend.cjs'),
    bare: await other('bare pass-through', 'bare-pass-through.cjs', {
      TARGET: context.target.url,
      TOKEN: context.tokens[0],
      CERTIFICATE: credentials.certificate,
      KEY: credentials.key,
    }),
  };
}
