import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { tryReplay } from '../src/replay-example';

type Answer = (req: IncomingMessage, res: ServerResponse, body: string) => void;

const CHALLENGE = 'Bearer error="invalid_token", error_description="none came"';
const REPLAY = {
  steps: [
    {
      id: 'own-certificate',
      result: { kind: 'made', request: { url: 'https://a.example/' }, answer: { status: 200 } },
    },
    {
      id: 'no-certificate',
      result: {
        kind: 'made',
        request: { url: 'https://b.example/endpoint' },
        answer: { kind: 'answered', status: 401, challenge: CHALLENGE, reason: 'none came' },
      },
    },
  ],
};

let server: Server;
let answer: Answer;

beforeAll(async () => {
  server = createServer((req, res) => void text(req).then((body) => answer(req, res, body)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
});

// A server that listens on TCP has an AddressInfo.
const page = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/app`;
const sendJson =
  (status: number, body: unknown): Answer =>
  (_req, res) =>
    void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

describe('tryReplay', () => {
  it('posts a form whose field repeats its cookie, and tells what came of the call without a certificate', async () => {
    let seen: unknown;
    answer = (req, res, body) => {
      seen = [req.method, req.url, req.headers.accept, req.headers.cookie === body, /^csrf=[0-9a-f]{64}$/.test(body)];
      sendJson(200, REPLAY)(req, res, body);
    };
    expect(await tryReplay(page())).toEqual({
      url: 'https://b.example/endpoint',
      answer: { status: 401, headers: { 'www-authenticate': CHALLENGE } },
    });
    expect(seen).toEqual(['POST', '/app/replay', 'application/json', true, true]);
  });

  const omitted = { steps: [{ id: 'no-certificate', result: { kind: 'omitted', reason: 'plain http' } }] };
  it.each<[string, Answer]>([
    ['a refusal', sendJson(403, { error: { code: 'demo-attacks-off' } })],
    ['a step that could not be made', sendJson(200, omitted)],
    ['no such step', sendJson(200, { steps: [] })],
    ['a page', (_req, res) => void res.end('<html>')],
    ['a lost connection', (req) => void req.socket.destroy()],
  ])('has no example, and does not fail, after %s', async (_what, given) => {
    answer = given;
    expect(await tryReplay(page())).toBeUndefined();
  });
});
