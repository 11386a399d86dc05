import { alice } from '../../token-core/browser';
import { expectRefusal } from '../../token-core/running-client';
import { startLoginClient, type LoginClient } from '../running-login';
import { claimsOf } from '../running-xsuaa';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

const grant_type = 'password';
let login: LoginClient;
let trusting: LoginClient;
beforeAll(async () => {
  login = await startLoginClient();
  trusting = await startLoginClient(login.xsuaa, {
    xsappname: 'trusting',
    'oauth2-configuration': {
      'credential-types': ['x509', 'binding-secret'],
      'grant-types': ['password', 'refresh_token'],
    },
  });
});
afterAll(() => login.xsuaa.close());

describe('the password grant', () => {
  it('is refused to an instance that does not ask for it', async () => {
    expectRefusal(await login.withSecret({ grant_type, ...alice }), 401, 'invalid_client', 'Unauthorized grant type');
  });

  it('gives the tokens of the user, with a secret and over mutual TLS', async () => {
    const answer = await trusting.withSecret({ grant_type, ...alice });
    expect(claimsOf(answer)).toMatchObject({ user_name: 'alice@example.com', grant_type });
    expect(answer.json).toHaveProperty('refresh_token');
    expect(claimsOf(await trusting.withCertificate({ grant_type, ...alice }))).toHaveProperty(['cnf', 'x5t#S256']);
  });

  it('refuses a wrong password, an unknown user, and a request without one of them', async () => {
    for (const wrong of [
      { ...alice, password: 'x' },
      { ...alice, username: 'eve' },
    ])
      expectRefusal(await trusting.withSecret({ grant_type, ...wrong }), 401, 'invalid_client', 'Bad credentials');
    for (const name of ['username', 'password'])
      expectRefusal(
        await trusting.withSecret({ grant_type, ...alice, [name]: '' }),
        400,
        'invalid_request',
        'username and password are required',
      );
  });
});
