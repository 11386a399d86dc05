import { Connections } from '../../src/upstream/connections';
import { fetchToken } from '../../src/tokens/client-credentials';
import type { Issuer } from '../../src/tokens/token-endpoint';
import { certificateOf, type Credential } from '../../src/tokens/credential';
import {
  clientId,
  clientSecret,
  readIdentityCredential,
  readTestCredential,
  startServices,
  type Services,
} from '../support/services';
import { sendJson, type Handler } from '../support/stand-in';

let services: Services;
let connections: Connections;

beforeAll(async () => {
  services = await startServices();
});
beforeEach(() => services.reset());
afterEach(() => connections.close());
afterAll(() => services.stop());

const issuer: Issuer = {
  party: 'xsuaa',
  name: 'XSUAA',
  addressFrom: '"certurl" of the service binding "mtlsDestination"',
  timeoutMs: 3000,
  timeoutSetting: 'TOKEN_TIMEOUT_MS',
  clientRemedy: 'Bind the service again.',
};

function fetch(kind: Credential['kind'] = 'certificate', scopes?: string[]) {
  const credential = readTestCredential(services, kind);
  connections = new Connections(certificateOf(credential), { maxSockets: 8, createAgent: services.createAgent });
  return fetchToken(connections.services, { issuer, credential, purpose: 'token', ...(scopes && { scopes }) });
}

describe('fetchToken', () => {
  it('authenticates with the certificate in the handshake and only the id in the body', async () => {
    const outcome = await fetch();
    expect(outcome).toMatchObject({ ok: true, value: { value: services.tokens.service[0], lifetimeMs: 43_199_000 } });
    const [request] = services.xsuaaCertificate.requests;
    expect(request?.thumbprint).toBe(services.binding.thumbprint);
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: clientId,
    });
    expect(request?.headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      'accept-encoding': 'identity',
    });
    expect(request?.headers.authorization).toBeUndefined();
  });

  it('sends a secret in the body, encoded, to the plain host', async () => {
    const outcome = await fetch('secret', ['b', 'a']);
    expect(outcome.ok).toBe(true);
    expect(Object.fromEntries(new URLSearchParams(services.xsuaa.requests[0]?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: 'b a',
    });
    expect(services.xsuaa.requests[0]?.body).not.toContain(clientSecret);
  });

  it('accepts expires_in as text and any case of the type', async () => {
    services.xsuaaCertificate.handler = (_request, res) =>
      sendJson(res, 200, { access_token: 'opaque', token_type: 'bearer', expires_in: '60' });
    expect(await fetch()).toMatchObject({ ok: true, value: { value: 'opaque', lifetimeMs: 60_000 } });
  });

  const text =
    (status: number, body: string, headers: Record<string, string> = {}): Handler =>
    (_request, res) =>
      void res.writeHead(status, headers).end(body);
  const json =
    (status: number, body: unknown, headers?: Record<string, string>): Handler =>
    (_request, res) =>
      sendJson(res, status, body, headers);

  it.each<[string, Handler, string, number, RegExp]>([
    [
      'wrong client',
      json(401, { error: 'invalid_client', error_description: 'Bad credentials' }),
      'xsuaa-client-refused',
      502,
      / refused this app's client \(401: invalid_client, Bad credentials\)\.$/,
    ],
    ['old error name', json(401, { error: 'unauthorized' }), 'xsuaa-client-refused', 502, /401: unauthorized/],
    [
      'reason in the challenge',
      text(401, '', {
        'www-authenticate': 'Basic realm="UAA/client", error="unauthorized", error_description="Bad \\"x\\""',
      }),
      'xsuaa-client-refused',
      502,
      /401: Bad "x"/,
    ],
    ['bad request', json(400, { error: 'invalid_scope' }), 'xsuaa-client-refused', 502, /400: invalid_scope/],
    ['too many requests', text(429, '', { 'retry-after': '7' }), 'xsuaa-busy', 503, /429/],
    ['unavailable', text(503, '<html>down</html>'), 'xsuaa-busy', 503, /503/],
    ['an error page', text(500, '<html>oops</html>'), 'xsuaa-failed', 502, /failed .500/],
    [
      'a redirect',
      text(302, '', { location: 'https://login.example' }),
      'xsuaa-answer-invalid',
      502,
      /no token endpoint gives .302/,
    ],
    ['no JSON', text(200, '<html></html>'), 'xsuaa-answer-invalid', 502, /no token/],
    ['no token', json(200, { token_type: 'bearer', expires_in: 1 }), 'xsuaa-answer-invalid', 502, /no token/],
    [
      'a token that breaks the header',
      json(200, { access_token: 'a\r\nb', token_type: 'bearer', expires_in: 1 }),
      'xsuaa-answer-invalid',
      502,
      /no token/,
    ],
    [
      'another token type',
      json(200, { access_token: 'a', token_type: 'DPoP', expires_in: 1 }),
      'xsuaa-answer-invalid',
      502,
      /no token/,
    ],
    ['no lifetime', json(200, { access_token: 'a', token_type: 'bearer' }), 'xsuaa-answer-invalid', 502, /no token/],
  ])('explains %s', async (_what, handler, code, status, message) => {
    services.xsuaaCertificate.handler = handler;
    const outcome = await fetch();
    expect(outcome.ok).toBe(false);
    if (outcome.ok) return;
    expect(outcome.error).toMatchObject({ code, status });
    expect(outcome.error.description).toMatch(message);
    expect(outcome.error.remedy).not.toBe('');
    expect(outcome.hop.failure).toEqual(outcome.error.toFailure());
    expect(outcome.hop.status).toBe(outcome.error.upstreamStatus);
    expect(outcome.hop.durationMs).toBeGreaterThan(0);
  });

  it('says when to try again, if the answer does', async () => {
    services.xsuaaCertificate.handler = text(429, '', { 'retry-after': '7' });
    expect(await fetch()).toMatchObject({ error: { remedy: 'Try again in 7 s.' } });
    services.xsuaaCertificate.handler = text(429, '', { 'retry-after': 'Sun, 22 Nov 2026 00:00:00 GMT' });
    expect(await fetch()).toMatchObject({ error: { remedy: 'Try again in a moment.' } });
  });

  it('does not even ask with a certificate that has expired meanwhile', async () => {
    const credential = readTestCredential(services, 'certificate');
    connections = new Connections(undefined, { maxSockets: 1, createAgent: services.createAgent });
    jest.useFakeTimers({
      now: Date.now() + 8 * 86_400_000,
      doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'clearTimeout', 'queueMicrotask', 'performance'],
    });
    try {
      const outcome = await fetchToken(connections.services, { issuer, credential, purpose: 'token' });
      expect(outcome).toMatchObject({
        error: { code: 'xsuaa-certificate-expired', status: 502, remedy: 'Bind the service again.' },
      });
      expect(!outcome.ok && outcome.error.description).toMatch(/certificate for XSUAA has expired on 20/);
    } finally {
      jest.useRealTimers();
    }
    expect(services.xsuaaCertificate.requests).toHaveLength(0);
  });

  it('names the applications that the token is for', async () => {
    const credential = readIdentityCredential(services);
    connections = new Connections(certificateOf(credential), { maxSockets: 1, createAgent: services.createAgent });
    const resources = ['urn:sap:identity:application:provider:name:a', 'urn:sap:identity:application:provider:name:b'];
    const outcome = await fetchToken(connections.services, { issuer, credential, purpose: 'token', resources });
    expect(outcome.ok).toBe(true);
    expect(new URLSearchParams(services.identity.requests[0]?.body).getAll('resource')).toEqual(resources);
  });
});
