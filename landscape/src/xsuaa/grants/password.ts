import { OAuthError, invalidRequest } from '../../token-core/oauth-error';
import { splitScopes } from '../../token-core/scopes';
import type { Grant } from '../../token-core/token-endpoint';
import type { UserDirectory } from '../../token-core/user-directory';
import type { UserTokens } from '../../token-core/user-tokens';
import { grantScopes } from '../user-scopes';
import type { XsuaaClient } from '../xsuaa-client';

const TYPE = 'password';

export interface PasswordOptions {
  readonly users: UserDirectory;
  readonly tokens: UserTokens<XsuaaClient>;
  readonly now: () => number;
}

/** The user's name and password in the hands of the client (RFC 6749 §4.3): for instances that list it in `grant-types` only. */
export function createPasswordGrant({ users, tokens, now }: PasswordOptions): Grant<XsuaaClient> {
  return {
    type: TYPE,
    issue: async ({ form, authenticated }) => {
      const [username, password] = [form.get('username'), form.get('password')];
      if (username === undefined || password === undefined) throw invalidRequest('username and password are required');
      const user = users.authenticate(username, password);
      // UAA's answer, where RFC 6749 §5.2 has invalid_grant.
      if (user === undefined)
        throw new OAuthError({
          status: 401,
          error: 'invalid_client',
          description: 'Bad credentials',
          note: 'wrong user or password',
        });
      const { client } = authenticated;
      const authorization = {
        instanceId: client.instanceId,
        user,
        scopes: grantScopes({ client, user, requested: splitScopes(form.get('scope')) }),
        authTime: Math.floor(now() / 1000),
      };
      return tokens.issue({ form, authenticated, grantType: TYPE, authorization });
    },
  };
}
