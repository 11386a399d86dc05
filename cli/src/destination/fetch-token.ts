import * as v from 'valibot';
import { Failure } from '../failure';
import { checkUsable, formatChain, readIdentity, type ClientIdentity } from '../pki/keystore';
import type { OAuthClient } from '../service-key/client-credentials';
import { describeAnswer } from '../probe/answer-text';
import { createHttpClient, type HttpAnswer } from './http-client';

const answerSchema = v.object({ access_token: v.pipe(v.string(), v.minLength(1)) });

/**
 * Fetches a token by client credentials, with the secret in the body or with the certificate in the handshake
 * (RFC 6749 §4.4, RFC 8705 §2).
 * @throws {Failure} `unreachable` or `token-refused`, naming the token endpoint.
 */
export async function fetchToken(client: OAuthClient, options: { timeoutMs: number; now: number }): Promise<string> {
  const { authentication, tokenUrl, clientId } = client;
  const { status, body } = await requestToken({
    party: 'XSUAA, token for the Destination Service',
    tokenUrl,
    clientId,
    timeoutMs: options.timeoutMs,
    ...(authentication.kind === 'secret'
      ? { secret: authentication.secret }
      : { identity: readUsableIdentity(authentication, options.now) }),
  });
  const parsed = v.safeParse(answerSchema, body);
  if (status === 200 && parsed.success) return parsed.output.access_token;
  throw new Failure(
    'token-refused',
    `XSUAA (${tokenUrl}) gives no token for the Destination Service: ${describeRefusal({ status, body })}.`,
    status === 401
      ? 'The service key was deleted, or its certificate has been replaced: create the key anew and use that.'
      : 'Check the service key of the Destination Service.',
  );
}

export interface KeystoreTrial {
  readonly identity: ClientIdentity;
  readonly clientId: string;
  readonly tokenUrl: string;
  readonly timeoutMs: number;
}

/**
 * Shows the keystore's certificate to the token endpoint, as the Destination Service will. Only this tells a certificate
 * whose binding was deleted: the service itself may go on handing out a token that it fetched before.
 * @returns a note where the endpoint cannot be reached from here, which does not mean that the service cannot reach it.
 * @throws {Failure} `keystore-refused` when the endpoint gives no token for it.
 */
export async function tryKeystore({
  identity,
  clientId,
  tokenUrl,
  timeoutMs,
}: KeystoreTrial): Promise<string | undefined> {
  const party = 'XSUAA, trial of the keystore';
  let answer: HttpAnswer;
  try {
    answer = await requestToken({ party, tokenUrl, clientId, timeoutMs, identity });
  } catch (error) {
    if (error instanceof Failure) return `The keystore could not be tried from here: ${error.message}`;
    throw error;
  }
  if (answer.status === 200) return undefined;
  throw new Failure(
    'keystore-refused',
    `XSUAA (${tokenUrl}) gives no token to ${clientId} for the keystore's certificate: ${describeRefusal(answer)}. Nothing was changed.`,
    answer.status === 401
      ? 'The binding or key that it is from was deleted or renewed, or clientId is of another instance: extract the certificate anew.'
      : 'Is tokenServiceURL the value of certurl with /oauth/token at its end?',
  );
}

interface TokenRequest {
  readonly party: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly timeoutMs: number;
  readonly secret?: string;
  readonly identity?: ClientIdentity;
}

async function requestToken({
  party,
  tokenUrl,
  clientId,
  timeoutMs,
  secret,
  identity,
}: TokenRequest): Promise<HttpAnswer> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId });
  if (secret !== undefined) body.set('client_secret', secret);
  const send = createHttpClient({
    party,
    timeoutMs,
    ...(identity && { identity: { certificate: formatChain(identity.chain), key: identity.key.pem } }),
  });
  return send({ method: 'POST', url: tokenUrl, headers: { accept: 'application/json' }, body });
}

function describeRefusal({ status, body }: HttpAnswer): string {
  return `${status} ${describeAnswer(body)}`.trim();
}

function readUsableIdentity(pair: { certificate: string; key: string }, now: number): ClientIdentity {
  const identity = readIdentity(pair);
  checkUsable(identity, now);
  return identity;
}
