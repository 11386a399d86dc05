import { Connections } from '../../src/upstream/connections';
import type { UpstreamError } from '../../src/upstream/upstream';
import type { Issuer } from '../../src/tokens/token-endpoint';
import { TokenSource, tokenKey } from '../../src/tokens/token-source';
import { eventually } from '../support/running-app';
import { readTestCredential, startServices, type Services } from '../support/services';

let services: Services;
let failures: UpstreamError[];
let close: () => void = () => undefined;

beforeAll(async () => {
  services = await startServices();
});
beforeEach(() => {
  services.reset();
  failures = [];
});
afterEach(async () => {
  close();
  await services.xsuaaCertificate.stop();
  await services.xsuaaCertificate.start();
});
afterAll(() => services.stop());

const issuer: Issuer = {
  party: 'xsuaa',
  name: 'XSUAA',
  addressFrom: 'x',
  timeoutMs: 3000,
  timeoutSetting: 'X',
  clientRemedy: 'Bind the service again.',
};

function create(maxAgeMs = 86_400_000) {
  const credential = readTestCredential(services, 'certificate');
  if (credential.kind !== 'certificate') throw new Error('not what was asked for');
  const connections = new Connections(credential.certificate, { maxSockets: 8, createAgent: services.createAgent });
  close = () => connections.close();
  const tokens = new TokenSource({
    httpFor: () => connections.services,
    maxAgeMs,
    onRefreshFailed: ({ error }) => failures.push(error),
    onUnexpected: (error) => {
      throw error;
    },
  });
  return { tokens, request: { issuer, credential, purpose: 'token for a test' } };
}

describe('TokenSource', () => {
  it('fetches one token for 50 concurrent requests over one connection', async () => {
    const { tokens, request } = create();
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => tokens.get(request)));
    expect(new Set(outcomes.map((outcome) => outcome.ok && outcome.value.token)).size).toBe(1);
    expect(outcomes.every(({ hop }) => hop.cache === 'none' && hop.status === 200)).toBe(true);
    expect([services.xsuaaCertificate.requests.length, services.xsuaaCertificate.handshakes]).toEqual([1, 1]);
    expect((await tokens.get(request)).hop).toMatchObject({ cache: 'hit', purpose: 'token for a test' });
    expect(services.xsuaaCertificate.requests).toHaveLength(1);
  });

  it('keeps tokens of different scopes apart', async () => {
    const { tokens, request } = create();
    await tokens.get(request);
    await tokens.get({ ...request, scopes: ['a'] });
    expect(services.xsuaaCertificate.requests).toHaveLength(2);
  });

  it('refreshes ahead of expiry in the background, over the kept connection', async () => {
    const { tokens, request } = create(1000);
    const first = await tokens.get(request);
    await eventually(async () => {
      const outcome = await tokens.get(request);
      expect(outcome.hop.cache).toBe('hit');
      return outcome.ok && first.ok && outcome.value.token !== first.value.token;
    });
    expect([services.xsuaaCertificate.requests.length, services.xsuaaCertificate.handshakes]).toEqual([2, 1]);
  });

  it('uses a valid token to its end when the refresh fails, with the failure on the hop and in the log once', async () => {
    const { tokens, request } = create(1000);
    await tokens.get(request);
    await services.xsuaaCertificate.stop();
    await eventually(async () => (await tokens.get(request)).hop.cache === 'stale');
    const { ok, hop } = await tokens.get(request);
    expect(ok).toBe(true);
    expect(hop.failure?.code).toBe('xsuaa-unreachable');
    expect(failures.map(({ code }) => code)).toEqual(['xsuaa-unreachable']);
  });

  it('does not use a token that has expired', async () => {
    services.behaviour.serviceTokenLifetime = 0;
    const { tokens, request } = create();
    await tokens.get(request);
    expect((await tokens.get(request)).hop.cache).toBe('none');
    expect(services.xsuaaCertificate.requests).toHaveLength(2);
  });

  it('fetches a new token for all who had the discarded one', async () => {
    const { tokens, request } = create();
    const first = await tokens.get(request);
    if (!first.ok) throw first.error;
    tokens.discard(request, first.value);
    await tokens.get(request);
    tokens.discard(request, first.value);
    expect((await tokens.get(request)).hop.cache).toBe('hit');
    expect(services.xsuaaCertificate.requests).toHaveLength(2);
  });
});

describe('a token that an upstream refuses', () => {
  it('is renewed once for all who had it, and its young replacement is not', async () => {
    const { tokens, request } = create();
    const first = await tokens.get(request);
    if (!first.ok) throw first.error;
    const renewed = await Promise.all(Array.from({ length: 20 }, () => tokens.renew(request, first.value)));
    expect(new Set(renewed.map((outcome) => outcome?.ok === true && outcome.value)).size).toBe(1);
    expect(services.xsuaaCertificate.requests).toHaveLength(2);
    const second = await tokens.get(request);
    if (!second.ok) throw second.error;
    expect(second.value.token).not.toBe(first.value.token);
    expect(await tokens.renew(request, second.value)).toBeUndefined();
    expect(services.xsuaaCertificate.requests).toHaveLength(2);
  });
});

describe('a token of a certificate that ends before it', () => {
  it('is used no longer than the certificate', async () => {
    const { tokens, request } = create();
    const { certificate } = request.credential;
    const card = { ...certificate.card, notAfter: new Date(Date.now() + 200).toISOString() };
    const ending = { ...request, credential: { ...request.credential, certificate: { ...certificate, card } } };
    await tokens.get(ending);
    await eventually(async () => (await tokens.get(ending)).hop.failure?.code === 'xsuaa-certificate-expired');
  });
});

describe('tokenKey', () => {
  it('tells certificate, client, issuer and scopes apart, but not the order of scopes', async () => {
    const { request } = create();
    const { credential } = request;
    const renewed = { ...credential.certificate, card: { ...credential.certificate.card, 'x5t#S256': 'other' } };
    const keys = [
      tokenKey({ credential }),
      tokenKey({ credential: { ...credential, certificate: renewed } }),
      tokenKey({ credential: { ...credential, clientId: 'other' } }),
      tokenKey({ credential: { ...credential, tokenUrl: new URL('https://other.example') } }),
      tokenKey({ credential: readTestCredential(services, 'secret') }),
      tokenKey({ credential, scopes: ['a', 'b'] }),
      tokenKey({ credential, scopes: ['a b'] }),
      tokenKey({ credential, resources: ['a', 'b'] }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(tokenKey({ credential, scopes: ['b', 'a'] })).toBe(tokenKey({ credential, scopes: ['a', 'b'] }));
  });
});
