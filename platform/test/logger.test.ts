import { createLogger } from '../src/logger';

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

function logged(run: (logger: ReturnType<typeof createLogger>) => void, level = 'info'): unknown[] {
  const lines: string[] = [];
  run(createLogger({ component: 'backendmtls', level, destination: { write: (line) => void lines.push(line) } }));
  return lines.map((line) => JSON.parse(line) as unknown);
}
