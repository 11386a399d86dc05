import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../src/config-error';
import { followFiles, type Followed } from '../src/follow-files';
import { createLogger } from '../src/logger';

const INTERVAL_MS = 20;

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly problems?: readonly string[];
  readonly err?: { readonly message: string };
}

let folder: string;
let file: string;
let lines: Line[];
let replaced: [string, string][];
let followed: Followed<string> | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'follow-'));
  file = join(folder, 'bindings.json');
  writeFileSync(file, '{"id":"one"}');
  lines = [];
  replaced = [];
});
afterEach(() => {
  followed?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The member `id` of the file, which must be its only one. */
function readId(): string {
  try {
    const { id, ...others } = JSON.parse(readFileSync(file, 'utf8')) as { readonly id: string };
    if (Object.keys(others).length > 0) throw new Error('others');
    return id;
  } catch {
    throw new ConfigError(['The file cannot be used: mend it.']);
  }
}

function follow(change: { files?: readonly string[]; make?: () => string } = {}): Followed<string> {
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Line) };
  followed = followFiles({
    files: [file],
    intervalMs: INTERVAL_MS,
    make: readId,
    onReplaced: (old, current) => void replaced.push([old, current]),
    logger: createLogger({ component: 'test', destination }),
    ...change,
  });
  return followed;
}

async function eventually(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within 5 s: ${condition.toString()}`);
    await looks(1);
  }
}

const looks = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, count * INTERVAL_MS));
const errors = () => lines.filter(({ level }) => level === 'error');

describe('followFiles', () => {
  it('makes it once, and nothing anew while the content stays, whatever the times say', async () => {
    const { current } = follow();
    utimesSync(file, 1, 1);
    writeFileSync(file, '{"id":"one"}');
    await looks(4);
    expect([current, followed?.current, replaced, lines]).toEqual(['one', 'one', [], []]);
  });

  it.each<[string, (text: string) => void]>([
    ['written in place', (text) => writeFileSync(file, text)],
    [
      'replaced by renaming',
      (text) => {
        writeFileSync(`${file}.new`, text);
        renameSync(`${file}.new`, file);
      },
    ],
    [
      'written in place with the same size and time',
      (text) => {
        writeFileSync(file, text);
        utimesSync(file, 1, 1);
      },
    ],
  ])('makes it anew when the file was %s, and says which one it replaces', async (_how, write) => {
    utimesSync(file, 1, 1);
    follow();
    write('{"id":"two"}');
    await eventually(() => followed?.current === 'two');
    write('{"id":"six"}');
    await eventually(() => followed?.current === 'six');
    expect(replaced).toEqual([
      ['one', 'two'],
      ['two', 'six'],
    ]);
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
      ['info', 'the changed files are in use'],
      ['info', 'the changed files are in use'],
    ]);
  });

  it('follows a symbolic link to a folder that is swapped, as Kubernetes does it', async () => {
    for (const id of ['one', 'two']) {
      mkdirSync(join(folder, id));
      writeFileSync(join(folder, id, 'bindings.json'), JSON.stringify({ id }));
    }
    const link = join(folder, '..data');
    symlinkSync(join(folder, 'one'), link);
    file = join(link, 'bindings.json');
    follow();
    symlinkSync(join(folder, 'two'), `${link}_tmp`);
    renameSync(`${link}_tmp`, link);
    await eventually(() => followed?.current === 'two');
  });

  it('watches every file that it is told', async () => {
    const other = join(folder, 'client.key');
    follow({
      files: [file, other],
      make: () => `${readId()} ${readFileSync(other, { encoding: 'utf8', flag: 'a+' })}`,
    });
    writeFileSync(other, 'key');
    await eventually(() => followed?.current === 'one key');
  });

  it('keeps the last one while a file is half written, without a word', async () => {
    // As long as a look: what is found half at one is whole at the next.
    follow({
      make: () => {
        try {
          return readId();
        } finally {
          writeFileSync(file, '{"id":"two"}');
        }
      },
    });
    writeFileSync(file, '{"id":"tw');
    await eventually(() => followed?.current === 'two');
    expect([replaced, errors()]).toEqual([[['one', 'two']], []]);
  });

  it.each(['{"id":"tw', '', '{"id":"two","secret":"TOP-SECRET"}'])(
    'keeps the last one when the file holds %j for good, says so once and without its content, and takes the next good one',
    async (text) => {
      follow();
      writeFileSync(file, text);
      await eventually(() => followed?.isOutdated === true);
      await looks(4);
      expect([followed?.current, errors()]).toEqual([
        'one',
        [
          expect.objectContaining({
            msg: 'the changed files cannot be used: this app goes on with what it has',
            problems: ['The file cannot be used: mend it.'],
          }),
        ],
      ]);
      expect(JSON.stringify(lines)).not.toContain('SECRET');
      writeFileSync(file, '{"id":"three"}');
      await eventually(() => followed?.current === 'three');
      expect([followed?.isOutdated, errors().length]).toEqual([false, 1]);
    },
  );

  it('reports another problem as well, and is content when the old content is back', async () => {
    const problems = ['first', 'second'];
    let made = 0;
    follow({
      make: () => {
        made += 1;
        if (made > 1) throw new ConfigError([problems[made > 4 ? 1 : 0] ?? '']);
        return 'one';
      },
    });
    writeFileSync(file, '{}');
    await eventually(() => errors().length === 2);
    expect(errors().map(({ problems: told }) => told)).toEqual([['first'], ['second']]);
    writeFileSync(file, '{"id":"one"}');
    await eventually(() => followed?.isOutdated === false);
    expect([followed?.current, lines.at(-1)?.msg]).toEqual(['one', 'the changed files are as they were before']);
  });

  it('keeps the last one when the file is gone', async () => {
    follow();
    rmSync(file);
    await eventually(() => followed?.isOutdated === true);
    expect(followed?.current).toBe('one');
  });

  it('survives a bug in what makes it, and logs that with its stack', async () => {
    let isBroken = false;
    follow({
      make: () => {
        if (isBroken) throw new TypeError('a bug');
        return 'one';
      },
    });
    isBroken = true;
    writeFileSync(file, '{}');
    await eventually(() => errors().length === 1);
    expect([followed?.current, errors()[0]?.err?.message]).toEqual(['one', 'a bug']);
  });

  it('throws what cannot be made the first time', () => {
    writeFileSync(file, 'x');
    expect(() => follow()).toThrow(ConfigError);
  });

  it('looks at nothing after it was stopped, nor without files', async () => {
    follow().stop();
    follow({ files: [] });
    writeFileSync(file, '{"id":"two"}');
    await looks(4);
    expect(replaced).toEqual([]);
  });
});
