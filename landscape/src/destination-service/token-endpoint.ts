import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { codeOf, messageOf } from './service-error';
import { TokenRetrievalError } from './token';

/** One POST to a token endpoint. */
export interface TokenCall {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly form: URLSearchParams;
  readonly tls: Pick<SecureContextOptions, 'ca' | 'key' | 'cert' | 'pfx' | 'passphrase'>;
  /** 0 means none, for both. */
  readonly connectTimeoutSeconds: number;
  readonly readTimeoutSeconds: number;
}

export interface TokenEndpointAnswer {
  readonly status: number;
  readonly body: string;
}

const MAX_BODY_BYTES = 1_048_576;

/**
 * Calls a token endpoint on a connection of its own: redirects are not followed, nothing is repeated.
 * @throws {TokenRetrievalError} naming what went wrong on the way; an answer with a bad status is no error here.
 */
export function callTokenEndpoint(call: TokenCall): Promise<TokenEndpointAnswer> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(explainFailure(error, call));
    try {
      const req = send(call, (res) => void readAnswer(res).then(resolve, fail));
      req.once('error', fail);
      setTimeouts(req, call);
      req.end(call.form.toString());
    } catch (error) {
      // Node refuses header names, values and TLS material that it cannot use before it connects.
      fail(error);
    }
  });
}

function send({ url, headers, tls }: TokenCall, onAnswer: (res: IncomingMessage) => void): ClientRequest {
  // Node does not resolve names below localhost, although they mean this machine (RFC 6761 §6.3): tenants have such names here.
  const hostname = url.hostname.endsWith('.localhost') ? 'localhost' : url.hostname.replace(/^\[(.*)\]$/, '$1');
  const options = {
    hostname,
    port: url.port,
    path: url.pathname + url.search,
    method: 'POST',
    agent: false,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
      host: url.host,
    },
  } as const;
  if (url.protocol === 'http:') return httpRequest(options, onAnswer);
  // Node would verify the server for the name in the Host header.
  return httpsRequest({ ...options, ...tls, ...(isIP(hostname) === 0 && { servername: hostname }) }, onAnswer);
}

function setTimeouts(req: ClientRequest, { url, connectTimeoutSeconds, readTimeoutSeconds }: TokenCall): void {
  const abort = (what: string, seconds: number): void =>
    void req.destroy(new TimeoutError(`${url.host} ${what} within ${seconds} s`));
  const connecting =
    connectTimeoutSeconds === 0
      ? undefined
      : setTimeout(() => abort('did not accept a connection', connectTimeoutSeconds), connectTimeoutSeconds * 1000);
  req.once('close', () => clearTimeout(connecting));
  req.once('socket', (socket) => {
    socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
      clearTimeout(connecting);
      if (readTimeoutSeconds === 0) return;
      socket.setTimeout(readTimeoutSeconds * 1000, () => abort('did not answer', readTimeoutSeconds));
    });
  });
}

class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

async function readAnswer(res: IncomingMessage): Promise<TokenEndpointAnswer> {
  let body = '';
  res.setEncoding('utf8');
  for await (const chunk of res) {
    body += String(chunk);
    if (body.length > MAX_BODY_BYTES) throw new Error(`the answer is longer than ${MAX_BODY_BYTES} bytes`);
  }
  return { status: res.statusCode ?? 0, body };
}

function explainFailure(error: unknown, { url, tls }: TokenCall): TokenRetrievalError {
  const withCertificate = tls.key !== undefined || tls.pfx !== undefined;
  return TokenRetrievalError.because(
    `${explain(codeOf(error), messageOf(error), url, withCertificate)} (token service URL ${url.origin}${url.pathname})`,
  );
}

function explain(code: string, message: string, url: URL, withCertificate: boolean): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the host name ${url.hostname} cannot be resolved`;
  if (code === 'ECONNREFUSED') return `nothing listens on ${url.host} (connection refused)`;
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || isCertificateProblem(code, message))
    return `Failed to create SSL connection: ${explainTls(code, message, withCertificate)}`;
  if (code === 'ECONNRESET' && withCertificate)
    return `${url.host} closed the connection (${message}), possibly because it does not accept the certificate`;
  return message;
}

function isCertificateProblem(code: string, message: string): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO/.test(code) || message.includes('certificate');
}

function explainTls(code: string, message: string, withCertificate: boolean): string {
  if (code.includes('WRONG_VERSION_NUMBER') || message.includes('wrong version number'))
    return 'the server does not speak TLS on this port';
  if (
    /ALERT_(CERTIFICATE|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE)/.test(code) ||
    /alert number (40|42|4[3-8]|116)/.test(message)
  )
    return withCertificate
      ? `the server does not accept the certificate (${code || message})`
      : `the server asks for a client certificate, but the destination names no tokenService.KeyStoreLocation (${code || message})`;
  if (isCertificateProblem(code, message)) return `the server's certificate is not trusted (${code || message})`;
  return code || message;
}
