import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { InvalidRequestError, MissingTokenError } from '../../src/auth/bearer-errors';
import { readBearerToken } from '../../src/auth/bearer-token';

/** Real requests over a real parser: what Node does with repeated and padded headers is part of what is tested. */
describe('readBearerToken', () => {
  let server: Server;
  let handle: RequestListener;

  beforeAll(async () => {
    server = createServer((req, res) => handle(req, res));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER   abc  ', 'abc'],
    ['Bearer a.b-c_d~e+f/g==', 'a.b-c_d~e+f/g=='],
  ])('reads %j', async (value, token) => {
    expect(await read(`Authorization: ${value}`)).toBe(token);
  });

  it.each([
    [],
    ['Authorization:'],
    ['Authorization: Bearer'],
    ['Authorization: Basic YTpi'],
    ['Authorization: Bearerabc'],
  ])('finds no token in the header %j', async (...header) => {
    expect(await read(...header)).toBeInstanceOf(MissingTokenError);
  });

  it.each(['Bearer a b', 'Bearer a,b', 'Bearer a, Bearer b', 'Bearer a\tb'])(
    'refuses the malformed %j',
    async (value) => {
      expect(await read(`Authorization: ${value}`)).toBeInstanceOf(InvalidRequestError);
    },
  );

  it.each([
    ['the same twice', 'Authorization: Bearer a', 'Authorization: Bearer a'],
    ['two schemes', 'Authorization: Basic YTpi', 'authorization: Bearer a'],
    ['two tokens in odd case', 'AUTHORIZATION: Bearer a', 'aUthorization: Bearer b'],
  ])('refuses more than one header: %s', async (_name, ...headers) => {
    expect(await read(...headers)).toBeInstanceOf(InvalidRequestError);
  });

  it.each([
    '/endpoint?access_token=a',
    '/endpoint?x=1&access_token=a',
    '/endpoint?access_token=',
    '/endpoint?access_token',
    '/endpoint?access%5Ftoken=a',
    '/endpoint?%=&%61%63cess_token=a',
    'https://backend/endpoint?access_token=a',
  ])('refuses a token in the URL %s, with and without a header (RFC 6750 §2)', async (path) => {
    expect(await readFrom(path, 'Authorization: Bearer a')).toBeInstanceOf(InvalidRequestError);
    expect(await readFrom(path)).toBeInstanceOf(InvalidRequestError);
  });

  it('does not take a path or another parameter for a token in the URL', async () => {
    for (const path of [
      '/access_token=a?my_access_token=b',
      '/endpoint?',
      '/endpoint?x=access_token',
      '/a%3faccess_token=a',
    ]) {
      expect(await readFrom(path, 'Authorization: Bearer a')).toBe('a');
    }
  });

  const read = (...headers: string[]): Promise<unknown> => readFrom('/endpoint', ...headers);

  async function readFrom(path: string, ...headers: string[]): Promise<unknown> {
    let result: unknown;
    handle = (req, res) => {
      result = catchError(req);
      res.setHeader('connection', 'close').end();
    };
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: backend\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`);
    expect(await text(socket)).toContain('200 OK');
    return result;
  }
});

function catchError(req: IncomingMessage): unknown {
  try {
    return readBearerToken(req);
  } catch (error) {
    return error;
  }
}
