import { callerText, describeCaller } from '../src/caller';

describe('describeCaller', () => {
  it.each([
    ['XSUAA, client credentials', { grant_type: 'client_credentials', client_id: 'sb-app!t1', sub: 'sb-app!t1' }],
    ['Identity, an application', { sap_id_type: 'app', azp: 'sb-app!t1', sub: 'sb-app!t1' }],
    ['another server, its client as the subject', { client_id: 'sb-app!t1', sub: 'sb-app!t1' }],
  ])('names the client of a token of %s', (_what, claims) => {
    expect(describeCaller(claims)).toEqual({ kind: 'client', clientId: 'sb-app!t1' });
  });

  it.each([
    ['XSUAA, authorization code', { grant_type: 'authorization_code', user_name: 'alice', client_id: 'sb', sub: 'id' }],
    ['XSUAA, JWT bearer', { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', user_name: 'alice', sub: 'id' }],
    ['Identity, a user', { sap_id_type: 'user', email: 'alice', azp: 'sb', sub: 'id' }],
    ['another server', { client_id: 'sb', sub: 'alice' }],
  ])('names the user of a token of %s', (_what, claims) => {
    expect(describeCaller(claims)).toEqual({ kind: 'user', name: 'alice' });
  });

  it('takes a token of client credentials for that of its client, whatever name it carries', () => {
    const claims = { grant_type: 'client_credentials', user_name: 'alice', client_id: 'sb' };
    expect(describeCaller(claims)).toEqual({ kind: 'client', clientId: 'sb' });
  });

  it('is told in a few words', () => {
    expect(callerText({ kind: 'user', name: 'alice' })).toBe('user alice');
    expect(callerText({ kind: 'client', clientId: 'sb' })).toBe('client sb');
  });
});
