import type { IncomingHttpHeaders } from 'node:http';
import type { Finding } from '../findings';
import type { ClientIdentity } from '../pki/keystore';
import { describeAnswer } from './answer-text';
import { readChallenges, type Challenge } from './challenge';
import type { Claims } from './claims';
import { judgeClientCertificate } from './client-certificate';
import { judgeRefusedToken } from './refused-token';
import { explainForbidden } from './forbidden';
import type { ServerFlight } from './server-flight';

/** An answer, with what was sent to get it. */
export interface JudgedAnswer {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Parsed where it is JSON, else the text. */
  readonly body: unknown;
  readonly flight: ServerFlight | undefined;
  readonly identity: ClientIdentity | undefined;
  /** The token that went along; its claims are absent for an opaque one. */
  readonly token: { readonly claims: Claims | undefined } | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const WHERE = 'target, answer';

/**
 * Explains an answer that is no success: the cause first, then what else looks wrong about the call.
 * @returns nothing for a success, unless something about the certificate is worth knowing.
 */
export function judgeAnswer(answer: JudgedAnswer): Finding[] {
  const certificate = judgeClientCertificate({ ...answer, where: 'target, client certificate' });
  if (answer.status < 300) return certificate.map(soften);
  const cause = explain(answer, certificate);
  const isAboutCaller = [400, 401, 403].includes(answer.status) && !cause.code.startsWith('token-certificate-');
  const further = certificate.filter(({ code }) => code !== cause.code);
  return [cause, ...(isAboutCaller ? further : further.filter(({ code }) => !circumstances.includes(code)))];
}

/** About the call and not about the certificate in itself: of interest only where the server did not accept the caller. */
const circumstances: readonly string[] = ['client-certificate-not-requested', 'client-certificate-missing'];

/** The server accepted the call: what looked like an error to us was none to it. */
function soften(finding: Finding): Finding {
  if (circumstances.includes(finding.code)) return { ...finding, severity: 'note' };
  return finding.severity === 'error' ? { ...finding, severity: 'warning' } : finding;
}

function explain(answer: JudgedAnswer, certificate: readonly Finding[]): Finding {
  const { status } = answer;
  if (status < 400) return redirected(answer);
  if (status === 400) return explainBadRequest(answer, certificate);
  if (status === 401) return explainUnauthorized(answer, certificate);
  if (status === 403) return explainForbidden(answer);
  if (status === 404) return explainNotFound(answer);
  if (status === 429)
    return error(
      'rate-limited',
      `The server limits calls: 429${said(answer)}.`,
      `Try again ${retryTime(answer.headers)}.`,
    );
  if (status >= 500) return explainServerError(answer);
  return error('target-refused', `The server answers ${status}${said(answer)}.`, 'Mend what it names and call again.');
}

function redirected({ headers, status }: JudgedAnswer): Finding {
  const to = URL.canParse(headers.location ?? '') ? new URL(headers.location ?? '').origin : 'another path';
  return error(
    'redirected',
    `The server answers ${status} and sends the caller to ${to}.`,
    'A page for browsers does this to send its user to the login. Call the address of the API; redirects are not followed.',
  );
}

/** nginx answers a problem with the certificate by 400. */
function explainBadRequest(answer: JudgedAnswer, certificate: readonly Finding[]): Finding {
  const text = describeAnswer(answer.body);
  if (/plain HTTP request was sent to HTTPS port/i.test(text))
    return error('tls-port', 'This port speaks https, not plain http.', 'Begin the address with https://.');
  if (/SSL certificate|client certificate/i.test(text))
    return refusedCertificate(certificate, `The server does not accept the client certificate: 400${said(answer)}.`);
  return error('target-refused', `The server answers 400${said(answer)}.`, 'Mend what it names and call again.');
}

function explainUnauthorized(answer: JudgedAnswer, certificate: readonly Finding[]): Finding {
  const challenges = readChallenges(answer.headers);
  const bearer = challenges.find(({ scheme }) => scheme === 'bearer');
  if (answer.token !== undefined) return judgeRefusedToken({ ...answer, ...readRefusal(bearer, answer.body) });
  const isAboutCertificate = /certificate/i.test(describeAnswer(answer.body));
  if (isAboutCertificate || (bearer === undefined && answer.identity !== undefined))
    return refusedCertificate(certificate, `The server does not know the caller: 401${said(answer)}.`);
  if (bearer === undefined && challenges.some(({ scheme }) => scheme === 'basic'))
    return error(
      'basic-authentication',
      'The server wants user and password (Basic), not a certificate.',
      'Is this the address that takes certificates, and does the sender of this flow allow them?',
    );
  return error(
    'token-required',
    `The server wants an access token, and none was sent: 401${said(answer)}.`,
    'Call with --token: mtls then fetches one with the key first.',
  );
}

function readRefusal(bearer: Challenge | undefined, body: unknown): { error: string | undefined; description: string } {
  const description = bearer?.parameters.get('error_description') ?? describeAnswer(body);
  return { error: bearer?.parameters.get('error'), description };
}

/** What is wrong with the certificate in itself, or that nobody asked for it, is likelier than what nobody can see from here. */
function refusedCertificate(certificate: readonly Finding[], message: string): Finding {
  const cause = certificate.find(({ code }) => code !== 'client-certificate-order');
  if (cause !== undefined) return { ...cause, severity: 'error', message: `${cause.message} ${message}` };
  return error(
    'client-certificate-unknown',
    message,
    'The certificate arrived and nothing is wrong with it in itself: its service key or binding was deleted or renewed, it belongs to another instance, or (own certificate) it was never registered. The load balancer also drops certificates of CAs that it does not know.',
  );
}

function explainNotFound(answer: JudgedAnswer): Finding {
  const isRoute =
    answer.headers['x-cf-routererror'] === 'unknown_route' || /requested route/i.test(describeAnswer(answer.body));
  return isRoute
    ? error(
        'route-unknown',
        `There is no app at ${answer.url.host}: 404${said(answer)}.`,
        'Check the host: "cf routes" lists what is mapped; is the app deployed?',
      )
    : error(
        'path-unknown',
        `There is nothing at ${answer.url.pathname}: 404${said(answer)}.`,
        'Check the path behind the host.',
      );
}

function explainServerError(answer: JudgedAnswer): Finding {
  const { status, headers } = answer;
  const router = headers['x-cf-routererror'];
  if (router !== undefined)
    return error(
      'app-unavailable',
      `The router reaches no running instance of the app (${String(router)}): ${status}.`,
      'Look at it: cf app NAME, cf logs NAME --recent.',
    );
  if (status === 502 || status === 503 || status === 504)
    return error(
      'upstream-failed',
      `The server did not get what it needs from behind it: ${status}${said(answer)}.`,
      'Its answer or its log names the service that failed; try again when that is back.',
    );
  return error(
    'target-failed',
    `The server failed: ${status}${said(answer)}.`,
    'Look at its log. Cloud Integration answers 500 to a certificate where the tenant has no key pair of SAP (trial), or where the sender of the flow expects another authorization.',
  );
}

function retryTime(headers: IncomingHttpHeaders): string {
  const seconds = headers['retry-after'];
  return seconds !== undefined && /^\d+$/.test(seconds) ? `in ${seconds} s` : 'later';
}

function said({ body, headers }: Pick<JudgedAnswer, 'body' | 'headers'>): string {
  const description = readChallenges(headers)
    .map(({ parameters }) => parameters.get('error_description'))
    .find(Boolean);
  const text = describeAnswer(body) || (description ?? '');
  return text === '' ? '' : ` "${text.replace(/\.$/, '')}"`;
}

function error(code: string, message: string, remedy: string): Finding {
  return { code, severity: 'error', where: WHERE, message, remedy };
}
