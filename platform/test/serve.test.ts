import { Child } from './support/child';
import { eventually } from './support/eventually';

/** More than a pipe holds. */
const FLOOD = 5000;
/** A server whose /slow answers after 300 ms, whose /flood logs much, and whose /crash throws where nobody catches. */
const source = `
  import { createServer } from 'node:http';
  import { createLogger } from './logger';
  import { serve } from './serve';
  const logger = createLogger({ component: 'child' });
  const server = createServer((req, res) => {
    logger.info('arrived');
    if (req.url === '/flood') for (let line = 0; line < ${FLOOD}; line += 1) logger.info({ line }, 'flood');
    if (req.url === '/crash') setImmediate(() => {
      process.stderr.write('crashing');
      throw Object.assign(new Error('boom'), { config: { agent: { key: 's3cret' } } });
    });
    else setTimeout(() => res.end('done'), req.url === '/slow' ? 300 : 0);
  });
  void serve(server, { port: 0, host: '127.0.0.1', logger, onDrained: () => {
    logger.info('drained');
    process.stderr.write('drained');
  } });
`;

describe('serve', () => {
  const children: Child[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.goOnReading();
      child.kill('SIGKILL');
      await child.end();
    }
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('answers what runs at %s, then releases and exits with 0', async (signal) => {
    const { child, port } = await start();
    const running = fetch(`http://127.0.0.1:${port}/slow`).then((response) => response.text());
    await child.line('arrived');
    child.kill(signal);
    await child.line('shutting down');
    child.kill(signal); // an impatient second signal changes nothing
    expect(await running).toBe('done');
    expect(await child.end()).toEqual({ code: 0, signal: null });
    expect(child.lines.map((line) => line['msg'])).toEqual(['listening', 'arrived', 'shutting down', 'drained']);
  });

  it('logs an error that nobody caught without what it carries, and exits with 1', async () => {
    const { child, port } = await start();
    await expect(fetch(`http://127.0.0.1:${port}/crash`)).rejects.toThrow('fetch failed');
    expect(await child.end()).toEqual({ code: 1, signal: null });
    expect(child.lines.at(-1)).toMatchObject({ level: 'fatal', err: { message: 'boom' } });
    expect(JSON.stringify(child.lines) + child.stderr).not.toContain('s3cret');
  });

  describe('with a log that nobody reads', () => {
    it('ends at SIGTERM all the same', async () => {
      const { child } = await startUnread();
      child.kill('SIGTERM');
      await eventually(() => child.hasExited);
      child.goOnReading();
      expect(await child.end()).toEqual({ code: 0, signal: null });
    });

    it('loses no line when it is read again while the process ends', async () => {
      const { child } = await startUnread();
      child.kill('SIGTERM');
      await eventually(() => child.stderr === 'drained');
      child.goOnReading();
      expect(await child.end()).toEqual({ code: 0, signal: null });
      expectFloodThen(child, ['shutting down', 'drained']);
    });

    it('still logs the error that nobody caught, after all that was logged before', async () => {
      const { child, port } = await startUnread();
      await crashThenRead(child, port);
      expectFloodThen(child, ['arrived', 'an error that nobody caught ends the process']);
    });

    it('logs that error even when so many lines wait that others were lost', async () => {
      const { child, port } = await startUnread();
      for (let flood = 1; flood < 12; flood += 1) await fetch(`http://127.0.0.1:${port}/flood`);
      await crashThenRead(child, port);
      expect(child.lines.slice(-2)).toMatchObject([
        { msg: 'log lines lost: nobody read them in time' },
        { level: 'fatal', err: { message: 'boom' } },
      ]);
    });

    async function crashThenRead(child: Child, port: number): Promise<void> {
      const crash = fetch(`http://127.0.0.1:${port}/crash`).catch((error: unknown) => error);
      await eventually(() => child.stderr === 'crashing');
      child.goOnReading();
      expect(await child.end()).toEqual({ code: 1, signal: null });
      expect(await crash).toMatchObject({ message: 'fetch failed' });
    }

    async function startUnread(): Promise<{ child: Child; port: number }> {
      const { child, port } = await start();
      child.stopReading();
      await fetch(`http://127.0.0.1:${port}/flood`);
      return { child, port };
    }

    function expectFloodThen(child: Child, last: readonly string[]): void {
      const flood = Array.from({ length: FLOOD }, (_, line) => line);
      expect(child.lines.flatMap(({ line }) => line ?? [])).toEqual(flood);
      expect(child.lines.slice(2 + FLOOD).map(({ msg }) => msg)).toEqual(last);
    }
  });

  async function start(): Promise<{ child: Child; port: number }> {
    const child = new Child(source);
    children.push(child);
    return { child, port: Number((await child.line('listening'))['port']) };
  }
});
