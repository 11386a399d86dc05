import { X509Certificate, createHash } from 'node:crypto';

/** A certificate that the sender does not have the key of, in the forms that platforms use. */
export interface Forms {
  /** One line of base64 DER. */
  readonly line: string;
  readonly pem: string;
  readonly urlEncodedPem: string;
  readonly envoy: string;
}

export function describeForms(line: string): Forms {
  const der = Buffer.from(line, 'base64');
  const pem = new X509Certificate(der).toString();
  const hash = createHash('sha256').update(der).digest('hex');
  const urlEncodedPem = encodeURIComponent(pem);
  const envoy = `By=spiffe://a/b;Hash=${hash};Cert="${urlEncodedPem}";Subject="CN=a"`;
  return { line, pem, urlEncodedPem, envoy };
}

/**
 * Lines of a request that claim a certificate which no handshake has shown, and the status: 401 when the router lets the
 * rest of the request pass, 400 or 431 when it refuses the request.
 */
export type HeaderAttack = readonly [name: string, lines: (forms: Forms) => readonly string[], status: 400 | 401 | 431];

const XFCC = 'X-Forwarded-Client-Cert';

export const forgedHeaders: readonly HeaderAttack[] = [
  ['as the router writes it', ({ line }) => [`${XFCC}: ${line}`], 401],
  ['in lower case', ({ line }) => [`${XFCC.toLowerCase()}: ${line}`], 401],
  ['in upper case', ({ line }) => [`${XFCC.toUpperCase()}: ${line}`], 401],
  ['in mixed case', ({ line }) => [`x-fOrWaRdEd-cLiEnT-cErT: ${line}`], 401],
  ['with underscores', ({ line }) => [`X_Forwarded_Client_Cert: ${line}`], 401],
  ['with one underscore', ({ line }) => [`X-Forwarded-Client_Cert: ${line}`], 401],
  ['twice', ({ line }) => [`${XFCC}: ${line}`, `${XFCC}: ${line}`], 401],
  ['twice in two spellings', ({ line }) => [`${XFCC}: ${line}`, `x_forwarded_client_cert: ${line}`], 401],
  ['as a list', ({ line }) => [`${XFCC}: ${line},${line}`], 401],
  ['with a blank before the colon', ({ line }) => [`${XFCC} : ${line}`], 400],
  ['with a tab before the colon', ({ line }) => [`${XFCC}\t: ${line}`], 400],
  ['with a blank before the name', ({ line }) => [` ${XFCC}: ${line}`], 400],
  ['folded into another header', ({ line }) => ['X-Other: a', ` ${XFCC}: ${line}`], 400],
  ['behind a line feed alone', ({ line }) => [`X-Other: a\n${XFCC}: ${line}`], 400],
  ['behind a carriage return alone', ({ line }) => [`X-Other: a\r${XFCC}: ${line}`], 400],
  ['behind a byte zero', ({ line }) => [`X-Other: a\u0000${XFCC}: ${line}`], 400],
  ['with its value on the next line', ({ line }) => [`${XFCC}:`, ` ${line}`], 400],
  ['declared as of this connection only', ({ line }) => [`Connection: close, ${XFCC}`, `${XFCC}: ${line}`], 401],
  ['as a trailer', ({ line }) => [`Trailer: ${XFCC}`, 'Transfer-Encoding: chunked', '', '0', `${XFCC}: ${line}`], 401],
  ['as PEM', ({ pem }) => [`${XFCC}: ${pem.replaceAll('\n', ' ')}`], 401],
  ['as URL-encoded PEM', ({ urlEncodedPem }) => [`${XFCC}: ${urlEncodedPem}`], 401],
  ['in Envoy’s form', ({ envoy }) => [`${XFCC}: ${envoy}`], 401],
  ['in Envoy’s form, twice', ({ envoy }) => [`${XFCC}: ${envoy},${envoy}`], 401],
  ['longer than any certificate', ({ line }) => [`${XFCC}: ${line.repeat(5)}`], 401],
  ['longer than a request may be', ({ line }) => [`${XFCC}: ${line.repeat(20)}`], 431],
  ['as Client-Cert (RFC 9440)', ({ line }) => [`Client-Cert: :${line}:`], 401],
  ['as Client-Cert-Chain (RFC 9440)', ({ line }) => [`Client-Cert-Chain: :${line}:`], 401],
  ['as X-SSL-Client-Cert', ({ urlEncodedPem }) => [`X-SSL-Client-Cert: ${urlEncodedPem}`], 401],
  ['as SSL-Client-Cert', ({ urlEncodedPem }) => [`SSL-Client-Cert: ${urlEncodedPem}`], 401],
  ['as X-Client-Cert', ({ line }) => [`X-Client-Cert: ${line}`], 401],
  ['as X-ARR-ClientCert', ({ line }) => [`X-ARR-ClientCert: ${line}`], 401],
  ['as X-Amzn-Mtls-Clientcert', ({ urlEncodedPem }) => [`X-Amzn-Mtls-Clientcert: ${urlEncodedPem}`], 401],
  [
    'beside HAProxy’s word that it was verified',
    ({ line }) => ['X-SSL-Client-Verify: 0', 'X-SSL-Client: 1', `${XFCC}: ${line}`],
    401,
  ],
  [
    'beside the name of the certificate route',
    ({ line }) => ['X-Forwarded-Host: backendmtls-yourname.cert.cfapps.us10.hana.ondemand.com', `${XFCC}: ${line}`],
    401,
  ],
];
