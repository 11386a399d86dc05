import { findDestination } from '../../src/destination/find';
import { Connections } from '../../src/upstream/connections';
import { destinationName, startServices, type Services } from '../support/services';
import { sendJson, type Handler } from '../support/stand-in';

let services: Services;
let connections: Connections;

beforeAll(async () => {
  services = await startServices();
  connections = new Connections(undefined, { maxSockets: 2, createAgent: services.createAgent });
});
beforeEach(() => {
  services.reset();
  services.tokens.service.push('service-token');
});
afterAll(async () => {
  connections.close();
  await services.stop();
});

const find = (change: Partial<Parameters<typeof findDestination>[2]> = {}) =>
  findDestination(
    connections.services,
    {
      party: 'destination-service',
      name: 'the Destination Service',
      addressFrom: '"uri"',
      timeoutMs: 3000,
      timeoutSetting: 'X',
    },
    {
      serviceUrl: new URL(`${services.destinationService.url}/`),
      destinationName,
      token: 'service-token',
      purpose: 'find',
      tokenRetrieval: 'perform',
      ...change,
    },
  );

describe('findDestination', () => {
  it('asks by name with the token, and reads configuration and token', async () => {
    const outcome = await find();
    expect(outcome.ok && outcome.value.destinationConfiguration['Name']).toBe(destinationName);
    expect(outcome.ok && outcome.value.authTokens[0]?.value).toBe(services.tokens.target[0]);
    expect(services.destinationService.requests[0]).toMatchObject({
      method: 'GET',
      url: `/destination-configuration/v1/destinations/${destinationName}`,
      headers: { authorization: 'Bearer service-token' },
    });
    expect(JSON.stringify(outcome.hop)).not.toContain('service-token');
  });

  it('asks for the keystore instead of a token', async () => {
    const outcome = await find({ tokenRetrieval: 'skip' });
    expect(services.destinationService.requests[0]?.url).toContain('?$skipTokenRetrieval=true');
    expect(outcome.ok && outcome.value.authTokens).toEqual([]);
    expect(outcome.ok && outcome.value.certificates.map(({ name }) => name)).toEqual([
      'mtlsXsuaa_client_certificate.pem',
    ]);
    expect(JSON.stringify(outcome.hop)).not.toContain('PRIVATE');
  });

  it('reads certificates with lower-case names as well', async () => {
    services.behaviour.certificates = [{ name: 'a.pem', content: 'eA==', type: 'CERTIFICATE' }];
    const outcome = await find({ tokenRetrieval: 'skip' });
    expect(outcome.ok && outcome.value.certificates).toEqual([{ name: 'a.pem', content: 'eA==' }]);
  });

  it('encodes the name, so that it stays one segment of the path', async () => {
    await find({ destinationName: 'a/../b?c#d e' });
    expect(services.destinationService.requests[0]?.url).toBe(
      '/destination-configuration/v1/destinations/a%2F..%2Fb%3Fc%23d%20e',
    );
  });

  const text =
    (status: number, body: string, headers: Record<string, string> = {}): Handler =>
    (_request, res) =>
      void res.writeHead(status, headers).end(body);
  const json =
    (status: number, body: unknown): Handler =>
    (_request, res) =>
      sendJson(res, status, body);

  it.each<[string, Handler, string, number, RegExp]>([
    [
      'an unknown name',
      json(404, { ErrorMessage: 'Configuration with the specified name was not found' }),
      'destination-not-found',
      502,
      /no destination "destination_to_mtlsapp"/,
    ],
    [
      'a 404 of a router, which is no answer of the service',
      text(404, '404 Not Found: Requested route does not exist.'),
      'destination-service-answer-invalid',
      502,
      /404/,
    ],
    ['a refused token in words', text(401, 'Unauthorized'), 'destination-service-token-refused', 502, /401\)/],
    [
      'a refused token in JSON',
      json(401, { ErrorMessage: 'Unable to parse the JWT in Authorization Header.' }),
      'destination-service-token-refused',
      502,
      /Unable to parse/,
    ],
    ['a missing scope', text(403, 'Forbidden'), 'destination-service-forbidden', 502, /403/],
    ['too many requests', text(429, '', { 'retry-after': '3' }), 'destination-service-busy', 503, /429/],
    ['an outage', text(503, 'no'), 'destination-service-busy', 503, /503/],
    ['an error page', text(500, '<html>'), 'destination-service-failed', 502, /500/],
    ['a bad request', text(400, 'bad'), 'destination-service-answer-invalid', 502, /400/],
    ['a page instead of JSON', text(200, '<html>'), 'destination-service-answer-invalid', 502, /no destination/],
    ['JSON of another shape', json(200, { Name: 'x' }), 'destination-service-answer-invalid', 502, /no destination/],
    [
      'tokens of another shape',
      json(200, { destinationConfiguration: {}, authTokens: 'x' }),
      'destination-service-answer-invalid',
      502,
      /no destination/,
    ],
  ])('explains %s', async (_what, handler, code, status, message) => {
    services.destinationService.handler = handler;
    const outcome = await find();
    expect(outcome.ok).toBe(false);
    if (outcome.ok) return;
    expect(outcome.error).toMatchObject({ code, status });
    expect(outcome.error.description).toMatch(message);
    expect(outcome.hop.status).toBe(outcome.error.upstreamStatus);
  });
});
