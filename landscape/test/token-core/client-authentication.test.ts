import { basic, expectNote, expectRefusal, grant_type, startClient, type RunningClient } from './running-client';
import { claimsOf } from '../xsuaa/running-xsuaa';

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

describe('with a secret', () => {
  it('gives a token to a client that has it in the body', async () => {
    const answer = await running.callPlain({ body: { grant_type, client_id, client_secret } });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      pragma: 'no-cache',
      'content-type': 'application/json;charset=UTF-8',
    });
    const { access_token: _, jti, ...rest } = answer.json;
    expect(rest).toEqual({
      token_type: 'bearer',
      expires_in: 43_199,
      scope: 'uaa.resource mtlsxsuaa!t1.Read mtlsxsuaa!t1.sub.Write',
    });
    expect(claimsOf(answer).jti).toBe(jti);
  });

  it('takes it in a Basic header as it stands, plus signs included', async () => {
    const headers = { authorization: basic(client_id, client_secret) };
    expect((await running.callPlain({ body: { grant_type }, headers })).status).toBe(200);
    expect((await running.callPlain({ body: { grant_type, client_id }, headers })).status).toBe(200);
  });

  it('takes it form-encoded in a Basic header that says so, and only then', async () => {
    const authorization = basic(encodeURIComponent(client_id), encodeURIComponent(client_secret));
    const encoded = { authorization, 'X-CF-ENCODED-CREDENTIALS': 'true' };
    expect((await running.callPlain({ body: { grant_type }, headers: encoded })).status).toBe(200);
    expect((await running.callPlain({ body: { grant_type }, headers: { authorization } })).status).toBe(401);
    const raw = { ...encoded, authorization: basic(client_id, client_secret) };
    expectRefusal(
      await running.callPlain({ body: { grant_type }, headers: raw }),
      401,
      'invalid_client',
      'Bad credentials',
    );
  });

  it('refuses a wrong one, an unknown client and a client without an id, and the journal tells them apart', async () => {
    running.xsuaa.journal.clear();
    const refused = async (body: Record<string, string>, note: string) => {
      expectRefusal(
        await running.callPlain({ body: { grant_type, ...body } }),
        401,
        'invalid_client',
        'Bad credentials',
      );
      await expectNote(running.xsuaa, note);
    };
    await refused({ client_id, client_secret: 'wrong' }, 'is wrong, or its binding is gone');
    await refused({ client_id: 'sb-nobody!t1', client_secret }, 'no client "sb-nobody!t1"');
    await refused({ client_secret }, 'no client ""');
  });

  it('refuses a request without any credentials', async () => {
    expectRefusal(
      await running.callPlain({ body: { grant_type, client_id } }),
      401,
      'invalid_client',
      /: no client secret$/,
    );
    const bearer = { body: { grant_type, client_id }, headers: { authorization: 'Bearer abc' } };
    expect((await running.callPlain(bearer)).status).toBe(401);
  });

  it('refuses two methods at once', async () => {
    const headers = { authorization: basic(client_id, client_secret) };
    expectRefusal(
      await running.callPlain({ body: { grant_type, client_id, client_secret }, headers }),
      400,
      'invalid_request',
      /authenticates twice/,
    );
  });

  it('takes it although a certificate is shown, which does not count beside it', async () => {
    const { cert, key } = running.tls;
    for (const headers of [{}, { 'x-zid': '5b1d2c6e-0a53-4a6b-9d7e-3f8c1e2a7b40' }]) {
      const answer = await running.callPlain({ body: { grant_type, client_id, client_secret }, headers, cert, key });
      expect(claimsOf(answer)).not.toHaveProperty('cnf');
    }
  });

  it('refuses it at the certificate URL, naming the right one', async () => {
    const answer = await running.xsuaa.call({
      port: 'xsuaaCertificate',
      body: { grant_type, client_id, client_secret },
    });
    expectRefusal(answer, 401, 'invalid_client', /no client certificate was presented; client secrets are for .*url/);
    expect(answer.json['error_description']).toContain(`https://localhost:${running.xsuaa.portBase + 444}`);
  });
});
