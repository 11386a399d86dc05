import type { Finding } from '../findings';
import type { ClientIdentity } from '../pki/keystore';
import { isHostForSecrets } from '../service-key/client-credentials';
import { isRecord } from '../service-key/json-blocks';
import { describeAnswer } from './answer-text';
import { judgeClientCertificate } from './client-certificate';
import type { ServerFlight } from './server-flight';

/** An answer of a token endpoint, with what was sent to get it. */
export interface TokenAnswer {
  readonly url: URL;
  readonly status: number;
  /** Parsed where it is JSON, else the text. */
  readonly body: unknown;
  readonly flight: ServerFlight | undefined;
  /** undefined for a client that authenticates with its secret. */
  readonly identity: ClientIdentity | undefined;
  readonly clientId: string;
  /** How messages call the endpoint. */
  readonly party: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

type Cause = Pick<Finding, 'code' | 'message' | 'remedy'>;

const NEW_KEY = 'Create the service key or binding anew and use its values.';
const COMPLETE = 'It must be complete: "certurl" with /oauth/token for XSUAA, "url" with /oauth2/token for IAS.';

/** What XSUAA, IAS, UAA and others say to a client that they do not accept. The first that fits explains. */
const causesByText: ReadonlyArray<readonly [pattern: RegExp, code: string, remedy: string]> = [
  [/expired/i, 'client-certificate-expired', NEW_KEY],
  [
    /another client|check client_id|client_id is missing/i,
    'client-id-mismatch',
    'Take client id and certificate of the same service key or binding.',
  ],
  [
    /revoked|been deleted|older than one/i,
    'client-certificate-revoked',
    `The binding or key that it is from was deleted or renewed. ${NEW_KEY}`,
  ],
  [
    /not registered|not configured in a service key|certificate.*(unknown|not found)/i,
    'client-certificate-unknown',
    `The server has no such certificate for this client: ${NEW_KEY.toLowerCase()} If its text was copied by hand, mtls cert extract reads it whatever became of its line breaks.`,
  ],
  [
    /clientAuth|may not authenticate clients/i,
    'client-certificate-usage',
    'Use a certificate that was issued for clients.',
  ],
  [
    /not trusted|send the certificate followed|unable to (get|verify)/i,
    'client-certificate-unknown-ca',
    'Send the certificate with its intermediates; its CA must be one that the server accepts.',
  ],
  [
    /client (with requested id )?does not exist|client not found|no client "/i,
    'client-unknown',
    `There is no such client (any more): its instance or binding was deleted, or it is of another tenant. ${NEW_KEY}`,
  ],
];

/** Explains an answer that is no token: the cause first, then what else looks wrong about the certificate. */
export function judgeTokenAnswer(answer: TokenAnswer): [Finding, ...Finding[]] {
  const where = `${answer.party}, answer`;
  const certificate =
    answer.identity === undefined
      ? []
      : judgeClientCertificate({ ...answer, where: `${answer.party}, client certificate` });
  const { code, message, remedy } = explain(answer, certificate);
  const cause: Finding = { code, severity: 'error', where, message, remedy };
  return [cause, ...certificate.filter(({ code }) => code !== cause.code)];
}

function explain(answer: TokenAnswer, certificate: readonly Finding[]): Cause {
  const { status, url, body } = answer;
  const said = quote(body);
  if (status === 404 || status === 405)
    return {
      code: 'token-url-path',
      message: `There is no token endpoint at ${url.origin}${url.pathname}: ${status}${said}.`,
      remedy: COMPLETE,
    };
  if (status === 429)
    return {
      code: 'rate-limited',
      message: `The token endpoint limits calls: 429${said}.`,
      remedy: 'Try again in a minute, and keep tokens until they expire.',
    };
  if (status >= 500)
    return {
      code: 'token-endpoint-failed',
      message: `The token endpoint failed: ${status}${said}.`,
      remedy: 'Try again later.',
    };
  if (status === 401 || hasError(body, 'invalid_client', 'unauthorized', 'unauthorized_client'))
    return explainRefusedClient(answer, certificate);
  if (hasError(body, 'invalid_scope'))
    return {
      code: 'scope-refused',
      message: `The client may not have what --scope asks for${said}.`,
      remedy: 'Leave --scope out to get all that the client has, or grant the scope in xs-security.json.',
    };
  if (status < 400)
    return {
      code: 'token-answer-unreadable',
      message: `What ${url.origin}${url.pathname} answers (${status}) is no token.`,
      remedy: `Is it the token endpoint? ${COMPLETE}`,
    };
  return {
    code: 'token-refused-request',
    message: `The token endpoint refuses the request: ${status}${said}.`,
    remedy: 'Mend what it names.',
  };
}

function explainRefusedClient(answer: TokenAnswer, certificate: readonly Finding[]): Cause {
  const { identity, clientId, status, body, url } = answer;
  const message = `The token endpoint does not accept the client ${clientId}: ${status}${quote(body)}.`;
  if (identity === undefined) return explainRefusedSecret(answer, message);
  // A certificate that no server accepts explains more than what this one says.
  const broken = certificate.find(({ severity }) => severity === 'error');
  if (broken !== undefined) return { ...broken, message: `${broken.message} ${message}` };
  if (
    answer.flight?.clientCertificate === 'not-requested' ||
    isHostForSecrets(url.hostname) ||
    /\bcerturl\b/i.test(describeAnswer(body))
  )
    return {
      code: 'token-url-without-certificate',
      message: `${url.host} takes no client certificates; it is the address for secrets. ${message}`,
      remedy: 'Use "certurl" of the key, not "url", with /oauth/token at its end.',
    };
  const text = describeAnswer(body);
  const known = causesByText.find(([pattern]) => pattern.test(text));
  if (known !== undefined) return { code: known[1], message, remedy: known[2] };
  const notAccepted = certificate.find(({ code }) => code === 'client-certificate-unknown-ca');
  if (notAccepted !== undefined) return { ...notAccepted, message: `${notAccepted.message} ${message}` };
  return {
    code: 'client-refused',
    message,
    remedy: `The endpoint does not know this pair of client id and certificate: the binding or key was deleted or renewed, or the two are of different instances. ${NEW_KEY}`,
  };
}

function explainRefusedSecret({ body, flight }: TokenAnswer, message: string): Cause {
  const text = describeAnswer(body);
  if (flight?.clientCertificate === 'requested' && /no client certificate|for certificates/i.test(text))
    return {
      code: 'token-url-without-secret',
      message: `This is the address for certificates, and a secret was sent. ${message}`,
      remedy: 'Use "url" of the key, not "certurl", with /oauth/token at its end.',
    };
  return /client (with requested id )?does not exist|client not found|no client "/i.test(text)
    ? { code: 'client-unknown', message, remedy: `There is no such client (any more). ${NEW_KEY}` }
    : {
        code: 'client-secret-refused',
        message,
        remedy: `The secret is wrong, or its binding or key was deleted. ${NEW_KEY}`,
      };
}

function hasError(body: unknown, ...errors: readonly string[]): boolean {
  return isRecord(body) && typeof body['error'] === 'string' && errors.includes(body['error']);
}

function quote(body: unknown): string {
  const text = describeAnswer(body);
  return text === '' ? '' : ` "${text.replace(/\.$/, '')}"`;
}
