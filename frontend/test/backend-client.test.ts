import { callBackend, endpointBelow } from '../src/backend-client';
import type { HttpAnswer } from '../src/upstream/http-client';
import { Connections } from '../src/upstream/connections';
import { refusals } from './support/services';
import { sendJson, StandIn, type Handler } from './support/stand-in';

let server: StandIn;
const connections = new Connections(undefined, { maxSockets: 2 });

beforeAll(async () => {
  server = await StandIn.start({ handler: (_request, res) => sendJson(res, 200, { message: 'ok' }) });
});
beforeEach(() => server.reset());
afterAll(() => {
  connections.close();
  return server.stop();
});

const call = (boundTo?: string) =>
  callBackend(
    connections,
    {
      party: 'backend',
      name: 'the backend',
      addressFrom: 'URL of the destination "d"',
      timeoutMs: 3000,
      timeoutSetting: 'X',
      remedies: {
        tokenInvalid: 'Bind.',
        forbidden: 'Grant.',
        certificateMissing: 'Take the other route.',
        bindingRequired: 'Take a keystore.',
      },
    },
    { url: new URL(`${server.url}/endpoint`), token: 'the-token', boundTo },
  );

const text =
  (status: number, body: string, headers: Record<string, string> = {}): Handler =>
  (_request, res) =>
    void res.writeHead(status, headers).end(body);

const challenge = (value: string): HttpAnswer['headers'] & Record<string, string> => ({ 'www-authenticate': value });

describe('endpointBelow', () => {
  it('puts the address together once for a base address, and anew for another', () => {
    const [one, other] = [new URL('https://one.example/base/'), new URL('https://other.example')];
    expect(endpointBelow(one).href).toBe('https://one.example/base/endpoint');
    expect(endpointBelow(one)).toBe(endpointBelow(one));
    expect(endpointBelow(other).href).toBe('https://other.example/endpoint');
    expect(endpointBelow(new URL(one))).not.toBe(endpointBelow(one));
  });
});

describe('callBackend', () => {
  it('sends the token and asks for JSON', async () => {
    const outcome = await call();
    expect(outcome).toMatchObject({
      ok: true,
      answer: { status: 200, body: { message: 'ok' } },
      hop: { from: 'frontend', to: 'backend', path: '/endpoint', status: 200, authentication: { kind: 'bearer' } },
    });
    expect(server.requests[0]).toMatchObject({
      url: '/endpoint',
      headers: { accept: 'application/json', authorization: 'Bearer the-token' },
    });
  });

  it.each([
    [
      'text',
      text(200, 'Backend app successfully called.', { 'content-type': 'text/plain' }),
      'Backend app successfully called.',
    ],
    ['broken JSON', text(200, '{', { 'content-type': 'application/json' }), '{'],
    ['problem JSON', text(200, '{"a":1}', { 'content-type': 'application/problem+json; charset=utf-8' }), { a: 1 }],
    ['JSON that says to be text', text(200, '{"a":1}', { 'content-type': 'text/plain' }), '{"a":1}'],
    ['nothing', text(204, ''), ''],
  ])('reads a body of %s', async (_what, handler, body) => {
    server.handler = handler;
    expect((await call()).answer?.body).toEqual(body);
  });

  it.each<[string, Handler, string, number, RegExp]>([
    [
      'a refused token',
      text(401, '', challenge('Bearer error="invalid_token", error_description="The token has expired."')),
      'backend-token-invalid',
      502,
      /refused the token \(401: The token has expired\.\)/,
    ],
    ['a bare 401', text(401, '', challenge('Basic realm="x"')), 'backend-unauthorized', 502, /another authentication/],
    [
      'a missing scope',
      text(403, '', challenge('Bearer error="insufficient_scope"')),
      'backend-forbidden',
      502,
      /insufficient_scope/,
    ],
    [
      'no such path',
      text(404, '404 Not Found: Requested route does not exist.'),
      'backend-path-unknown',
      502,
      /nothing at http:.*\/endpoint/,
    ],
    [
      'an outage with its reason',
      (_r, res) => sendJson(res, 503, { error: 'xsuaa_unreachable', error_description: 'XSUAA does not answer.' }),
      'backend-unavailable',
      503,
      /503: xsuaa_unreachable, XSUAA does not answer\./,
    ],
    ['too many requests', text(429, ''), 'backend-unavailable', 503, /429/],
    ['a late answer', text(504, ''), 'backend-late', 504, /504/],
    ['a failure', text(500, '<html>'), 'backend-failed', 502, /failed \(500\)/],
    ['a redirect to a login', text(302, '', { location: '/login' }), 'backend-answer-unexpected', 502, /302/],
    ['another client error', text(418, ''), 'backend-answer-unexpected', 502, /418/],
  ])(
    'turns %s into an error of the gateway, with the answer beside it',
    async (_what, handler, code, status, message) => {
      server.handler = handler;
      const outcome = await call();
      expect(outcome.ok).toBe(false);
      if (outcome.ok) return;
      expect(outcome.error).toMatchObject({ code, status });
      expect(outcome.error.description).toMatch(message);
      expect(outcome.answer?.status).toBe(outcome.error.upstreamStatus);
      expect(outcome.hop.failure).toEqual(outcome.error.toFailure());
    },
  );

  it.each([
    ['plainRoute', 'thumbprint', 'backend-certificate-missing', 'Take the other route.'],
    ['noCertificate', 'thumbprint', 'backend-certificate-missing', 'Take the other route.'],
    ['otherCertificate', 'thumbprint', 'backend-token-invalid', 'Bind.'],
    ['plainRoute', undefined, 'backend-token-invalid', 'Bind.'],
    ['notBound', undefined, 'backend-binding-required', 'Take a keystore.'],
    ['notBound', 'thumbprint', 'backend-token-invalid', 'Bind.'],
  ] as const)('tells what is wrong with a binding (%s, token bound to %s)', async (why, boundTo, code, remedy) => {
    server.handler = text(401, '', challenge(`Bearer error="invalid_token", error_description="${refusals[why]}"`));
    const outcome = await call(boundTo);
    expect(outcome).toMatchObject({ ok: false, error: { code, status: 502, remedy, upstreamStatus: 401 } });
    expect(outcome.hop.authentication).toEqual({ kind: 'bearer' });
  });

  it('conceals the token in an error that repeats it', async () => {
    server.handler = ({ headers }, res) => sendJson(res, 400, { error: 'x', error_description: headers.authorization });
    const outcome = await call();
    expect(JSON.stringify(outcome)).not.toContain('the-token');
    expect(outcome.answer?.body).toEqual({ error: 'x', error_description: 'Bearer [secret]' });
  });

  it('has no answer to show when none came', async () => {
    server.handler = text(200, 'x'.repeat(131_073));
    const outcome = await call();
    expect(outcome).toMatchObject({ ok: false, answer: undefined, error: { code: 'backend-answer-too-large' } });
  });
});
