interface Explanation {
  readonly what: string;
  readonly remedy: string;
}

/** Explains the code of a failed connection (Node, OpenSSL or axios) to a reader. */
export function describeNetworkError(
  code: string,
  { url, timeoutMs }: { url: string; timeoutMs: number },
): Explanation {
  const { host, hostname } = new URL(url);
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        what: `the host ${hostname} cannot be resolved`,
        remedy: 'Check the address in the service key, and this computer’s network.',
      };
    case 'ECONNREFUSED':
      return { what: `nothing listens on ${host}`, remedy: 'Is it running? For the landscape: npm start.' };
    case 'ETIMEDOUT':
    case 'ECONNABORTED':
    case 'ERR_CANCELED':
      return {
        what: `no answer within ${timeoutMs / 1000} s`,
        remedy: 'Try again, or allow more with --timeout SECONDS.',
      };
    case 'ECONNRESET':
    case 'EPIPE':
      return {
        what: 'the connection was cut without an answer',
        remedy:
          'A server does this to a certificate that it does not accept: expired, incomplete chain, or of an unknown CA.',
      };
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return {
        what: `the server's certificate is of a CA that this Node.js does not trust (${code})`,
        remedy:
          'Set NODE_EXTRA_CA_CERTS to the file with that CA’s root certificate; for the landscape: landscape trust names it.',
      };
    case 'CERT_HAS_EXPIRED':
      return {
        what: "the server's certificate has expired",
        remedy: 'Tell its operator; check this computer’s clock.',
      };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        what: `the server's certificate is not for ${hostname}`,
        remedy: 'Check the address in the service key.',
      };
    default:
      return code.startsWith('ERR_SSL_') || code === 'EPROTO'
        ? {
            what: `the TLS handshake failed (${code})`,
            remedy: 'Does the server speak https on this port, and does it accept the certificate shown?',
          }
        : { what: `the call failed (${code})`, remedy: 'Check the address in the service key, and try again.' };
  }
}
