import { createLogger } from '@mtls/platform';
import type { Request } from 'express';
import type { LoginClient } from '../../src/login/login-client';
import { GrantRefusedError } from '../../src/login/login-errors';
import { LoginRenewal } from '../../src/login/login-renewal';
import type { LoginTokens } from '../../src/login/login-tokens';
import { MemoryStore } from '../../src/session/memory-store';
import { UpstreamError } from '../../src/upstream/upstream';

const HOUR = 3_600_000;
const tokens = (accessToken: string, { refreshIn, endIn }: { refreshIn: number; endIn: number }): LoginTokens => ({
  accessToken,
  refreshToken: 'refresh',
  refreshAt: Date.now() + refreshIn,
  expiresAt: Date.now() + endIn,
});
const fresh = () => tokens('new', { refreshIn: HOUR, endIn: 2 * HOUR });
const due = () => tokens('old', { refreshIn: -1, endIn: HOUR });
const ended = () => tokens('old', { refreshIn: -2, endIn: -1 });

const refused = () => new GrantRefusedError({ description: 'expired', remedy: 'Log in.' });
const unreachable = () =>
  new UpstreamError({ code: 'xsuaa-unreachable', status: 502, description: 'no answer', remedy: 'Wait.' });

let store: MemoryStore;
let calls: number;
let log: string;

/** A request of a session as express-session makes it, as far as renewal uses it. */
function requestOf(id: string): Request {
  let login: LoginTokens | undefined;
  store.get(id, (_error, data) => (login = data?.login));
  const session = {
    cookie: { originalMaxAge: null },
    login,
    save: (done: () => void) =>
      store.set(id, { cookie: session.cookie, ...(session.login && { login: session.login }) }, done),
    destroy: (done: () => void) => store.destroy(id, done),
  };
  return { session, sessionID: id, sessionStore: store } as unknown as Request;
}

function clientThat(renew: () => LoginTokens): LoginClient {
  const client = {
    thumbprint: undefined,
    renew: async () => {
      calls += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      return renew();
    },
  };
  return client as unknown as LoginClient;
}

const renewal = () =>
  new LoginRenewal(createLogger({ component: 'test', destination: { write: (line) => void (log += line) } }));
const begin = (login: LoginTokens) => store.set('id', { cookie: { originalMaxAge: null }, login });
const stored = () => requestOf('id').session.login?.accessToken;

beforeEach(() => {
  store = new MemoryStore(HOUR);
  calls = 0;
  log = '';
});

describe('LoginRenewal', () => {
  it('leaves tokens alone that are fresh, and a request without a login', async () => {
    begin(tokens('old', { refreshIn: HOUR, endIn: HOUR }));
    expect((await renewal().currentTokens(requestOf('id'), clientThat(fresh)))?.accessToken).toBe('old');
    expect(await renewal().currentTokens(requestOf('other'), clientThat(fresh))).toBeUndefined();
    expect(calls).toBe(0);
  });

  it('renews once for many requests of a session, and keeps the new tokens', async () => {
    begin(due());
    const [one, client] = [renewal(), clientThat(fresh)];
    const got = await Promise.all(Array.from({ length: 10 }, () => one.currentTokens(requestOf('id'), client)));
    expect(got.map((login) => login?.accessToken)).toEqual(Array.from({ length: 10 }, () => 'new'));
    expect([calls, stored()]).toEqual([1, 'new']);
  });

  it('takes what another instance has renewed meanwhile', async () => {
    begin(due());
    const late = requestOf('id');
    begin(fresh());
    expect((await renewal().currentTokens(late, clientThat(fresh)))?.accessToken).toBe('new');
    expect(calls).toBe(0);
  });

  it('ends the session when the refresh token is not taken any more', async () => {
    begin(due());
    const client = clientThat(() => {
      throw refused();
    });
    expect(await renewal().currentTokens(requestOf('id'), client)).toBeUndefined();
    expect(stored()).toBeUndefined();
  });

  it('does not bring a session back that was logged out meanwhile', async () => {
    begin(due());
    const running = renewal().currentTokens(requestOf('id'), clientThat(fresh));
    await new Promise((resolve) => setTimeout(resolve, 5));
    store.destroy('id');
    expect(await running).toBeUndefined();
    expect(stored()).toBeUndefined();
  });

  it('uses a token to its end while XSUAA does not answer, and asks it only now and then', async () => {
    begin(due());
    const client = clientThat(() => {
      throw unreachable();
    });
    const one = renewal();
    for (let round = 0; round < 3; round += 1)
      expect((await one.currentTokens(requestOf('id'), client))?.accessToken).toBe('old');
    expect(calls).toBe(1);
    expect(log).toContain('xsuaa-unreachable');
    begin(ended());
    await expect(one.currentTokens(requestOf('id'), client)).rejects.toMatchObject({ code: 'xsuaa-unreachable' });
    expect(stored()).toBe('old');
  });

  it('remembers a thousand sessions whose renewal has failed, and asks again for the oldest beyond', async () => {
    const refuse: LoginClient['renew'] = () => {
      calls += 1;
      return Promise.reject(unreachable());
    };
    const client = { thumbprint: undefined, renew: refuse } as unknown as LoginClient;
    const one = renewal();
    const visit = async (index: number) => {
      store.set(`id-${index}`, { cookie: { originalMaxAge: null }, login: due() });
      await one.currentTokens(requestOf(`id-${index}`), client);
    };
    for (let index = 0; index <= 1000; index += 1) await visit(index);
    expect(calls).toBe(1001);
    await visit(1000);
    expect(calls).toBe(1001);
    await visit(0);
    expect(calls).toBe(1002);
  });
});
