import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createLogger } from '../src/logger';
import { logRequest } from '../src/request-log';

describe('logRequest', () => {
  let server: Server;
  let lines: Record<string, unknown>[];
  let wake = (): void => undefined;

  beforeEach(async () => {
    lines = [];
    const write = (line: string): void => {
      lines.push(JSON.parse(line) as Record<string, unknown>);
      wake();
    };
    const logger = createLogger({ component: 'backendmtls', destination: { write } });
    server = createServer((req, res) => {
      let failure: object | undefined;
      logRequest(req, res, { logger, describeFailure: () => failure });
      const { url = '' } = req;
      if (url === '/never') return;
      const isFound = url.startsWith('/found');
      if (!isFound) failure = { error: 'not_found', detail: 'looked everywhere' };
      res.writeHead(isFound ? 200 : url === '/broken' ? 503 : 404).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('logs one line for a request, with method, path, status and time', async () => {
    await send('GET /found HTTP/1.1');
    expect(await line()).toEqual({
      level: 'info',
      written_at: expect.any(String) as string,
      component_name: 'backendmtls',
      method: 'GET',
      request: '/found',
      response_status: 200,
      response_time_ms: expect.any(Number) as number,
      msg: 'request',
    });
    expect(lines).toHaveLength(1);
  });

  it.each([
    ['/lost', 404, 'warn'],
    ['/broken', 503, 'error'],
  ])(
    'logs in the same line why %s is no success, which is told after the request came',
    async (path, status, level) => {
      await send(`GET ${path} HTTP/1.1`);
      expect(await line()).toMatchObject({
        level,
        response_status: status,
        error: 'not_found',
        detail: 'looked everywhere',
      });
      expect(lines).toHaveLength(1);
    },
  );

  it('leaves out the query, where a token may stand', async () => {
    await send('GET /found?access_token=s3cret HTTP/1.1');
    expect(await line()).toMatchObject({ request: '/found' });
    expect(JSON.stringify(lines)).not.toContain('s3cret');
  });

  it('logs a client that goes away before its answer', async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET /never HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(server, 'request');
    socket.destroy();
    expect(await line()).toMatchObject({ request: '/never', aborted: true });
  });

  it.each([
    ['x-vcap-request-id: router-1', 'x-correlation-id: caller-1', 'router-1'],
    ['x-correlation-id: caller-1', 'x-other: 1', 'caller-1'],
    [`x-correlation-id: ${'a'.repeat(500)}`, 'x-other: 1', 'a'.repeat(64)],
  ])('logs the correlation id of %.30s', async (first, second, id) => {
    await send('GET /found HTTP/1.1', first, second);
    expect(await line()).toMatchObject({ correlation_id: id });
  });

  it.each(['http://[x/', '//', '/%', `/${'x'.repeat(5000)}`])(
    'survives the request target %.20s and logs no more than the beginning',
    async (target) => {
      await send(`GET ${target} HTTP/1.1`);
      await send('GET /found HTTP/1.1');
      await line();
      const targets = lines.map((entry) => String(entry['request']));
      expect(targets.at(-1)).toBe('/found');
      for (const logged of targets) expect(logged.length).toBeLessThanOrEqual(200);
    },
  );

  async function send(requestLine: string, ...headers: string[]): Promise<string> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write([requestLine, 'Host: a', 'Connection: close', ...headers, '', ''].join('\r\n'));
    return text(socket);
  }

  async function line(): Promise<Record<string, unknown> | undefined> {
    if (lines.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return lines[0];
  }
});
