// `npm start`: install what is missing, build, then hand over to the landscape, which stays in the foreground.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled } from './lib/install.mjs';
import { root, runNode } from './lib/run.mjs';

const args = process.argv.slice(2);
if (!args.includes('--help') && !args.includes('-h')) {
  ensureInstalled(root);
  console.log('Building ...');
}
runNode(['scripts/build.mjs', '--quiet']);

const landscape = spawn(process.execPath, [join(root, 'landscape', 'dist', 'main.js'), ...args], {
  cwd: root,
  // The landscape ends when this channel closes, so also when this process is killed.
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
// A terminal sends Ctrl+C to the whole group; a supervisor sends SIGTERM to this process alone.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => landscape.kill(signal));
landscape.on('exit', (code) => process.exit(code ?? 1));

// npm passes SIGTERM on to its shell only, which ends without telling anybody.
const parent = process.ppid;
if (process.env.npm_lifecycle_event === 'start')
  setInterval(() => process.ppid !== parent && landscape.kill('SIGTERM'), 500).unref();
