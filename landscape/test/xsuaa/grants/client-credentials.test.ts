import { decodeProtectedHeader } from 'jose';
import { expectRefusal, grant_type, startClient, type RunningClient } from '../../token-core/running-client';
import { claimsOf } from '../running-xsuaa';

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

describe('client credentials', () => {
  it('gives a token with the claims and header of XSUAA', async () => {
    const answer = await running.callPlain({ body: { grant_type, client_id, client_secret } });
    const { iat = 0, exp = 0, jti, rev_sig, ...claims } = claimsOf(answer);
    const zone = '5b1d2c6e-0a53-4a6b-9d7e-3f8c1e2a7b40';
    const scopes = ['uaa.resource', 'mtlsxsuaa!t1.Read', 'mtlsxsuaa!t1.sub.Write'];
    expect(claims).toEqual({
      ext_attr: { enhancer: 'XSUAA', subaccountid: zone, serviceinstanceid: running.instanceId },
      sub: client_id,
      authorities: scopes,
      scope: scopes,
      client_id,
      cid: client_id,
      azp: client_id,
      grant_type,
      iss: `https://local-landscape.localhost:${running.xsuaa.portBase + 444}/oauth/token`,
      zid: zone,
      aud: ['uaa', 'mtlsxsuaa!t1', 'mtlsxsuaa!t1.sub', client_id],
    });
    expect(exp - iat).toBe(43_200);
    expect(Math.abs(iat * 1000 - Date.now())).toBeLessThan(60_000);
    expect(jti).toMatch(/^[0-9a-f]{32}$/);
    expect(rev_sig).toMatch(/^[0-9a-f]{8}$/);
    expect(decodeProtectedHeader(answer.json['access_token'] as string)).toEqual({
      alg: 'RS256',
      typ: 'JWT',
      kid: expect.stringMatching(/^default-jwt-key-/) as string,
      jku: `https://localhost:${running.xsuaa.portBase + 444}/token_keys`,
    });
  });

  it('gives a token without confirmation claim, since no certificate was used', async () => {
    expect(claimsOf(await running.callPlain({ body: { grant_type, client_id, client_secret } }))).not.toHaveProperty(
      'cnf',
    );
  });

  it('may ask for fewer scopes, not for more', async () => {
    const ask = (scope: string) => running.callPlain({ body: { grant_type, client_id, client_secret, scope } });
    const narrowed = await ask('mtlsxsuaa!t1.Read  mtlsxsuaa!t1.Read');
    expect(narrowed.json['scope']).toBe('mtlsxsuaa!t1.Read');
    expect(claimsOf(narrowed)).toMatchObject({ scope: ['mtlsxsuaa!t1.Read'], aud: ['mtlsxsuaa!t1', client_id] });
    expect((await ask('')).json['scope']).toContain('uaa.resource');
    expectRefusal(
      await ask('uaa.resource mtlsxsuaa!t1.Admin'),
      400,
      'invalid_scope',
      'mtlsxsuaa!t1.Admin is invalid. Please use a valid scope name in the request',
    );
  });

  it('may ask for additional attributes, and what is no JSON for them is ignored', async () => {
    const ask = async (authorities: string) =>
      claimsOf(await running.callPlain({ body: { grant_type, client_id, client_secret, authorities } }))['az_attr'];
    expect(await ask('{"az_attr":{"a":"b"}}')).toEqual({ a: 'b' });
    for (const text of ['{}', '[object Object]', '{"az_attr":5}', '{"az_attr":[]}', 'null', '5'])
      expect(await ask(text)).toBeUndefined();
  });

  it('never gets a refresh token', async () => {
    expect((await running.callPlain({ body: { grant_type, client_id, client_secret } })).json).not.toHaveProperty(
      'refresh_token',
    );
  });
});
