import { errors, type JWTPayload } from 'jose';
import { array, integer, number, object, optional, pipe, safeParse, string } from 'valibot';
import type { ClientRegistry } from '../../token-core/client-registry';
import { invalidGrant, invalidRequest } from '../../token-core/oauth-error';
import { splitScopes } from '../../token-core/scopes';
import type { Grant } from '../../token-core/token-endpoint';
import type { User, UserDirectory } from '../../token-core/user-directory';
import type { UserTokens } from '../../token-core/user-tokens';
import type { TokenIssuer } from '../access-token';
import { subaccount } from '../subaccount';
import { grantScopes } from '../user-scopes';
import type { XsuaaClient } from '../xsuaa-client';

const TYPE = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** What a user token needs to be exchanged. */
const EXCHANGE_SCOPE = 'uaa.user';

export interface JwtBearerOptions {
  readonly issuer: TokenIssuer;
  readonly registry: ClientRegistry<XsuaaClient>;
  readonly users: UserDirectory;
  readonly tokens: UserTokens<XsuaaClient>;
}

const claimsSchema = object({
  zid: string(),
  user_id: string(),
  cid: string(),
  scope: array(string()),
  auth_time: optional(pipe(number(), integer())),
});

/** A user's token for another one, of the same user at the calling client (RFC 7523 §2.1). */
export function createJwtBearerGrant(options: JwtBearerOptions): Grant<XsuaaClient> {
  const { issuer, tokens } = options;
  return {
    type: TYPE,
    issue: async ({ form, authenticated }) => {
      const assertion = form.get('assertion');
      if (assertion === undefined) throw invalidRequest('Assertion is missing');
      const { user, authTime } = await readAssertion(assertion, options);
      const { client } = authenticated;
      const requested = splitScopes(form.get('scope'));
      const scopes = grantScopes({ client, user, requested });
      const authorization = {
        instanceId: client.instanceId,
        user,
        // A token to call a service with, not the proof of a login: that is for whoever asks for it.
        scopes: requested.length === 0 ? scopes.filter((scope) => scope !== 'openid') : scopes,
        authTime: authTime ?? Math.floor(issuer.now() / 1000),
      };
      return tokens.issue({ form, authenticated, grantType: TYPE, authorization });
    },
  };
}

interface Assertion {
  readonly user: User;
  readonly authTime: number | undefined;
}

/**
 * Verifies the assertion: an access token that this XSUAA issued to an application for a user, not expired, with the scope
 * `uaa.user` (RFC 7523 §3). Its audience is the application, not the client that hands it in: that is what the exchange is for.
 */
async function readAssertion(jwt: string, { issuer, registry, users }: JwtBearerOptions): Promise<Assertion> {
  const claims = await verify(jwt, issuer);
  if (claims['zid'] !== subaccount.id) throw refuse('it is of another identity zone');
  if (claims['user_id'] === undefined)
    throw refuse('it is no token of a user: a technical token speaks for its client alone');
  const result = safeParse(claimsSchema, claims);
  if (!result.success) throw refuse('it lacks claims that an access token of a user has');
  const { user_id: userId, cid, scope, auth_time: authTime } = result.output;
  if (registry.find(cid) === undefined) throw refuse('the application that it was issued to does not exist any more');
  if (!scope.includes(EXCHANGE_SCOPE))
    throw refuse(`it lacks the scope ${EXCHANGE_SCOPE}: log in again and ask for it by scope=${EXCHANGE_SCOPE}`);
  const user = users.findById(userId);
  if (user === undefined) throw refuse('its user does not exist any more');
  return { user, authTime };
}

async function verify(jwt: string, { signingKey, addresses }: TokenIssuer): Promise<JWTPayload> {
  try {
    return await signingKey.verify(jwt, { issuer: addresses.issuer });
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw refuse('it has expired');
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'iss')
      throw refuse('it was issued by somebody else');
    if (error instanceof errors.JOSEError || error instanceof TypeError)
      throw refuse('it is no token that this XSUAA has signed');
    throw error;
  }
}

function refuse(cause: string): Error {
  return invalidGrant(`The assertion is not accepted: ${cause}`);
}
