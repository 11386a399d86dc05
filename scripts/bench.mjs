// `npm run bench`: install what is missing, build what is deployed, then the benchmark with the arguments as they are.
import { join } from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { root, runNode } from './lib/run.mjs';

const args = process.argv.slice(2);
if (!args.includes('--help') && !args.includes('-h')) {
  ensureInstalled(root);
  ensureInstalled(join(root, 'bench'));
  runNode(['scripts/build.mjs', '--quiet']);
}
runNode([join('bench', 'run.mjs'), ...args]);
