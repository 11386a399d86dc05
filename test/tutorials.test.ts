import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, startLandscape, type RunningLandscape } from './support/running-landscape';
import { findMissingLine, movePorts, readTutorial, TutorialShell } from './support/tutorial';

const folder = join(root, 'docs');
const tutorials = readdirSync(join(folder, 'tutorials')).filter((file) => file.endsWith('.md'));
/** What a reader is told to type, wherever it stands. */
const documents = [...tutorials.map((file) => join('tutorials', file)), 'operations.md'];
const workspaces = ['platform', 'backend', 'frontend', 'cli', 'landscape'];
const STEP_LIMIT_MS = 180_000;

describe.each(documents)('%s', (file) => {
  let landscape: RunningLandscape;
  let shell: TutorialShell;
  let copy: string;

  beforeAll(async () => {
    landscape = await startLandscape({ args: ['--empty'] });
    copy = copyOfTheRepository();
    shell = new TutorialShell({ cwd: copy, env: { ...landscape.env, NODE_EXTRA_CA_CERTS: undefined } });
  }, STEP_LIMIT_MS);

  afterAll(async () => {
    await shell?.end();
    await landscape?.stop();
    if (copy !== undefined) rmSync(copy, { recursive: true, force: true });
  }, STEP_LIMIT_MS);

  const steps = readTutorial(join(folder, file));

  it.each(steps.map((step, index) => [index + 1, step.line, step.heading, step] as const))(
    'step %i (line %i, %s) does what it says',
    async (_number, _line, _heading, step) => {
      const commands = movePorts(step.commands, landscape.portBase);
      const { code, output } = await shell.run(commands, STEP_LIMIT_MS);
      const expected = step.expected.map((line) => movePorts(line, landscape.portBase));
      expect({ commands, output, missing: findMissingLine(output, expected), code }).toEqual({
        commands,
        output,
        missing: undefined,
        code: step.exitCode,
      });
    },
    STEP_LIMIT_MS,
  );
});

/** A reader works in a clone; only what is installed is that of this repository. */
function copyOfTheRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), 'tutorial-'));
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  }).split('\0');
  for (const file of files.filter((name) => name !== '')) {
    cpSync(join(root, file), join(copy, file), { recursive: true });
  }
  for (const workspace of ['.', ...workspaces]) {
    const installed = join(root, workspace, 'node_modules');
    if (existsSync(installed)) symlinkSync(installed, join(copy, workspace, 'node_modules'), 'dir');
  }
  return copy;
}
