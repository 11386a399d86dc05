import { setTimeout as delay } from 'node:timers/promises';
import { createLogger } from '../src/logger';
import { Child } from './support/child';

describe('createLogger', () => {
  it('writes one JSON line an event, with the field names of Cloud Foundry logging', () => {
    const [line] = logged((logger) => logger.info({ response_status: 200 }, 'request'));
    expect(line).toEqual({
      level: 'info',
      written_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      component_name: 'backendmtls',
      response_status: 200,
      msg: 'request',
    });
  });

  it('leaves out what is below the level', () => {
    expect(logged((logger) => logger.info('quiet'), 'warn')).toEqual([]);
  });

  it.each(['key', 'clientsecret', 'client_secret', 'access_token', 'Authorization', 'set-cookie', 'jwt', 'assertion'])(
    'removes a member named %s at any depth of a record',
    (name) => {
      const record = { [name]: 's3cret', one: { [name]: 's3cret', two: [{ [name]: 's3cret', kept: 1 }] } };
      const [line] = logged((logger) => logger.info(record, 'event'));
      expect(JSON.stringify(line)).not.toContain('s3cret');
      expect(line).toMatchObject({ one: { two: [{ kept: 1 }] } });
    },
  );

  it('does not change the record that it is given', () => {
    const record = { key: 's3cret' };
    logged((logger) => logger.info(record, 'event'));
    expect(record).toEqual({ key: 's3cret' });
  });

  it.each(['err', 'cause', 'anything'])('describes an error under %s without its own members', (name) => {
    const error = Object.assign(new Error('refused'), { config: { agent: { options: { pfx: 's3cret' } } } });
    const [line] = logged((logger) => logger.error({ [name]: error }, 'failed'));
    expect(line).toMatchObject({ [name]: { type: 'Error', message: 'refused' } });
    expect(JSON.stringify(line)).not.toContain('s3cret');
  });

  it('describes an error that is logged by itself', () => {
    const [line] = logged((logger) => logger.error(Object.assign(new Error('refused'), { token: 's3cret' })));
    expect(line).toMatchObject({ msg: 'refused', err: { message: 'refused' } });
    expect(JSON.stringify(line)).not.toContain('s3cret');
  });

  it('writes dates as dates, counts the bytes of a buffer and cuts what is too deep', () => {
    const [line] = logged((logger) =>
      logger.info({ at: new Date(0), raw: Buffer.alloc(3), a: { b: { c: { d: { e: {} } } } }, none: null }, 'event'),
    );
    expect(line).toMatchObject({
      at: '1970-01-01T00:00:00.000Z',
      raw: '[3 bytes]',
      a: { b: { c: { d: { e: '[…]' } } } },
      none: null,
    });
  });
});

describe('a process whose log nobody reads for a while', () => {
  const LINES = 5000; // more than a pipe holds
  const source = `
    import { createLogger } from './logger';
    const logger = createLogger({ component: 'child' });
    process.on('SIGUSR2', async () => {
      for (let line = 0; line < ${LINES}; line += 1) {
        logger.info({ line }, 'request');
        if (line % 100 === 0) await new Promise(setImmediate);
      }
      process.stderr.write('went on');
    });
    setInterval(() => undefined, 1000);
    logger.info('ready');
  `;

  it('goes on, and loses no line', async () => {
    const child = new Child(source);
    try {
      await child.line('ready');
      child.stopReading();
      child.kill('SIGUSR2');
      await eventually(() => child.stderr === 'went on');
      expect(child.lines.length).toBeLessThan(LINES);
      child.goOnReading();
      await eventually(() => child.lines.length > LINES);
      const numbers = child.lines.slice(1).map(({ line }) => line);
      expect(numbers).toEqual(Array.from({ length: LINES }, (_, index) => index));
    } finally {
      child.kill('SIGKILL');
      await child.end();
    }
  });
});

async function eventually(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within 10 s: ${condition.toString()}`);
    await delay(20);
  }
}

function logged(run: (logger: ReturnType<typeof createLogger>) => void, level = 'info'): unknown[] {
  const lines: string[] = [];
  run(createLogger({ component: 'backendmtls', level, destination: { write: (line) => void lines.push(line) } }));
  return lines.map((line) => JSON.parse(line) as unknown);
}
