// openid-client 6, unmodified: a user logs in by code and PKCE, and the tokens are refreshed; the client proves itself with a
// certificate or with a secret, whichever its credentials hold.
import * as client from 'openid-client';
import { Agent, fetch } from 'undici';
import { logIn } from './log-in.mjs';

const { DISCOVERY, CREDENTIALS, USERNAME: username, PASSWORD: password, SCOPE: scope } = process.env;
const { clientid, clientsecret, certificate: cert, key } = JSON.parse(CREDENTIALS);
const redirectUri = 'http://localhost:5002/login/callback';
const dispatcher = new Agent({ connect: clientsecret === undefined ? { cert, key } : {} });

const configuration = await client.discovery(
  new URL(DISCOVERY),
  clientid,
  { use_mtls_endpoint_aliases: clientsecret === undefined },
  clientsecret === undefined ? client.TlsClientAuth() : client.ClientSecretPost(clientsecret),
  { [client.customFetch]: (address, options) => fetch(address, { ...options, dispatcher }) },
);

const verifier = client.randomPKCECodeVerifier();
const [state, nonce] = [client.randomState(), client.randomNonce()];
const address = client.buildAuthorizationUrl(configuration, {
  redirect_uri: redirectUri,
  code_challenge: await client.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
  nonce,
  ...(scope && { scope }),
});
const callback = await logIn(address, { username, password, redirectUri, dispatcher: new Agent() });
const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
const tokens = await client.authorizationCodeGrant(configuration, callback, checks);
const replay = await client.authorizationCodeGrant(configuration, callback, checks).catch(({ error }) => error);
const refreshed = await client.refreshTokenGrant(configuration, tokens.refresh_token);

console.log(
  JSON.stringify({
    claims: tokens.claims(),
    replay,
    accessToken: refreshed.access_token,
    refreshedClaims: refreshed.claims(),
    logout: client.buildEndSessionUrl(configuration, { post_logout_redirect_uri: 'http://localhost:5002/' }).href,
  }),
);
