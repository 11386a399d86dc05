// `npm start`: install what is missing, build, then hand over to the landscape, which stays in the foreground.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { root, runNode } from './lib/run.mjs';

ensureInstalled(root);
console.log('Building ...');
runNode(['scripts/build.mjs', '--quiet']);

const landscape = spawn(process.execPath, [join(root, 'landscape', 'dist', 'main.js'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
// A terminal sends Ctrl+C to the whole group; a supervisor sends SIGTERM to this process alone.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => landscape.kill('SIGTERM'));
landscape.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
