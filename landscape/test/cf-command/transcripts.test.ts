import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { CfSession } from '../../src/cf/command/run-cf';
import { verbs } from '../../src/cf/command/verbs';
import { writeProjectFiles } from './project-files';
import { runCommand } from './run-command';
import { formatOutcome, parseTranscript } from './transcript';
import { startWorld, target, type World } from './world';

const folder = resolve(__dirname, '../../../test/fixtures/transcripts');
/** UPDATE_TRANSCRIPTS=1 writes what the commands print now; read the difference before you commit it. */
const isUpdate = process.env['UPDATE_TRANSCRIPTS'] === '1';
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .sort();

describe('cf prints', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld();
    writeProjectFiles(world);
  }, 30_000);

  afterEach(() => world.clear());
  afterAll(() => world.stop());

  it.each(files)(
    'what the transcript %s says',
    async (name) => {
      const file = join(folder, name);
      const expected = readFileSync(file, 'utf8');
      const actual = await replay(world, expected);
      if (isUpdate) writeFileSync(file, actual);
      expect(actual).toBe(isUpdate ? actual : expected);
    },
    60_000,
  );

  it.each([...verbs.map((verb) => verb.name), 'help'])('%s as a transcript shows', (verb) => {
    expect(existsSync(join(folder, `${verb}.txt`))).toBe(true);
  });

  it('nothing else than what a verb or a named subject is about', () => {
    const known = new Set([...verbs.map((verb) => verb.name), 'help', 'wrong-usage', 'refused']);
    expect(files.filter((name) => !known.has(basename(name, '.txt')))).toEqual([]);
  });
});

/** Runs a transcript's commands in one session and writes down what they print. */
async function replay(world: World, text: string): Promise<string> {
  const session = CfSession.loggedIn(target);
  const lines: string[] = [];
  for (const command of parseTranscript(text)) {
    const { answers } = command;
    const outcome = await runCommand(world, command.argv, { session, answers });
    lines.push(...command.before, command.line);
    if (command.kind === 'show') lines.push(...formatOutcome(outcome, answers, world.folder));
    else if (outcome.exitCode !== 0) throw new Error(`${command.line} failed: ${outcome.err}`);
  }
  return `${lines.join('\n')}\n`;
}
