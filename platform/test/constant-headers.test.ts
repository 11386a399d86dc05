import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createConstantHeaders, type HeaderMiddleware } from '../src/constant-headers';

describe('createConstantHeaders', () => {
  it('sets the headers of one run on every answer, spelled as they were, until a route sets one otherwise', async () => {
    let runs = 0;
    const middleware = createConstantHeaders((_req, res, next) => {
      runs += 1;
      res.setHeader('X-Frame-Options', 'DENY');
      res.setHeader('Vary', ['Accept', 'Cookie']);
      next();
    });
    const fixed = ['X-Frame-Options', 'DENY', 'Vary', 'Accept', 'Vary', 'Cookie'];
    expect(await headersOf(middleware)).toEqual([...fixed, 'X-Own', '1']);
    expect(await headersOf(middleware, { 'x-frame-options': 'SAMEORIGIN' })).toContain('SAMEORIGIN');
    expect(await headersOf(middleware)).toEqual([...fixed, 'X-Own', '1']);
    expect(runs).toBe(1);
  });

  it('throws when the headers cannot be computed', () => {
    const cause = new Error('bad policy');
    expect(() => createConstantHeaders((_req, _res, next) => next(cause))).toThrow(
      expect.objectContaining({ message: 'the constant headers cannot be computed', cause }) as Error,
    );
  });

  it('throws when the headers are not there at once', () => {
    expect(() => createConstantHeaders((_req, _res, next) => void setImmediate(next))).toThrow(
      'did not call next at once',
    );
  });
});

/** The raw headers of a real answer, but for those that Node adds itself. */
async function headersOf(middleware: HeaderMiddleware, own: Record<string, string> = {}): Promise<string[]> {
  const server = createServer((req, res) => {
    res.sendDate = false;
    middleware(req, res, () => {
      for (const [name, value] of Object.entries({ 'X-Own': '1', ...own })) res.setHeader(name, value);
      res.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    const [answer] = (await once(get({ port, host: '127.0.0.1', agent: false }), 'response')) as [IncomingMessage];
    answer.resume();
    return answer.rawHeaders.slice(0, answer.rawHeaders.indexOf('Connection'));
  } finally {
    server.close();
  }
}
