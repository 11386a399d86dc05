import * as v from 'valibot';
import { Failure } from '../failure';
import { checkUsable, formatChain, readIdentity } from '../pki/keystore';
import type { OAuthClient } from '../service-key/client-credentials';
import { describeAnswer } from './answer-text';
import { createHttpClient } from './http-client';

const answerSchema = v.object({ access_token: v.pipe(v.string(), v.minLength(1)) });

/**
 * Fetches a token by client credentials, with the secret in the body or with the certificate in the handshake
 * (RFC 6749 §4.4, RFC 8705 §2).
 * @throws {Failure} `unreachable` or `token-refused`, naming the token endpoint.
 */
export async function fetchToken(client: OAuthClient, options: { timeoutMs: number; now: number }): Promise<string> {
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: client.clientId });
  const { authentication, tokenUrl } = client;
  if (authentication.kind === 'secret') form.set('client_secret', authentication.secret);
  const send = createHttpClient({
    party: 'XSUAA, token for the Destination Service',
    timeoutMs: options.timeoutMs,
    ...(authentication.kind === 'certificate' && { identity: encodeIdentity(authentication, options.now) }),
  });
  const { status, body } = await send({
    method: 'POST',
    url: tokenUrl,
    headers: { accept: 'application/json' },
    body: form,
  });
  const parsed = v.safeParse(answerSchema, body);
  if (status === 200 && parsed.success) return parsed.output.access_token;
  throw new Failure(
    'token-refused',
    `XSUAA (${tokenUrl}) gives no token for the Destination Service: ${status} ${describeAnswer(body)}`.trim() + '.',
    status === 401
      ? 'The service key was deleted, or its certificate has been replaced: create the key anew and use that.'
      : 'Check the service key of the Destination Service.',
  );
}

function encodeIdentity(pair: { certificate: string; key: string }, now: number): { certificate: string; key: string } {
  const identity = readIdentity(pair);
  checkUsable(identity, now);
  return { certificate: formatChain(identity.chain), key: identity.key.pem };
}
