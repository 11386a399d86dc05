// openid-client 6, unmodified, at an authorization server after RFC 8705: discovery, the client credentials grant with a
// secret and over mutual TLS (it takes the address of `mtls_endpoint_aliases` by itself), introspection, the backend.
import * as client from 'openid-client';
import { Agent, fetch } from 'undici';

const settings = JSON.parse(process.env.OAUTH_SETTINGS);
const { OAUTH_ISSUER, OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET } = settings;
const { MTLS_OAUTH_CLIENT_ID, MTLS_OAUTH_CERTIFICATE: cert, MTLS_OAUTH_KEY: key } = settings;
const issuer = new URL(OAUTH_ISSUER);
const mutual = new Agent({ connect: { cert, key } });
const withCertificate = (address, options) => fetch(address, { ...options, dispatcher: mutual });

/** By RFC 8414 and by OpenID Connect Discovery; the latter's answer is used. */
async function discover(id, metadata, authentication, extra = {}) {
  await client.discovery(issuer, id, metadata, authentication, { algorithm: 'oauth2', ...extra });
  return client.discovery(issuer, id, metadata, authentication, extra);
}

async function callBackend(token, dispatcher) {
  const headers = { Authorization: `Bearer ${token}`, Accept: 'application/json' };
  const answer = await fetch(`${process.env.BACKEND_URL}/endpoint`, { headers, dispatcher });
  return { status: answer.status, body: await answer.json() };
}

const basic = await discover(OAUTH_CLIENT_ID, undefined, client.ClientSecretBasic(OAUTH_CLIENT_SECRET));
const plain = await client.clientCredentialsGrant(basic);

const tls = await discover(MTLS_OAUTH_CLIENT_ID, { use_mtls_endpoint_aliases: true }, client.TlsClientAuth(), {
  [client.customFetch]: withCertificate,
});
const bound = await client.clientCredentialsGrant(tls);

const { access_token: token } = bound;
console.log(
  JSON.stringify({
    metadata: {
      aliases: Object.keys(tls.serverMetadata().mtls_endpoint_aliases ?? {}).sort(),
      methods: tls.serverMetadata().token_endpoint_auth_methods_supported,
      binds: tls.serverMetadata().tls_client_certificate_bound_access_tokens,
    },
    introspection: {
      plain: await client.tokenIntrospection(basic, plain.access_token),
      bound: await client.tokenIntrospection(tls, token),
    },
    plain: await callBackend(plain.access_token),
    bound: await callBackend(token, mutual),
    stolen: await callBackend(token),
  }),
);
