import type { AccessFailure, AccessOutcome } from '../../src/access';
import { DestinationSource } from '../../src/destination/destination-source';
import type { Hop } from '../../src/hops';
import { TokenSource } from '../../src/tokens/token-source';
import { certificateOf } from '../../src/tokens/credential';
import { Connections, RotatingConnections } from '../../src/upstream/connections';
import { eventually } from '../support/running-app';
import {
  destinationName,
  hang,
  keystoreEntry,
  readTestCredential,
  startServices,
  type Services,
} from '../support/services';
import { sendJson } from '../support/stand-in';

let services: Services;
let failures: AccessFailure[];
let close: () => void = () => undefined;

beforeAll(async () => {
  services = await startServices();
});
beforeEach(() => {
  services.reset();
  failures = [];
});
afterEach(() => close());
afterAll(() => services.stop());

function create({ maxAgeMs = 300_000, timeoutMs = 3000 } = {}): DestinationSource {
  const credential = readTestCredential(services, 'secret');
  const options = { maxSockets: 8, createAgent: services.createAgent };
  const binding = new Connections(undefined, options);
  const keystore = new RotatingConnections(options);
  close = () => [binding, keystore].forEach((connections) => connections.retire());
  const onUnexpected = (error: unknown): never => {
    throw error;
  };
  const common = { addressFrom: 'x', timeoutMs, timeoutSetting: 'X' };
  const tokens = new TokenSource({
    httpFor: (used) => (used === credential ? binding : keystore.with(certificateOf(used))).services,
    maxAgeMs: 86_400_000,
    onRefreshFailed: onUnexpected,
    onUnexpected,
  });
  return new DestinationSource({
    http: binding.services,
    issuer: { ...common, party: 'xsuaa', name: 'XSUAA', clientRemedy: 'Bind the service again.' },
    service: { ...common, party: 'destination-service', name: 'the Destination Service' },
    serviceUrl: new URL(services.destinationService.url),
    tokens,
    credential,
    destinationName,
    maxAgeMs,
    onRefreshFailed: (failure) => failures.push(failure),
    onUnexpected,
  });
}

const failing = (outcome: AccessOutcome) =>
  outcome.hops.flatMap(({ from, to, failure }: Hop) =>
    failure === undefined ? [] : `${from} > ${to}: ${failure.code}`,
  );
const code = (outcome: AccessOutcome) => (outcome.ok ? 'ok' : outcome.error.code);

