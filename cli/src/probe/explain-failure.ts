import type { Finding } from '../findings';
import type { ClientIdentity } from '../pki/keystore';
import { isRecord } from '../service-key/json-blocks';
import { judgeClientCertificate } from './client-certificate';
import type { Step } from './hop';
import { findRule, type Explanation } from './failure-rules';
import { isServerCertificateCode, judgeServerCertificate } from './server-certificate';
import type { ServerFlight } from './server-flight';

/** What is known of the call that failed; all but the address is optional, and makes the answer better. */
export interface FailureContext {
  readonly url: string;
  /** How messages call the other side, e.g. `token endpoint`. */
  readonly party?: string;
  readonly step?: Step;
  readonly timeoutMs?: number;
  /** Milliseconds since the epoch. */
  readonly now?: number;
  readonly flight?: ServerFlight | undefined;
  /** The certificate of the call. */
  readonly identity?: ClientIdentity | undefined;
  /** The first bytes that the server sent. */
  readonly received?: Buffer | undefined;
}

/** OpenSSL's names of the alerts with which a server refuses a client certificate (RFC 8446 §6.2: 40, 42 to 46, 48, 49, 51, 116). */
const CERTIFICATE_ALERT =
  /ALERT_(HANDSHAKE_FAILURE|BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_REVOKED|CERTIFICATE_EXPIRED|CERTIFICATE_UNKNOWN|UNKNOWN_CA|ACCESS_DENIED|DECRYPT_ERROR|CERTIFICATE_REQUIRED)|alert number (40|4[2-689]|51|116)\b/;
const CUT = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE', 'UND_ERR_SOCKET']);

/**
 * Translates the error of a failed call (of Node, OpenSSL, axios, undici or Postman) into what happened, where, and what to do. Pure, and never
 * quotes the error's own text, which can hold what the call sent.
 * @param error an error, or the text of one.
 * @returns a finding with a stable code; `call-failed` for what is not known.
 */
export function explainFailure(error: unknown, context: FailureContext): Finding {
  const { code, message } = readError(error);
  const where = `${context.party ?? hostOf(context.url)}, ${context.step ?? 'connection'}`;
  const refusal = explainRefusedCertificate(`${code} ${message}`, { ...context, where });
  if (refusal !== undefined) return refusal;
  if (isServerCertificateCode(code))
    return judgeServerCertificate(code, {
      certificates: context.flight?.certificates ?? [],
      hostname: hostnameOf(context.url),
      where,
      now: context.now ?? Date.now(),
    });
  const rule = findRule({ code, message, received: context.received, step: context.step });
  const explanation: Explanation = rule.explain({ code, url: context.url, timeoutMs: context.timeoutMs });
  return { code: rule.name, severity: 'error', where, ...explanation };
}

/** Many servers cut the connection instead of saying that they do not accept a certificate; in TLS 1.3 that shows after the handshake. */
function explainRefusedCertificate(text: string, context: FailureContext & { where: string }): Finding | undefined {
  const { flight, identity, where } = context;
  const isAlert = CERTIFICATE_ALERT.test(text);
  const isCut = CUT.has(text.split(' ')[0] ?? '') && flight?.clientCertificate === 'requested';
  if (!isAlert && !isCut) return undefined;
  // A handshake failure of a server that asked for nothing is about ciphers and versions.
  if (/HANDSHAKE_FAILURE|alert number 40/.test(text) && flight?.clientCertificate === 'not-requested') return undefined;
  const [cause] = judgeClientCertificate({ identity, flight, where, now: context.now ?? Date.now() }).filter(
    ({ code }) => code !== 'client-certificate-order' && code !== 'client-certificate-not-requested',
  );
  const how = isCut
    ? 'It cut the connection, as servers do that do not accept the certificate.'
    : `It answered: ${nameAlert(text)}.`;
  if (cause !== undefined) return { ...cause, severity: 'error', message: `${cause.message} ${how}` };
  return {
    code:
      identity === undefined && flight?.clientCertificate !== 'requested'
        ? 'client-certificate-missing'
        : 'client-certificate-refused',
    severity: 'error',
    where,
    message: `The server does not accept this call's client certificate. ${how}`,
    remedy:
      'Is it the certificate that this server expects, complete with its intermediates, and of a CA that it knows? Look at it with mtls cert extract.',
  };
}

function nameAlert(text: string): string {
  const alert = /ALERT_([A-Z_]+)/.exec(text)?.[1];
  return alert === undefined ? 'a TLS alert' : `TLS alert ${alert.toLowerCase()}`;
}

function readError(error: unknown): { code: string; message: string } {
  if (typeof error === 'string')
    return { code: /\b(ERR_[A-Z0-9_]+|E[A-Z]{3,}|[A-Z]+(_[A-Z]+){2,})\b/.exec(error)?.[1] ?? '', message: error };
  if (!isRecord(error)) return { code: '', message: '' };
  const { code, cause, message } = error;
  // fetch hides the error of the connection.
  if (typeof code !== 'string' && isRecord(cause)) return readError(cause);
  return { code: typeof code === 'string' ? code : '', message: typeof message === 'string' ? message : '' };
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[(.*)\]$/, '$1') : url;
}
