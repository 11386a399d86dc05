// The backend: 1,000 tokens in turn, certificate binding checked, against the limits of Node and Express and the textbook app.
import { writeRequests } from '../lib/load.mjs';
import { measureAlternating } from '../lib/measure.mjs';
import { compare } from '../lib/rows.mjs';
import { ourApp } from '../lib/our-apps.mjs';
import { benchFolder, nodeBinary } from '../lib/machine.mjs';
import { startApp } from '../lib/process.mjs';
import { certificateRequests } from '../lib/requests.mjs';

export const title = 'Backend /endpoint';

export async function run(context) {
  const rows = [];
  for (const major of context.nodes) rows.push(...(await manyTokens(context, major)));
  rows.push(...(await newTokens(context, context.nodes[0])));
  return { rows };
}

async function manyTokens(context, major) {
  const requests = writeRequests(
    context.folder,
    'backend',
    certificateRequests(context, context.tokens.slice(0, 1000)),
  );
  const apps = await startAll(context, major, {});
  try {
    const variants = Object.entries(apps).map(([name, app]) => ({ name, app, url: `${app.url}/endpoint`, requests }));
    const series = await measureAlternating(variants, context.plan);
    const judged = major === context.nodes[0];
    return [
      compare({
        what: `1,000 tokens, Node ${major}`,
        series,
        against: [
          { name: 'bare verify', must: 1.2, aim: 1.5, judged },
          { name: 'Express hello', must: 0.6, aim: 0.8, judged },
          { name: 'textbook', must: 4, aim: 6, judged },
        ],
      }),
    ];
  } finally {
    await Promise.all(Object.values(apps).map((app) => app.stop()));
  }
}

/** More tokens than the cache holds, in turn: each is forgotten before it comes again. */
async function newTokens(context, major) {
  const requests = writeRequests(
    context.folder,
    'backend-new',
    certificateRequests(context, context.tokens.slice(0, 1000)),
  );
  const apps = await startAll(context, major, { TOKEN_CACHE_SIZE: '100' });
  try {
    const variants = ['ours', 'bare verify'].map((name) => ({
      name,
      app: apps[name],
      url: `${apps[name].url}/endpoint`,
      requests,
    }));
    const series = await measureAlternating(variants, context.plan);
    const against = [{ name: 'bare verify', must: 0.3, aim: 0.5, judged: true }];
    return [compare({ what: `every token new, Node ${major}`, series, against })];
  } finally {
    await Promise.all(Object.values(apps).map((app) => app.stop()));
  }
}

async function startAll(context, major, env) {
  const node = nodeBinary(major);
  const { environment } = context.backend;
  const other = (file) => ({ node, args: [`${benchFolder}/apps/${file}`], cwd: benchFolder, readyPath: '/health' });
  return {
    ours: await startApp({ name: 'ours', node, ...ourApp('backendmtls', { environment, env }) }),
    'bare verify': await startApp({
      name: 'bare verify',
      ...other('bare-verify.cjs'),
      env: { VERIFICATION_KEY: context.backend.credentials.verificationkey },
    }),
    'Express hello': await startApp({ name: 'Express hello', ...other('express-hello.cjs'), env: {} }),
    textbook: await startApp({ name: 'textbook', ...other('textbook-backend.cjs'), env: environment.env }),
  };
}
