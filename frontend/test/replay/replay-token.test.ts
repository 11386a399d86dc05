import type { Agent } from 'node:https';
import type { BackendAccess } from '../../src/access';
import { listSurprises, type Replay, type ReplayStep } from '../../src/replay/replay';
import { replayToken, type ReplayOptions } from '../../src/replay/replay-token';
import { decodeClaims } from '../../src/tokens/claims';
import { readClientCertificate } from '../../src/tokens/client-certificate';
import { openSockets } from '../support/open-sockets';
import { eventually } from '../support/running-app';
import { hang, startServices, type Services } from '../support/services';
import { sendJson } from '../support/stand-in';
import type { Issued } from '../support/test-ca';

let services: Services;
let token: string;
let agents: Agent[];

beforeAll(async () => {
  services = await startServices();
});
beforeEach(async () => {
  services.reset();
  agents = [];
  token = await services.signBoundToken(services.keystore.thumbprint);
});
afterAll(() => services.stop());

const certificateFrom = ({ chain, key }: Issued) => readClientCertificate({ certificate: chain, key });

function replay(change: Partial<ReplayOptions> = {}): Promise<Replay> {
  const access: BackendAccess = {
    url: new URL(services.certificateRoute.url),
    token: { value: token, claims: decodeClaims(token) },
    certificate: certificateFrom(services.keystore),
    issuer: { party: 'xsuaa', keysPath: '/token_keys' },
  };
  return replayToken(access, {
    path: '/endpoint',
    backend: {
      party: 'backend',
      name: 'the backend',
      addressFrom: 'BACKEND_URL',
      timeoutMs: 3000,
      timeoutSetting: 'BACKEND_TIMEOUT_MS',
    },
    plainUrl: new URL(services.plainRoute.url),
    certificates: [certificateFrom(services.binding)],
    appName: 'frontendmtls',
    createAgent(options) {
      const agent = services.createAgent(options);
      agents.push(agent);
      return agent;
    },
    ...change,
  });
}

const madeBy = ({ result }: ReplayStep) => (result.kind === 'made' ? result : undefined);
const statuses = ({ steps }: Replay) =>
  steps.map(madeBy).map((made) => (made?.answer.kind === 'answered' ? made.answer.status : undefined));

describe('replayToken', () => {
  it('is accepted with the certificate and refused without, with another, and with a forged header', async () => {
    const done = await replay();
    expect(done.boundTo).toBe(services.keystore.thumbprint);
    expect(statuses(done)).toEqual([200, 401, 401, 401]);
    expect(listSurprises(done)).toEqual([]);
  });

  it('sends the same token four times: with certificate, without, with another, and with the header on the plain route', async () => {
    await replay();
    const { certificateRoute, plainRoute } = services;
    expect(certificateRoute.requests.map(({ thumbprint = 'none' }) => thumbprint).sort()).toEqual(
      [services.keystore.thumbprint, services.binding.thumbprint, 'none'].sort(),
    );
    expect(plainRoute.requests.map(({ headers }) => headers['x-forwarded-client-cert'])).toEqual([
      services.keystore.x509.raw.toString('base64'),
    ]);
    for (const { headers } of [...certificateRoute.requests, ...plainRoute.requests])
      expect(headers.authorization).toBe(`Bearer ${token}`);
  });

  it('tells challenge and reason in the words of the answer', async () => {
    const [, refused] = (await replay()).steps;
    const answer = refused && madeBy(refused)?.answer;
    expect(answer).toMatchObject({
      challenge: expect.stringMatching(/^Bearer realm="mtlsxsuaa", error="invalid_token"/) as string,
      reason: expect.stringContaining('bound to a client certificate') as string,
    });
    // Word by word what stands in the challenge, so that a page need not show it twice.
    expect(answer?.kind === 'answered' && answer.challenge?.includes(`"${answer.reason}"`)).toBe(true);
  });

  it('shortens the forged header, and shows neither token nor key', async () => {
    const done = await replay();
    const forged = done.steps[3] && madeBy(done.steps[3])?.request.headers?.['x-forwarded-client-cert'];
    expect(forged).toMatch(/^MII[\w+/]{21}… \(\d+ characters\)$/);
    for (const secret of [token, ...services.secrets()]) expect(JSON.stringify(done)).not.toContain(secret);
  });

  it('conceals a token that the answer repeats', async () => {
    services.certificateRoute.handler = (request, res) =>
      sendJson(
        res,
        401,
        { error: 'invalid_token', error_description: request.headers.authorization ?? '' },
        { 'www-authenticate': `Bearer error="invalid_token", error_description="${request.headers.authorization}"` },
      );
    const done = await replay();
    expect(JSON.stringify(done)).not.toContain(token);
    expect(JSON.stringify(done)).toContain('[secret]');
  });

  it.each([
    [200, 'a thief is let in'],
    [403, 'it is refused as if the certificate had been right'],
    [500, 'the backend fails'],
  ])('finds a surprise in %i where the binding demands 401: %s', async (status) => {
    services.plainRoute.handler = (_request, res) => sendJson(res, status, {});
    expect(listSurprises(await replay()).map(({ id }) => id)).toEqual(['forged-header']);
  });

  it('finds a surprise in a refusal of the owner', async () => {
    services.behaviour.refusedTokens.add(token);
    expect(listSurprises(await replay()).map(({ id }) => id)).toEqual(['own-certificate']);
  });

  it('takes no answer for a surprise, and says why none came', async () => {
    services.plainRoute.handler = hang;
    const backend = {
      party: 'backend',
      name: 'the backend',
      addressFrom: 'BACKEND_URL',
      timeoutMs: 300,
      timeoutSetting: 'BACKEND_TIMEOUT_MS',
    } as const;
    const [surprise, ...others] = listSurprises(await replay({ backend }));
    expect(others).toEqual([]);
    expect(surprise?.result.answer).toEqual({
      kind: 'unanswered',
      reason: expect.stringContaining('did not answer within 300 ms') as string,
    });
  });

  it('takes a connection of its own for each call, and keeps none', async () => {
    await replay();
    await replay();
    expect(services.certificateRoute.handshakes).toBe(6);
    await eventually(() => agents.every((agent) => openSockets(agent) === 0));
  });

  it('tells how a token that is bound to nothing is accepted from anybody', async () => {
    token = await services.signBoundToken(undefined);
    const done = await replay();
    expect(done.boundTo).toBeUndefined();
    expect(statuses(done)).toEqual([undefined, 200, 200, undefined]);
    expect(listSurprises(done)).toEqual([]);
  });
});
