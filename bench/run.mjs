// `npm run bench`: starts the landscape, measures group by group, prints one table and writes it with its plots.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { parseArgs } from 'node:util';
import { load, temporaryFolder } from './lib/load.mjs';
import {
  environmentOf,
  fetchTokens,
  joinTrust,
  pointDestinationTo,
  startLandscape,
  startTarget,
} from './lib/landscape.mjs';
import { describeMachine, leaveAppCore, nodeBinary } from './lib/machine.mjs';
import { printTable, writeReport } from './lib/report.mjs';

const GROUPS = ['backend', 'frontend', 'cold', 'expiry', 'start', 'memory', 'growth', 'logging', 'landscape'];
/** Short rounds and many of them: what else the computer does then meets all apps alike. */
const FULL = { rounds: 11, seconds: 1, warmUpSeconds: 6 };
const QUICK = { rounds: 3, seconds: 1, warmUpSeconds: 2 };

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean', default: false },
    soak: { type: 'boolean', default: false },
    node: { type: 'string', default: '24,22' },
    out: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (options.help) {
  console.log(`npm run bench -- [--only GROUP]… [--quick] [--soak] [--node 24,22] [--out FOLDER]

Groups: ${GROUPS.join(', ')}; --soak runs the soak test alone (30 minutes).
Without --only everything is measured (under 20 minutes on 2 cores); the result is written to docs/benchmarks, or to FOLDER.`);
  process.exit(0);
}
const unknown = (options.only ?? []).filter((name) => !GROUPS.includes(name));
if (unknown.length > 0) {
  console.error(`There is no group ${unknown.join(', ')}: ${GROUPS.join(', ')}.`);
  process.exit(2);
}
if (process.platform !== 'linux') {
  console.error('The benchmark reads CPU time and memory from /proc: it runs on Linux only.');
  process.exit(2);
}

const wanted = options.soak ? ['soak'] : (options.only ?? GROUPS);
const nodes = options.node.split(',').filter((major) => nodeBinary(major) !== undefined);
if (nodes.length === 0) {
  console.error(`No binary of Node ${options.node}: it comes with the optional packages of bench/package.json.`);
  process.exit(2);
}
const log = (line) => console.error(line);
const folder = temporaryFolder();
const cleanUp = [() => rmSync(folder, { recursive: true, force: true })];
const end = async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
};
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void end().finally(() => process.exit(130)));

try {
  const started = performance.now();
  leaveAppCore();
  const context = await prepare();
  const groups = [];
  for (const name of wanted) {
    const group = await import(`./groups/${name}.mjs`);
    log(`\n== ${group.title}`);
    groups.push({ name, title: group.title, ...(await group.run(context)) });
  }
  const report = {
    machine: describeMachine(nodes),
    quick: options.quick,
    seconds: Math.round((performance.now() - started) / 1000),
    groups,
  };
  printTable(report);
  const complete = !options.quick && options.only === undefined && !options.soak;
  const out = options.out ?? (complete ? 'docs/benchmarks' : undefined);
  if (out !== undefined) {
    mkdirSync(out, { recursive: true });
    log(`Written to ${writeReport(report, out).join(', ')}.`);
  }
} finally {
  await end();
}

async function prepare() {
  log('Starting the landscape ...');
  const landscape = await startLandscape(folder);
  cleanUp.push(() => landscape.stop());
  const target = await startTarget(folder, await realAnswer(landscape));
  cleanUp.push(() => target.stop());
  const trustFile = joinTrust(folder, [landscape.caFile, target.certificate]);
  await pointDestinationTo(landscape, target.url, folder);
  // As the real Destination Service does for hours: it asks XSUAA once and not for each caller.
  await landscape.control('destination', 'keep-tokens', 'on');
  const backend = await describeApp(landscape, 'backendmtls', 'xsuaa', trustFile);
  const frontend = await describeApp(landscape, 'frontendmtls', 'destination', trustFile);
  const { tokens, seconds } = await fetchTokens(backend.credentials, {
    count: 1000,
    ca: readFileSync(landscape.caFile),
  });
  const plan = { ...(options.quick ? QUICK : FULL), log };
  const measureOnce = ({ url, requests, connections = 50, seconds: duration = plan.seconds }) =>
    load({ url, requests, connections, seconds: duration });
  const tokensPerSecond = tokens.length / seconds;
  return {
    landscape,
    target,
    trustFile,
    backend,
    frontend,
    tokens,
    tokensPerSecond,
    plan,
    measureOnce,
    nodes,
    folder,
    log,
    quick: options.quick,
  };
}

async function describeApp(landscape, app, label, trustFile) {
  const environment = await environmentOf(landscape, app, trustFile);
  return { environment, credentials: environment.services[label][0].credentials };
}

/** What the backend really answers, so that the upstream of the measured frontends sends no less. */
async function realAnswer(landscape) {
  const { backend } = JSON.parse(await getText(`${landscape.url('frontend')}/app`));
  return JSON.stringify(backend.body);
}

function getText(url) {
  return new Promise((resolve, reject) => {
    get(url, { headers: { accept: 'application/json' } }, (res) => {
      let text = '';
      res.on('data', (chunk) => (text += chunk));
      res.on('end', () => resolve(text));
    }).on('error', reject);
  });
}
