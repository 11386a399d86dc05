// Builds what is deployed and what is run: one bundled server.js per app with a map of our own code, and the tools.
// Why each option is set as it is: docs/decisions/0001-one-bundle-per-app.md.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './lib/run.mjs';
import { keepOwnSources } from './lib/own-source-map.mjs';
import { collectLicences } from './lib/collect-licences.mjs';
import { copyFrontendAssets } from './lib/frontend-assets.mjs';
import { leaveOutUnusedParts } from './lib/unused-parts.mjs';

const NODE_OF_THE_ARTEFACT = '24.x';
const quiet = process.argv.includes('--quiet');
const named = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
/** `node scripts/build.mjs backend cli` builds only these; without names everything is built. */
const wanted = (name) => named.length === 0 || named.includes(name);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

// esbuild takes tsconfigRaw instead of the tsconfig: `strict` there makes it emit "use strict" for the whole bundle,
// and passport 0.7 uses arguments.callee in its own error, which then ends the process.
const tsconfigRaw = {
  compilerOptions: {
    strict: false,
    alwaysStrict: false,
    esModuleInterop: true,
    target: 'es2023',
    jsx: 'react-jsx',
    jsxImportSource: 'preact',
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  alias: { '@mtls/platform': './platform/src/index.ts' },
  tsconfigRaw,
  logLevel: 'warning',
  define: { BUILD_REVISION: JSON.stringify(revision()) },
};

/** Loaded only where it is needed: inside of the bundle its source would take memory of every instance. */
const besideTheBundle = { frontend: ['redis-store'] };
const apps = ['backend', 'frontend'].filter(wanted);
const tools = ['landscape', 'cli'].filter(wanted);

await Promise.all([
  ...apps.map(buildApp),
  ...(wanted('landscape') ? [buildLandscape()] : []),
  ...(wanted('cli') ? [buildCli()] : []),
]);
if (wanted('frontend')) await copyFrontendAssets(join(root, 'frontend', 'dist', 'public'));
if (!quiet) console.log(`Built ${[...apps, ...tools].map((name) => `${name}/dist`).join(', ')}.`);

async function buildApp(name) {
  const dist = emptyDist(name);
  for (const file of ['server', ...(besideTheBundle[name] ?? [])]) {
    await build({
      ...common,
      entryPoints: [`${name}/src/${file}.ts`],
      outfile: join(dist, `${file}.js`),
      external: (besideTheBundle[name] ?? []).map((other) => `./${other}.js`),
      sourcemap: true,
      sourcesContent: false,
      legalComments: 'none',
      minifyWhitespace: true,
      minifySyntax: true,
      charset: 'ascii',
      plugins: [leaveOutUnusedParts],
    });
    keepOwnSources(join(dist, `${file}.js.map`));
  }
  const artefact = { name: `mtls-${name}`, version, private: true, engines: { node: NODE_OF_THE_ARTEFACT } };
  writeFileSync(join(dist, 'package.json'), `${JSON.stringify(artefact, null, 2)}\n`);
}

/** It runs from the repository, where node_modules is: only our own code is bundled. */
async function buildLandscape() {
  await build({
    ...common,
    entryPoints: ['main', 'cf', 'control'].map((entry) => `landscape/src/${entry}.ts`),
    outdir: emptyDist('landscape'),
    packages: 'external',
    sourcemap: 'linked',
  });
}

/** It is installed elsewhere, too, and then brings all that it needs: the package has no dependencies. */
async function buildCli() {
  const dist = emptyDist('cli');
  const { metafile } = await build({
    ...common,
    entryPoints: ['cli/src/main.ts'],
    outfile: join(dist, 'main.js'),
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    minifyWhitespace: true,
    minifySyntax: true,
    metafile: true,
  });
  keepOwnSources(join(dist, 'main.js.map'));
  writeFileSync(join(dist, 'LICENSES.txt'), collectLicences(Object.keys(metafile.inputs)));
}

function emptyDist(name) {
  const dist = join(root, name, 'dist');
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  return dist;
}

/** The short id of the commit that is built, or `unversioned` outside a git checkout. */
function revision() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return 'unversioned';
  }
}
