// `npm run check`: all that a contributor must know, and what CI runs before the tests.
import { root, runNode, runTool } from './lib/run.mjs';
import { ensureInstalled } from './lib/install.mjs';

const steps = [
  ['format', () => runTool('prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.'])],
  ['lint', () => runTool('oxlint/bin/oxlint', ['--type-aware', '--deny-warnings'])],
  ['types', () => runNode(['scripts/typecheck.mjs'])],
  ['build', () => runNode(['scripts/build.mjs'])],
  ['descriptors', () => runNode(['scripts/check-descriptors.mjs'])],
  ['unit tests', () => runTool('jest/bin/jest.js', ['--selectProjects', 'unit'])],
];

// CI runs `npm test` next, which holds the unit tests too: once is enough.
const withoutTests = process.argv.includes('--without-tests');

ensureInstalled(root);
for (const [name, run] of withoutTests ? steps.slice(0, -1) : steps) {
  console.log(`\n== ${name}`);
  run();
}
