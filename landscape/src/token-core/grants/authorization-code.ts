import { belongsTo, type UserClient } from '../authorization';
import type { AuthorizationCodes, IssuedCode } from '../authorization-codes';
import type { Form } from '../form';
import { invalidGrant, invalidRequest } from '../oauth-error';
import { checkCodeVerifier } from '../pkce';
import type { Grant } from '../token-endpoint';
import type { UserTokens } from '../user-tokens';

const TYPE = 'authorization_code';

/** A code of the authorization endpoint for the user's tokens (RFC 6749 §4.1.3, RFC 7636 §4.5). */
export function createAuthorizationCodeGrant<Client extends UserClient>(
  codes: AuthorizationCodes,
  tokens: UserTokens<Client>,
): Grant<Client> {
  return {
    type: TYPE,
    issue: async ({ form, authenticated }) => {
      const { authorization } = redeemCode(form, authenticated.client, codes);
      return tokens.issue({ form, authenticated, grantType: TYPE, authorization });
    },
  };
}

/** Whoever presents a code uses it up, also with a wrong verifier: nobody gets a second guess. */
function redeemCode(form: Form, client: UserClient, codes: AuthorizationCodes): IssuedCode {
  const code = form.get('code');
  if (code === undefined) throw invalidRequest('An authorization code must be supplied.');
  const issued = codes.redeem(code);
  // UAA repeats the code here: a secret of somebody, in an answer that ends up in logs.
  const refusal = 'Invalid authorization code';
  if (issued === undefined) throw invalidGrant(refusal, 'the code is unknown, expired or used already');
  if (!belongsTo(issued.authorization, client))
    throw invalidGrant(refusal, `the code was issued to another client than ${client.clientId}`);
  if (form.get('redirect_uri') !== issued.redirectUri)
    throw invalidGrant('Redirect URI mismatch.', 'redirect_uri is not that of the authorization request');
  checkCodeVerifier(issued.codeChallenge, form.get('code_verifier'));
  return issued;
}
