import { check, config, integer, number, optional, pipe } from 'valibot';
import { distinctList, flag, knownMembers, list, oneOf, wholeNumber } from '../parameter-schema';
import { redirectPattern } from '../token-core/redirect-pattern';

const grantTypes = [
  'client_credentials',
  'password',
  'authorization_code',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:token-exchange',
  'implicit',
  'urn:ietf:params:oauth:grant-type:jwt-bearer',
  'authorization_code_pkce_s256',
] as const;

/** What an application may do whose parameters do not say; the last three must be asked for. */
export const defaultGrantTypes: readonly string[] = grantTypes.slice(0, 5);

export const DEFAULT_TOKEN_VALIDITY_S = 3600;
export const DEFAULT_REFRESH_VALIDITY_S = 43_200;

const uris = optional(list(redirectPattern(), 20));

const refreshValidity = config(
  pipe(
    number(),
    integer(),
    check((seconds) => seconds === 0 || (seconds >= 3600 && seconds <= 15_552_000)),
  ),
  { message: '0, or a whole number of seconds from 3600 to 15552000' },
);

const tokenPolicySchema = knownMembers({
  'token-validity': optional(wholeNumber(60, 43_200, 'seconds')),
  'refresh-validity': optional(refreshValidity),
  'refresh-parallel': optional(wholeNumber(1, 10, 'tokens')),
  'refresh-usage-after-renewal': optional(oneOf(['off', 'online', 'mobile'])),
  'access-token-format': optional(
    pipe(
      oneOf(['default', 'jwt', 'opaque']),
      // A configuration that promises opaque tokens must not appear to work with others.
      check((format) => format !== 'opaque', 'default or jwt: the landscape issues no opaque tokens'),
    ),
  ),
});

/** `oauth2-configuration` of config_ias.json. */
export const oauth2ConfigurationSchema = knownMembers({
  'redirect-uris': uris,
  'post-logout-redirect-uris': uris,
  'front-channel-logout-uris': uris,
  'back-channel-logout-uris': uris,
  'public-client': optional(flag(), false),
  'grant-types': optional(distinctList(oneOf(grantTypes))),
  'token-policy': optional(tokenPolicySchema),
});
