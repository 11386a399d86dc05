// openid-client 6, unmodified: discovery and the client credentials grant, the client authenticated in the TLS handshake.
import * as client from 'openid-client';
import { Agent, fetch } from 'undici';

const { url, clientid, certificate, key } = JSON.parse(process.env.IDENTITY_CREDENTIALS);
const dispatcher = new Agent({ connect: { cert: certificate, key } });

const configuration = await client.discovery(new URL(url), clientid, undefined, client.TlsClientAuth(), {
  [client.customFetch]: (address, options) => fetch(address, { ...options, dispatcher }),
});
const { access_token: token } = await client.clientCredentialsGrant(configuration);
const answer = await fetch(`${process.env.BACKEND_URL}/endpoint`, {
  headers: { Authorization: `Bearer ${token}`, Accept: 'application/json' },
  dispatcher,
});
console.log(JSON.stringify({ status: answer.status, body: await answer.json() }));
