import { UpstreamError, type Upstream } from './upstream';

interface Explanation {
  /** Second part of the stable code, behind the party. */
  readonly kind: string;
  /** Continues a sentence that begins with the upstream's name. */
  readonly says: string;
  readonly remedy: string;
}

/** OpenSSL's verification codes as Node reports them, for a server certificate whose chain ends nowhere. */
const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
]);

/** Describes a call that brought no HTTP answer, from the code of Node's error. */
export function describeConnectionFailure(
  upstream: Upstream,
  url: URL,
  { code = 'UNKNOWN', message }: { readonly code?: string | undefined; readonly message: string },
): UpstreamError {
  const { kind, says, remedy } = explain(upstream, url, { code, message });
  return new UpstreamError({
    code: `${upstream.party}-${kind}`,
    status: 502,
    description: `${capitalise(upstream.name)} ${says}`,
    remedy,
    detail: `${code}: ${message} (${url.origin})`,
  });
}

/** Describes an answer that did not come within the upstream's time-out. */
export function describeTimeout({ party, name, timeoutMs, timeoutSetting }: Upstream, url: URL): UpstreamError {
  return new UpstreamError({
    code: `${party}-timeout`,
    status: 504,
    description: `${capitalise(name)} at ${url.origin} did not answer within ${timeoutMs} ms.`,
    remedy: `Try again; where it is slow by nature, raise ${timeoutSetting} (milliseconds).`,
  });
}

/** Describes an answer that is longer than this app reads. */
export function describeOversizedAnswer({ party, name }: Upstream, limitBytes: number): UpstreamError {
  return new UpstreamError({
    code: `${party}-answer-too-large`,
    status: 502,
    description: `${capitalise(name)} answered more than ${limitBytes} bytes.`,
    remedy: 'Check that its address is right: no answer of this kind is that long.',
  });
}

interface Cause {
  readonly code: string;
  readonly message: string;
}

function explain(upstream: Upstream, url: URL, cause: Cause): Explanation {
  const { addressFrom } = upstream;
  const { code } = cause;
  if (code === 'ECONNREFUSED')
    return {
      kind: 'unreachable',
      says: `at ${url.origin} accepts no connections.`,
      remedy: `Check that it is running and that ${addressFrom} is right.`,
    };
  if (['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA'].includes(code))
    return {
      kind: 'host-unknown',
      says: `cannot be found: its host name ${url.hostname} does not resolve.`,
      remedy: `Correct ${addressFrom}, or check the name service.`,
    };
  if (['ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code))
    return {
      kind: 'unreachable',
      says: `at ${url.origin} cannot be reached over the network.`,
      remedy: `Check the network and ${addressFrom}.`,
    };
  return (
    explainCertificate(upstream, url, code) ??
    explainHandshake(upstream, url, cause) ??
    explainLostConnection(upstream, url, code)
  );
}

function explainCertificate({ addressFrom }: Upstream, url: URL, code: string): Explanation | undefined {
  if (untrusted.has(code))
    return {
      kind: 'untrusted',
      says: `at ${url.origin} shows a certificate that no trusted authority has issued.`,
      remedy: `Set NODE_EXTRA_CA_CERTS to the file with its root certificate before this app starts, or correct ${addressFrom}.`,
    };
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return {
      kind: 'untrusted',
      says: `at ${url.origin} shows a certificate that is ${code === 'CERT_HAS_EXPIRED' ? 'expired' : 'not yet valid'}.`,
      remedy: 'Let its operator renew it, or check the clock of this machine.',
    };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      kind: 'untrusted',
      says: `at ${url.origin} shows a certificate for another host.`,
      remedy: `Correct ${addressFrom}: it must name the host that the certificate is for.`,
    };
  return undefined;
}

/** Node names some of OpenSSL's reasons in the code, and others, under EPROTO, only at the end of the message. */
function explainHandshake({ addressFrom }: Upstream, url: URL, { code, message }: Cause): Explanation | undefined {
  if (code !== 'EPROTO' && !code.startsWith('ERR_SSL_')) return undefined;
  if (/wrong version number|packet length too long/.test(message))
    return {
      kind: 'no-tls',
      says: `at ${url.origin} does not speak TLS.`,
      remedy: `Correct ${addressFrom}: it says https, but this port seems to answer plain http.`,
    };
  const alert = /\balert ([a-z ]+):/.exec(message)?.[1] ?? code;
  return {
    kind: 'handshake-refused',
    says: `at ${url.origin} refused the TLS handshake (${alert}).`,
    remedy: 'Check that the client certificate is not expired and that the server trusts its issuer.',
  };
}

function explainLostConnection({ addressFrom }: Upstream, url: URL, code: string): Explanation {
  if (code.startsWith('HPE_'))
    return {
      kind: 'no-http',
      says: `at ${url.origin} answered something that is no HTTP.`,
      remedy:
        url.protocol === 'http:'
          ? `Correct ${addressFrom}: it says http, but this port seems to want https.`
          : `Correct ${addressFrom}.`,
    };
  // A TLS server that refuses a client certificate also just closes the connection, and so does one that gets plain http.
  return {
    kind: 'connection-lost',
    says: `at ${url.origin} closed the connection before it answered (${code}).`,
    remedy:
      url.protocol === 'http:'
        ? `Try again; if it persists, check whether this port wants https (${addressFrom}), and see the server's log.`
        : `Try again; if it persists, see the server's log: it may refuse the client certificate.`,
  };
}

/** For a sentence that begins with an upstream's name. */
export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
