import { until } from '../support/until';
import type { Call } from '../xsuaa/running-xsuaa';
import { expectRefusal, grant_type, startClient, type RunningClient } from './running-client';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

let running: RunningClient;
let client_id: string;
let client_secret: string;
beforeAll(async () => {
  running = await startClient();
  ({ client_id, client_secret } = running);
});
afterAll(() => running.xsuaa.close());

const FORM = 'application/x-www-form-urlencoded';
const form = (parameters: Record<string, string>) => new URLSearchParams(parameters).toString();

describe('the request', () => {
  const credentials = () => ({ client_id, client_secret });

  it('may hold parameters that nobody knows, as xssec 3 sends them', async () => {
    const body = { grant_type, ...credentials(), response_type: 'token', app_tid: 'undefined', token_format: 'jwt' };
    expect((await running.callPlain({ body })).status).toBe(200);
    expect((await running.callPlain({ body: { ...body, app_tid: '' } })).status).toBe(200);
  });

  it.each<[string, () => Call, number, string, string | RegExp]>([
    [
      'a repeated parameter',
      () => ({ body: `${form(credentials())}&grant_type=${grant_type}&client_id=x` }),
      400,
      'invalid_request',
      'Parameter client_id is repeated',
    ],
    ['no grant type', () => ({ body: form(credentials()) }), 400, 'invalid_request', 'Missing grant type'],
    [
      'an empty grant type',
      () => ({ body: form({ ...credentials(), grant_type: '' }) }),
      400,
      'invalid_request',
      'Missing grant type',
    ],
    [
      'an unknown grant type',
      () => ({ body: form({ ...credentials(), grant_type: 'magic' }) }),
      400,
      'unsupported_grant_type',
      'Unsupported grant type',
    ],
    [
      'parameters in the query',
      () => ({ path: '/oauth/token?grant_type=client_credentials', body: form(credentials()) }),
      406,
      'query_string_not_allowed',
      'Parameters must be passed in the body of the request',
    ],
    [
      'a JSON body',
      () => ({ body: JSON.stringify(credentials()), headers: { 'content-type': 'application/json' } }),
      400,
      'invalid_request',
      /x-www-form-urlencoded/,
    ],
    ['no body', () => ({ headers: {} }), 400, 'invalid_request', /x-www-form-urlencoded/],
    [
      'a body of more than 1 MB',
      () => ({ body: `a=${'x'.repeat(1_100_000)}` }),
      413,
      'invalid_request',
      'The request cannot be read',
    ],
    [
      'a character set that does not exist',
      () => ({ body: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded; charset=nonsense' } }),
      415,
      'invalid_request',
      'The request cannot be read',
    ],
    [
      'another identity zone',
      () => ({ body: form(credentials()), headers: { 'content-type': FORM, 'x-zid': 'elsewhere' } }),
      400,
      'invalid_request',
      'The identity zone does not exist',
    ],
  ])('is refused with %s', async (_, call, status, error, description) => {
    const headers = { 'content-type': FORM };
    expectRefusal(await running.callPlain({ headers, ...call() }), status, error, description);
  });

  it('is refused for a grant that the instance does not list', async () => {
    const other = await running.xsuaa.createInstance({
      xsappname: 'nogrant',
      'oauth2-configuration': { 'grant-types': ['authorization_code'] },
    });
    const { credentials } = await running.xsuaa.bind(other);
    const { clientid = '', clientsecret = '' } = credentials;
    const body = { grant_type, client_id: clientid, client_secret: clientsecret };
    expectRefusal(await running.callPlain({ body }), 401, 'invalid_client', 'Unauthorized grant type');
  });

  it.each(['GET', 'PUT', 'DELETE'])('is refused by %s', async (method) => {
    const answer = await running.callPlain({ method, path: `/oauth/token?${form({ grant_type, ...credentials() })}` });
    expectRefusal(answer, 405, 'method_not_allowed', `Request method '${method}' not supported`);
    expect(answer.headers['allow']).toBe('POST');
  });

  it('leaves no secret, token or key in the journal', async () => {
    running.xsuaa.journal.clear();
    const answer = await running.callPlain({ body: { grant_type, ...credentials() } });
    await running.callPlain({ body: { grant_type, client_id, client_secret: `${client_secret}x` } });
    await running.callPlain({ path: `/oauth/token?${form(credentials())}`, body: '' });
    await until('the journal has all three', () => {
      return running.xsuaa.journal.entries().filter(({ kind }) => kind === 'request').length >= 3;
    });
    const text = JSON.stringify(running.xsuaa.journal.entries());
    for (const secret of [client_secret, encodeURIComponent(client_secret), answer.json['access_token'] as string])
      expect(text).not.toContain(secret);
  });
});
