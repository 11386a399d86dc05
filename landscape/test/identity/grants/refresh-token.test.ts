import type { JsonObject } from '../../../src/broker';
import { claimsOf, expectRefusal, startIdentity, type Answer, type RunningIdentity } from '../running-identity';
import { createLoginClient, redirect_uri, type FetchCodeOptions, type LoginClient } from '../running-login';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

const grant_type = 'refresh_token';
let identity: RunningIdentity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.close());

let names = 0;
const create = (policy: JsonObject = {}) =>
  createLoginClient(identity, { 'token-policy': policy }, { name: `application${(names += 1)}` });
const refreshTokenOf = (answer: Answer) => answer.json['refresh_token'] as string;
const redeem = async (login: LoginClient, options: FetchCodeOptions = {}) => ({
  grant_type: 'authorization_code',
  code: await login.fetchCode(options),
  redirect_uri,
});
const fetchWithSecret = async (login: LoginClient, options: FetchCodeOptions = {}) =>
  refreshTokenOf(await login.withSecret(await redeem(login, options)));
const refresh = (login: LoginClient, refresh_token: string) => login.withSecret({ grant_type, refresh_token });
const expectUnknown = (answer: Answer) =>
  expectRefusal(answer, 400, 'invalid_grant', 'The refresh token is unknown, expired or used already');

describe('the refresh token grant', () => {
  it('gives new tokens of the same login, and another refresh token; the old one is of no use any more', async () => {
    const login = await create();
    const first = await login.withSecret(await redeem(login));
    const second = await refresh(login, refreshTokenOf(first));
    expect(second.status).toBe(200);
    expect(Object.keys(second.json).toSorted()).toEqual(Object.keys(first.json).toSorted());
    const { sub, sid, auth_time } = claimsOf(first);
    expect(claimsOf(second)).toMatchObject({ sub, sid, auth_time });
    expect(refreshTokenOf(second)).not.toBe(refreshTokenOf(first));
    expectUnknown(await refresh(login, refreshTokenOf(first)));
    expect((await refresh(login, refreshTokenOf(second))).status).toBe(200);
  });

  it('answers one of two requests that come with the same token at once', async () => {
    const login = await create();
    const token = await fetchWithSecret(login);
    const answers = await Promise.all([refresh(login, token), refresh(login, token)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400]);
  });

  it('keeps the old token for five minutes with "online", unless the new one is used', async () => {
    const login = await create({ 'refresh-usage-after-renewal': 'online' });
    const old = await fetchWithSecret(login);
    const renewed = refreshTokenOf(await refresh(login, old));
    expect((await refresh(login, old)).status).toBe(200);
    expect((await refresh(login, renewed)).status).toBe(200);
    expectUnknown(await refresh(login, old));
    const another = await fetchWithSecret(login);
    await refresh(login, another);
    identity.clock.offsetMs = 300_001;
    expectUnknown(await refresh(login, another));
    identity.clock.offsetMs = 0;
  });

  it('keeps the old token for its own time with "mobile"', async () => {
    const login = await create({ 'refresh-usage-after-renewal': 'mobile' });
    const old = await fetchWithSecret(login);
    await refresh(login, old);
    identity.clock.offsetMs = 43_199_000;
    expect((await refresh(login, old)).status).toBe(200);
    identity.clock.offsetMs = 43_200_001;
    expectUnknown(await refresh(login, old));
    identity.clock.offsetMs = 0;
  });

  it('gives no refresh token where the policy says 0', async () => {
    const login = await create({ 'refresh-validity': 0 });
    expect((await login.withSecret(await redeem(login))).json).not.toHaveProperty('refresh_token');
  });

  it.each([
    [undefined, 400],
    [2, 200],
  ])('lets one login have as many refresh tokens as "refresh-parallel" %s says', async (parallel, status) => {
    const login = await create(parallel === undefined ? {} : { 'refresh-parallel': parallel });
    const browser = login.browser();
    const first = await fetchWithSecret(login, { browser });
    const second = await fetchWithSecret(login, { browser });
    const elsewhere = await fetchWithSecret(login);
    expect((await refresh(login, first)).status).toBe(status);
    expect((await refresh(login, second)).status).toBe(200);
    expect((await refresh(login, elsewhere)).status).toBe(200);
  });

  it('ends with the logout, unless offline access was granted', async () => {
    const login = await create({ 'refresh-parallel': 2 });
    const browser = login.browser();
    const online = await fetchWithSecret(login, { browser });
    const offline = await fetchWithSecret(login, { browser, parameters: { scope: 'openid offline_access' } });
    await browser.get('/oauth2/logout');
    expectUnknown(await refresh(login, online));
    expect((await refresh(login, offline)).status).toBe(200);
  });
});

describe('the refresh token grant refuses', () => {
  it('a token over another certificate of the same application, and with the secret alone', async () => {
    const login = await create();
    const refresh_token = refreshTokenOf(await login.withCertificate(await redeem(login)));
    const other = await login.withCertificate({ grant_type, refresh_token }, await login.bindCertificate());
    expectRefusal(other, 400, 'invalid_grant', 'The refresh token is bound to another client certificate');
    expectRefusal(await refresh(login, refresh_token), 400, 'invalid_grant', /and none was presented/);
    const accepted = await login.withCertificate({ grant_type, refresh_token });
    expect(claimsOf(accepted)).toHaveProperty(['cnf', 'x5t#S256']);
    const renewed = await refresh(login, refreshTokenOf(accepted));
    expectRefusal(renewed, 400, 'invalid_grant', /and none was presented/);
  });

  it('a token of another application, and lets its owner keep it', async () => {
    const [owner, thief] = [await create(), await create()];
    const token = await fetchWithSecret(owner);
    expectRefusal(await refresh(thief, token), 400, 'invalid_grant', 'Wrong client for this refresh token');
    expect((await refresh(owner, token)).status).toBe(200);
  });

  it('what is no refresh token', async () => {
    expectUnknown(await refresh(await create(), 'made-up'));
  });
});
