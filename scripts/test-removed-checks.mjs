// Removes each check of scripts/lib/removed-checks.mjs in turn, in a copy of the working tree, and expects a test to fail.
//   npm run test:removed-checks [-- PART OF A FILE'S NAME]
// Takes some minutes, so it is no part of the check; run it when one of these files or their tests changed.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { removedChecks } from './lib/removed-checks.mjs';
import { root } from './lib/run.mjs';

/** Of the tests of one check, and of all of them. */
const LIMIT_MS = 180_000;
const ALL_LIMIT_MS = 900_000;

const part = process.argv[2] ?? '';
const checks = removedChecks.filter(({ file }) => file.includes(part));
const copy = copyWorkingTree();
const survivors = [];
try {
  const all = [...new Set(checks.flatMap(({ tests }) => tests))];
  if (runTests(all, ALL_LIMIT_MS) !== 'passed')
    throw new Error(`Mend these first, they fail without any change: ${all.join(', ')}`);
  for (const check of checks) {
    const outcome = runWithout(check);
    console.log(`${outcome === 'failed' ? 'noticed' : outcome.toUpperCase()}  ${check.file}: ${check.what}`);
    if (outcome !== 'failed') survivors.push(check);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
console.log(`${checks.length} checks removed, ${checks.length - survivors.length} noticed by a test.`);
if (survivors.length > 0) process.exit(1);

function copyWorkingTree() {
  const folder = mkdtempSync(join(tmpdir(), 'removed-checks-'));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const file of listed.toString().split('\0')) {
    if (!/^(backend|frontend|landscape|platform)\/|^[^/]+$/.test(file) || !existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  for (const place of ['', 'backend', 'frontend', 'landscape', 'platform']) {
    const installed = join(root, place, 'node_modules');
    if (existsSync(installed)) symlinkSync(installed, join(folder, place, 'node_modules'));
  }
  return folder;
}

function runWithout({ file, tests, what, from, to }) {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${file}: ${what}: this does not occur exactly once:\n${from}`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  const outcome = runTests(tests);
  writeFileSync(path, text);
  return outcome;
}

/** Tests that cannot even be loaded, or do not end, prove nothing. */
function runTests(tests, limitMs = LIMIT_MS) {
  const output = join(copy, 'results.json');
  rmSync(output, { force: true });
  const args = ['--selectProjects', 'unit', '--runInBand', '--silent', '--json', `--outputFile=${output}`];
  spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'jest', 'bin', 'jest.js'), ...args, '--runTestsByPath', ...tests],
    {
      cwd: copy,
      stdio: 'ignore',
      timeout: limitMs,
    },
  );
  if (!existsSync(output)) return 'broken';
  const { numFailedTests, numPassedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(output, 'utf8'));
  if (numRuntimeErrorTestSuites > 0) return 'broken';
  if (numFailedTests > 0) return 'failed';
  return numPassedTests > 0 ? 'passed' : 'broken';
}
