import type { Step } from './hop';

export interface FailureSigns {
  readonly code: string;
  readonly message: string;
  readonly received?: Buffer | undefined;
  readonly step?: Step | undefined;
}

export interface Explanation {
  readonly message: string;
  /** An instruction. */
  readonly remedy: string;
}

interface Place {
  readonly code: string;
  readonly url: string;
  readonly timeoutMs?: number | undefined;
}

export interface FailureRule {
  /** The code of the finding. */
  readonly name: string;
  readonly matches: (signs: FailureSigns) => boolean;
  readonly explain: (place: Place) => Explanation;
}

const hasCode =
  (...codes: readonly string[]) =>
  ({ code }: FailureSigns): boolean =>
    codes.includes(code);
const says =
  (pattern: RegExp) =>
  ({ code, message }: FailureSigns): boolean =>
    pattern.test(`${code} ${message}`);

/** The first one that matches explains; the last one matches everything. */
const rules: readonly FailureRule[] = [
  {
    name: 'dns-unresolved',
    matches: hasCode('ENOTFOUND', 'ENODATA'),
    explain: ({ url }) => ({
      message: `The host name ${hostname(url)} does not exist.`,
      remedy:
        'Check it for typing errors; is it reachable from this network (VPN, proxy), and does the app or tenant still exist?',
    }),
  },
  {
    name: 'dns-unavailable',
    matches: hasCode('EAI_AGAIN', 'ETIMEOUT', 'ESERVFAIL'),
    explain: ({ url }) => ({
      message: `The host name ${hostname(url)} cannot be looked up: the name server gives no answer.`,
      remedy: "Check this computer's network; behind a proxy set HTTPS_PROXY.",
    }),
  },
  {
    name: 'tcp-refused',
    matches: hasCode('ECONNREFUSED'),
    explain: ({ url }) => ({
      message: `Nothing listens on ${host(url)}.`,
      remedy: 'Is the port right, and is the server running? For the landscape: npm start.',
    }),
  },
  {
    name: 'tcp-unreachable',
    matches: hasCode('EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EACCES', 'EPERM'),
    explain: ({ url }) => ({
      message: `There is no way to ${host(url)} from this computer.`,
      remedy: 'Check network, VPN and firewall; behind a proxy set HTTPS_PROXY.',
    }),
  },
  {
    name: 'timeout',
    matches: hasCode(
      'ETIMEDOUT',
      'ECONNABORTED',
      'ERR_CANCELED',
      'ABORT_ERR',
      'TimeoutError',
      'UND_ERR_CONNECT_TIMEOUT',
      'UND_ERR_HEADERS_TIMEOUT',
    ),
    explain: ({ url, timeoutMs }) => ({
      message: `${host(url)} did not answer${timeoutMs === undefined ? ' in time' : ` within ${timeoutMs / 1000} s`}.`,
      remedy: 'Try again, or allow more with --timeout SECONDS; a firewall that drops packets looks like this too.',
    }),
  },
  {
    name: 'plain-http-port',
    matches: (signs) => signs.received?.subarray(0, 5).toString('latin1') === 'HTTP/' || says(/http request/i)(signs),
    explain: ({ url }) => ({
      message: `${host(url)} speaks plain http on this port, not https.`,
      remedy:
        'Use the port of https; if there is none, begin the address with http:// (without token and certificate).',
    }),
  },
  {
    name: 'tls-port',
    // A TLS alert where an http answer should be.
    matches: (signs) => signs.step === 'answer' && isTlsAlert(signs.received),
    explain: ({ url }) => ({
      message: `${host(url)} speaks https on this port, not plain http.`,
      remedy: 'Begin the address with https://.',
    }),
  },
  {
    name: 'not-tls',
    matches: says(
      /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL|wrong version number|packet length too long/,
    ),
    explain: ({ url }) => ({
      message: `What answers on ${host(url)} does not speak TLS.`,
      remedy: 'Check the port: https is usually on 443.',
    }),
  },
  {
    name: 'tls-version',
    matches: says(/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS_AVAILABLE|VERSION_TOO_LOW/),
    explain: ({ url }) => ({
      message: `${host(url)} and this Node.js have no version of TLS in common.`,
      remedy: 'The server has to offer TLS 1.2 or 1.3.',
    }),
  },
  {
    name: 'tls-server-name',
    matches: says(/UNRECOGNIZED_NAME|alert number 112/),
    explain: ({ url }) => ({
      message: `The server at ${host(url)} does not know the host name ${hostname(url)}.`,
      remedy: 'Check the host: is the route mapped, is the tenant right?',
    }),
  },
  {
    name: 'tls-handshake',
    matches: says(/HANDSHAKE_FAILURE|NO_SHARED_CIPHER|INSUFFICIENT_SECURITY|alert number (40|71)/),
    explain: ({ url }) => ({
      message: `The server at ${host(url)} refuses the TLS handshake.`,
      remedy:
        'It has no cipher or version in common with this Node.js, or does not know the host name: check the address.',
    }),
  },
  {
    name: 'key-mismatch',
    matches: says(/KEY_VALUES_MISMATCH|key values mismatch/),
    explain: () => ({
      message:
        'Private key and certificate do not belong together, or the first certificate is not the one of the key.',
      remedy: 'Take both from the same service key or binding, the leaf first: mtls cert extract does it.',
    }),
  },
  {
    name: 'pem-unreadable',
    matches: says(/NO_START_LINE|BAD_END_LINE|BAD_BASE64_DECODE|no start line|bad end line|bad base64/i),
    explain: () => ({
      message:
        'The certificate or key is no PEM as OpenSSL wants it: literal \\n, lost line breaks, or not five dashes at each side of BEGIN and END.',
      remedy: 'Do not mend it by hand: mtls cert extract KEY writes it as it must be.',
    }),
  },
  {
    name: 'key-unreadable',
    matches: says(/ERR_OSSL_UNSUPPORTED|Unsupported PKCS12|DECODER routines|ASN1_(R_)?WRONG_TAG|wrong tag/i),
    explain: () => ({
      message:
        'The private key or keystore cannot be decoded: its line breaks are damaged, or it is encrypted in an old way (RC2, 3DES) that OpenSSL 3 refuses.',
      remedy: 'mtls cert extract KEY writes the key anew; mtls cert bundle FILE --format p12 an old keystore.',
    }),
  },
  {
    name: 'key-encrypted',
    matches: says(/BAD_DECRYPT|bad decrypt|MAC_VERIFY_(ERROR|FAILURE)|mac verify failure|BAD_PASSWORD/i),
    explain: () => ({
      message: 'The private key or keystore is encrypted, and the password is missing or wrong.',
      remedy: 'Check the password.',
    }),
  },
  {
    name: 'proxy-refused',
    matches: hasCode('PROXY_REFUSED'),
    explain: ({ url }) => ({
      message: `The proxy does not connect to ${host(url)}.`,
      remedy: 'Check HTTPS_PROXY (with user and password if it wants them), or name the host in NO_PROXY.',
    }),
  },
  {
    name: 'answer-unreadable',
    matches: ({ code }) => code.startsWith('HPE_') || code === 'ERR_HTTP_CONTENT_LENGTH_MISMATCH',
    explain: ({ url }) => ({ message: `What ${host(url)} answers is no HTTP.`, remedy: 'Check address and port.' }),
  },
  {
    name: 'answer-too-long',
    matches: hasCode('ANSWER_TOO_LONG'),
    explain: ({ url }) => ({
      message: `The answer of ${host(url)} is longer than 5 MB.`,
      remedy: 'Use another tool for large answers.',
    }),
  },
  {
    name: 'connection-cut',
    matches: hasCode('ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'UND_ERR_SOCKET'),
    explain: ({ url }) => ({
      message: `${host(url)} cut the connection without an answer.`,
      remedy: 'A firewall or load balancer may have done it, or the server crashed: look at its log and try again.',
    }),
  },
  {
    name: 'call-failed',
    matches: () => true,
    explain: ({ code, url }) => ({
      message: `The call of ${host(url)} failed${code === '' ? '' : ` (${code})`}.`,
      remedy: 'Check the address and try again.',
    }),
  },
];

export function findRule(signs: FailureSigns): FailureRule {
  const rule = rules.find(({ matches }) => matches(signs));
  if (rule === undefined) throw new Error('the last rule matches everything');
  return rule;
}

/** Every code that a failed connection can get, for a catalogue. */
export const failureCodes: readonly string[] = rules.map(({ name }) => name);

/** Content type 21, a version, and two bytes of content. */
function isTlsAlert(received: Buffer | undefined): boolean {
  return received !== undefined && received[0] === 21 && received[1] === 3;
}

function host(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function hostname(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : url;
}