describe('DestinationSource', () => {
  it('gives target, token and the keystore that the token is bound to', async () => {
    const outcome = await create().get();
    if (!outcome.ok) throw outcome.error;
    const { url, token, certificate, issuer } = outcome.access;
    expect(url.href).toBe(`${services.backend.url}/`);
    expect(token.claims?.['cnf']).toEqual({ 'x5t#S256': certificate?.card['x5t#S256'] });
    expect(certificate?.card['x5t#S256']).toBe(services.keystore.thumbprint);
    expect(issuer.party).toBe('xsuaa');
  });

  it('sends both finds at the same time', async () => {
    const release: (() => void)[] = [];
    services.destinationService.handler = (_request, res) => void release.push(() => sendJson(res, 500, {}));
    const outcome = create().get();
    await eventually(() => release.length === 2);
    release.forEach((answer) => answer());
    expect(code(await outcome)).toBe('destination-service-failed');
  });

  it('knows no keystore for a destination with a client secret, whose token is bound to nothing', async () => {
    delete services.behaviour.destination['tokenService.KeyStoreLocation'];
    services.behaviour.certificates = [];
    const outcome = await create().get();
    expect(outcome.ok && outcome.access.certificate).toBeUndefined();
    expect(outcome.ok && outcome.hops[2]).toMatchObject({
      from: 'destination-service',
      authentication: { kind: 'secret' },
    });
  });

  it('puts what is wrong with a destination on the hop that brought it', async () => {
    delete services.behaviour.destination['URL'];
    const outcome = await create().get();
    expect(code(outcome)).toBe('destination-incomplete');
    expect(failing(outcome)).toEqual(['frontend > destination-service: destination-incomplete']);
    expect(outcome.hops[1]?.status).toBe(200);
  });

  it('puts an unusable keystore on the second find', async () => {
    services.behaviour.certificates = [keystoreEntry(services.keystore.chain)];
    const outcome = await create().get();
    expect(code(outcome)).toBe('keystore-unreadable');
    expect(outcome.hops.map(({ failure }) => failure !== undefined)).toEqual([false, false, false, true]);
  });

  it('reports the first of two failed finds, and shows both', async () => {
    services.destinationService.handler = ({ url }, res) =>
      url.includes('skip') ? void res.writeHead(403).end() : void res.writeHead(500).end();
    const outcome = await create().get();
    expect(code(outcome)).toBe('destination-service-failed');
    expect(failing(outcome)).toEqual([
      'frontend > destination-service: destination-service-failed',
      'frontend > destination-service: destination-service-forbidden',
    ]);
  });

  it('stops at the token when there is none', async () => {
    services.xsuaa.handler = (_request, res) => sendJson(res, 401, { error: 'invalid_client' });
    const outcome = await create().get();
    expect(failing(outcome)).toEqual(['frontend > xsuaa: xsuaa-client-refused']);
    expect(services.destinationService.requests).toHaveLength(0);
  });

  it('gives up after a second refusal of the token', async () => {
    services.destinationService.handler = (_request, res) => void res.writeHead(401).end('Unauthorized');
    const outcome = await create().get();
    expect(code(outcome)).toBe('destination-service-token-refused');
    expect([services.xsuaa.requests.length, services.destinationService.requests.length]).toEqual([2, 4]);
    expect(outcome.hops.map(({ to, cache }) => `${to} ${cache}`)).toEqual([
      'xsuaa none',
      'destination-service none',
      'destination-service none',
      'xsuaa none',
      'destination-service none',
      'destination-service none',
    ]);
  });

  it('waits for the slower find no longer than its time-out', async () => {
    services.destinationService.handler = hang;
    const outcome = await create({ timeoutMs: 100 }).get();
    expect(code(outcome)).toBe('destination-service-timeout');
  });

  it('loads again once the token of the destination has expired', async () => {
    services.behaviour.targetTokenLifetime = 0;
    const source = create();
    await source.get();
    await source.get();
    expect(services.destinationService.requests).toHaveLength(4);
    expect(services.xsuaa.requests).toHaveLength(1);
  });

  it('serves what it has while the retrieval fails, with the failure on the hop of the retrieval', async () => {
    const source = create({ maxAgeMs: 1000 });
    await source.get();
    services.behaviour.authTokens = [{ type: '', value: '', error: 'Bad credentials', expires_in: '0' }];
    await eventually(async () => (await source.get()).hops.some(({ cache }) => cache === 'stale'));
    const outcome = await source.get();
    expect(outcome.ok).toBe(true);
    expect(failing(outcome)).toEqual(['destination-service > xsuaa: token-retrieval-failed']);
    expect(failures.map(({ error }) => error.code)).toEqual(['token-retrieval-failed']);
  });

  it('renews once for a token that was refused, and not again while the service sends the same one', async () => {
    const source = create();
    const first = await source.get();
    if (!first.ok) throw first.error;
    services.behaviour.authTokens = [{ type: 'bearer', value: first.access.token.value, expires_in: '3600' }];
    const again = await source.renew(first.access);
    if (again?.ok !== true) throw new Error('not renewed');
    expect(await source.renew(again.access)).toBeUndefined();
    expect(services.destinationService.requests).toHaveLength(4);
    services.behaviour.authTokens = undefined;
    const third = await source.get();
    expect(third.ok && third.access).toBe(again.access);
  });
});
