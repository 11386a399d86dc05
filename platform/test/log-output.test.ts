import { Child } from './support/child';
import { eventually } from './support/eventually';

describe('LogOutput of a process whose log nobody reads for a while', () => {
  /** Logs `lines` numbered lines at SIGUSR2. */
  const startChild = (lines: number): Child =>
    new Child(
      `
        import { createLogger } from './logger';
        const logger = createLogger({ component: 'child' });
        process.on('SIGUSR2', async () => {
          for (let line = 0; line < ${lines}; line += 1) {
            logger.info({ line }, 'request');
            if (line % 100 === 0) await new Promise(setImmediate);
          }
          process.stderr.write('went on');
        });
        process.on('SIGHUP', () => logger.info('later'));
        setInterval(() => undefined, 1000);
        logger.info('ready');
      `,
      ['--max-old-space-size=64'],
    );
  const numbersOf = (child: Child): unknown[] =>
    child.lines.filter(({ msg }) => msg === 'request').map(({ line }) => line);

  let child: Child | undefined;
  afterEach(async () => {
    child?.goOnReading();
    child?.kill('SIGKILL');
    await child?.end();
  });

  /** Resolves when the process has logged all its lines, none of which anybody reads. */
  async function logUnread(lines: number): Promise<Child> {
    const started = (child = startChild(lines));
    await started.line('ready');
    started.stopReading();
    started.kill('SIGUSR2');
    await eventually(() => started.stderr === 'went on');
    expect(started.lines.length).toBeLessThan(lines);
    return started;
  }

  it('goes on, and loses no line', async () => {
    const LINES = 5000; // more than a pipe holds
    const child = await logUnread(LINES);
    child.goOnReading();
    await eventually(() => child.lines.length > LINES);
    expect(numbersOf(child)).toEqual(Array.from({ length: LINES }, (_, index) => index));
  });

  it('keeps only so many lines, and tells how many are lost where they are missing', async () => {
    const LINES = 300_000; // more than the heap holds
    const child = await logUnread(LINES);
    child.goOnReading();
    await eventually(() => child.lines.at(-1)?.['msg'] === 'log lines lost: nobody read them in time');
    child.kill('SIGHUP');
    await eventually(() => child.lines.at(-1)?.['msg'] === 'later');
    const kept = numbersOf(child);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => index));
    expect(child.lines.slice(1 + kept.length)).toMatchObject([{ level: 'error', lines: LINES - kept.length }, {}]);
  });
});
