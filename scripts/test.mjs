// `npm test` and its variants: install what is missing, build what is deployed, run the tests.
import { root, runNode, runTool } from './lib/run.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { join } from 'node:path';

const args = process.argv.slice(2);
const browser = args.includes('--browser');
const peers = args.includes('--peers');
const passedOn = args.filter((arg) => arg !== '--browser' && arg !== '--peers');

ensureInstalled(root);
runNode(['scripts/build.mjs']);
if (peers) {
  ensureInstalled(join(root, 'test', 'peers'));
  runTool('jest/bin/jest.js', ['--config', 'test/peers/jest.config.cjs', ...passedOn]);
} else {
  const projects = browser ? ['browser'] : ['unit', 'e2e'];
  // Last, since the option takes all words behind it.
  runTool('jest/bin/jest.js', [...passedOn, '--selectProjects', ...projects]);
}
