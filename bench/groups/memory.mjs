// The container of the size that the manifest declares, page cache counted; and 64 MB, on each supported Node beside bare Node.
import { writeRequests } from '../lib/load.mjs';
import { createContainer, whyNoContainer } from '../lib/container.mjs';
import { benchFolder, nodeBinary } from '../lib/machine.mjs';
import { ourApp } from '../lib/our-apps.mjs';
import { startApp } from '../lib/process.mjs';
import { certificateRequests, pageRequests } from '../lib/requests.mjs';
import { figure } from '../lib/rows.mjs';

export const title = 'Memory';

/** A container that takes longer to start has no memory left to work with. */
const SMALL_READY_MS = 20_000;
/** What helps most where memory is this short; in the manifest they would cost throughput. */
const SMALL_FLAGS = ['--optimize-for-size', '--max-semi-space-size=1', '--max-old-space-size=32', '--v8-pool-size=1'];

export async function run(context) {
  const reason = whyNoContainer();
  if (reason !== undefined) return { rows: await measureUnlimited(context), notInContainers: reason };
  const rows = [];
  const { nodes, quick } = context;
  const seconds = quick ? 5 : 30;
  for (const [app, least, aim] of [
    ['backend', 0.8, 0.9],
    ['frontend', 0.7, 0.9],
  ]) {
    const free = await loadApp(context, { app, major: nodes[0], seconds });
    const memoryMiB = appOf(context, app).memoryMiB;
    const held = await loadApp(context, { app, major: nodes[0], seconds, limitMiB: memoryMiB });
    rows.push(
      figure({
        what: `${app} in ${memoryMiB} MB, Node ${nodes[0]}, of its unlimited throughput`,
        value: held.perSecond / free.perSecond,
        unit: '×',
        must: { least: held.kills + held.errors > 0 ? Infinity : least },
        aim: { least: aim },
        details: describe(held),
      }),
    );
  }
  for (const { major, app, ...size } of smaller(nodes)) {
    const what = `${app} in ${size.limitMiB} MB, Node ${major}`;
    const result = await loadApp(context, { app, major, seconds: quick ? 3 : 8, ...size }).catch((error) => ({
      error,
    }));
    const details = result.error === undefined ? describe(result) : { failed: result.error.message.split('\n')[0] };
    rows.push(figure({ what, value: result.perSecond ?? 0, unit: 'requests/s', details }));
    context.log(`  ${what}: ${JSON.stringify(details)}`);
  }
  return { rows };
}

/** Where no control group can be made: what the processes take by the kernel's own count, the pages of the binary included. */
async function measureUnlimited(context) {
  const rows = [];
  for (const app of ['hello', 'backend', 'frontend']) {
    const { perSecond, peakRss, anonymous } = await loadApp(context, {
      app,
      major: context.nodes[0],
      seconds: context.quick ? 5 : 30,
    });
    const details = { 'anonymous MiB': Math.round(anonymous), 'requests/s': Math.round(perSecond) };
    rows.push(figure({ what: `${app}, peak without a limit (VmHWM)`, value: peakRss, unit: 'MiB', details }));
  }
  return rows;
}

/** 96 MB with the settings of the manifest, 64 MB with those that help there, and bare Node beside it. */
function smaller(nodes) {
  const available = (majors) => [...new Set(majors)].filter((major) => nodeBinary(major) !== undefined);
  const current = process.versions.node.split('.')[0];
  return [
    ...available(nodes).flatMap((major) => ['backend', 'frontend'].map((app) => ({ major, app, limitMiB: 96 }))),
    ...available([...nodes, current]).flatMap((major) =>
      ['hello', 'backend', 'frontend'].map((app) => ({ major, app, limitMiB: 64, flags: SMALL_FLAGS })),
    ),
  ];
}

function appOf({ backend, frontend, target }, app) {
  if (app === 'backend') return { ...ourApp('backendmtls', { environment: backend.environment }), path: '/endpoint' };
  if (app === 'frontend') {
    return {
      ...ourApp('frontendmtls', { environment: frontend.environment, env: { BACKEND_URL: target.url } }),
      path: '/app',
    };
  }
  return { args: [`${benchFolder}/apps/bare-hello.cjs`], cwd: benchFolder, env: {}, path: '/' };
}

async function loadApp(context, { app, major, seconds, limitMiB, flags }) {
  const { folder, measureOnce, tokens } = context;
  const { path, ...options } = appOf(context, app);
  if (flags !== undefined) {
    options.args = [...flags, options.args.at(-1)];
    options.readyLimitMs = SMALL_READY_MS;
  }
  const node = nodeBinary(major);
  const name = `${app}-${major}-${limitMiB ?? 'free'}`;
  const container = limitMiB === undefined ? undefined : createContainer({ folder, name, node, limitMiB });
  const command = container?.command(options.args);
  const headers = app === 'backend' ? certificateRequests(context, tokens) : pageRequests('application/json');
  let process;
  try {
    process = await startApp({ name, node, ...options, ...(command && { command }) });
    const url = process.url + path;
    const requests = writeRequests(folder, name, headers);
    await measureOnce({ url, requests, seconds: 2 });
    const result = await measureOnce({ url, requests, seconds });
    const { peakRss, anonymous } = process.memory();
    return {
      perSecond: result.requests / result.seconds,
      errors: result.errors,
      p99: result.p99,
      peakRss,
      anonymous,
      kills: container?.kills() ?? 0,
      chargedMiB: container?.peakMiB(),
    };
  } finally {
    await process?.stop();
    container?.remove();
  }
}

function describe({ perSecond, errors, kills, p99, anonymous, chargedMiB }) {
  return {
    'requests/s': Math.round(perSecond),
    errors,
    kills,
    'p99 ms': Math.round(p99),
    'anonymous MiB': Math.round(anonymous),
    'charged MiB': Math.round(chargedMiB),
  };
}
