import { LoginClient } from '../../src/login/login-client';
import { Secret } from '../../src/secret';
import type { HttpClient } from '../../src/upstream/http-client';
import { UpstreamError } from '../../src/upstream/upstream';

const issuer = {
  party: 'xsuaa',
  name: 'XSUAA',
  addressFrom: '"certurl" of the service binding "mtlsXsuaa"',
  timeoutMs: 1000,
  timeoutSetting: 'TOKEN_TIMEOUT_MS',
  clientRemedy: 'Bind again.',
} as const;

/** XSUAA is down: what is wrong is told with where the address comes from. */
const down: HttpClient = {
  send: ({ addressFrom }, { url }) =>
    Promise.reject(
      new UpstreamError({ code: 'xsuaa-unreachable', status: 502, description: url.host, remedy: addressFrom }),
    ),
};

const binding = {
  bindingName: 'mtlsXsuaa',
  url: new URL('https://xsuaa.example'),
  credential: {
    kind: 'secret',
    method: 'client_secret_post',
    secret: new Secret('s'),
    clientId: 'sb-app!t1',
    tokenUrl: new URL('https://xsuaa.cert.example/oauth/token'),
    bindingName: 'mtlsXsuaa',
  },
} as const;

describe('LoginClient', () => {
  it('names the member of the binding that the address in a failure comes from: a login begins at "url"', async () => {
    const begin = new LoginClient({ binding, issuer, http: down }).begin({
      redirectUri: 'https://app.example/login/callback',
      returnTo: '/user',
    });
    await expect(begin).rejects.toMatchObject({
      description: 'xsuaa.example',
      remedy: '"url" of the service binding "mtlsXsuaa"',
    });
  });
});
