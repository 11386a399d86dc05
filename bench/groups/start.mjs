// From the start of the process to the first 200 on the page that matters; the textbook apps as they are started: by `npm start`.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { APP_CORE, benchFolder, nodeBinary, pinned } from '../lib/machine.mjs';
import { median, ratioOf } from '../lib/measure.mjs';
import { ourApp } from '../lib/our-apps.mjs';
import { startApp } from '../lib/process.mjs';
import { certificateRequests, pageRequests } from '../lib/requests.mjs';
import { figure } from '../lib/rows.mjs';

export const title = 'Start: process to first 200';

export async function run(context) {
  const { backend, frontend, target, tokens, nodes, quick } = context;
  const node = nodeBinary(nodes[0]);
  const [asRouter] = certificateRequests(context, tokens);
  const env = { BACKEND_URL: target.url };
  const [headers] = pageRequests('application/json');
  const pairs = [
    {
      what: 'backend',
      ours: {
        node,
        ...ourApp('backendmtls', { environment: backend.environment }),
        readyPath: '/endpoint',
        headers: asRouter,
      },
      textbook: {
        ...textbook(context, node, 'textbook-backend.cjs'),
        env: backend.environment.env,
        readyPath: '/endpoint',
        headers: asRouter,
      },
    },
    {
      what: 'frontend',
      ours: { node, ...ourApp('frontendmtls', { environment: frontend.environment, env }), readyPath: '/app', headers },
      textbook: {
        ...textbook(context, node, 'textbook-frontend.cjs'),
        env: { ...frontend.environment.env, ...env },
        readyPath: '/app',
        headers,
      },
    },
  ];
  const rows = [];
  for (const { what, ours, textbook: other } of pairs) {
    const times = { ours: [], textbook: [] };
    for (let round = 0; round < (quick ? 2 : 7); round += 1) {
      const both = [
        ['ours', ours],
        ['textbook', other],
      ];
      for (const [name, options] of round % 2 === 0 ? both : both.toReversed()) {
        const app = await startApp({ name, ...options });
        times[name].push(app.readyMs);
        await app.stop();
      }
    }
    const ratio = ratioOf(times.ours, times.textbook);
    context.log(
      `  ${what}: ours ${median(times.ours).toFixed(0)} ms, textbook ${median(times.textbook).toFixed(0)} ms`,
    );
    rows.push(
      figure({
        what: `${what}, of the textbook's time`,
        value: ratio.median,
        unit: '×',
        must: { most: 0.5 },
        aim: { most: 0.35 },
        details: {
          ours: `${median(times.ours).toFixed(0)} ms`,
          textbook: `${median(times.textbook).toFixed(0)} ms`,
          spread: `${ratio.least.toFixed(2)}–${ratio.most.toFixed(2)}`,
        },
      }),
    );
  }
  return { rows };
}

/** A folder with nothing but a start script, as a tutorial's app is pushed. */
function textbook({ folder }, node, file) {
  const cwd = join(folder, file);
  mkdirSync(cwd, { recursive: true });
  const script = `node ${JSON.stringify(join(benchFolder, 'apps', file))}`;
  writeFileSync(
    join(cwd, 'package.json'),
    JSON.stringify({ name: 'textbook', private: true, scripts: { start: script } }),
  );
  const path = `${dirname(node)}:${process.env.PATH}`;
  return { cwd, command: pinned(APP_CORE, 'env', [`PATH=${path}`, 'npm', 'start', '--silent']) };
}
