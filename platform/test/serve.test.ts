import { Child } from './support/child';

/** A server whose /slow answers after 300 ms and whose /crash throws where nobody catches. */
const source = `
  import { createServer } from 'node:http';
  import { createLogger } from './logger';
  import { serve } from './serve';
  const logger = createLogger({ component: 'child' });
  const server = createServer((req, res) => {
    logger.info('arrived');
    if (req.url === '/crash') setImmediate(() => {
      throw Object.assign(new Error('boom'), { config: { agent: { key: 's3cret' } } });
    });
    else setTimeout(() => res.end('done'), req.url === '/slow' ? 300 : 0);
  });
  void serve(server, { port: 0, host: '127.0.0.1', logger, onDrained: () => { logger.info('drained'); } });
`;

describe('serve', () => {
  const children: Child[] = [];
  afterEach(async () => {
    for (const child of children.splice(0)) {
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
    // It is written at once, perhaps before a line that is on its way.
    expect(child.lines.filter(({ level }) => level === 'fatal')).toMatchObject([{ err: { message: 'boom' } }]);
    expect(JSON.stringify(child.lines) + child.stderr).not.toContain('s3cret');
  });

  async function start(): Promise<{ child: Child; port: number }> {
    const child = new Child(source);
    children.push(child);
    return { child, port: Number((await child.line('listening'))['port']) };
  }
});
