import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Finding } from '../findings';
import { formatName, isSelfSigned } from '../pki/certificate';
import { isIssuedBy } from '../pki/chain';

export interface ServerCertificateQuestion {
  /** As the server sent them, its own first. */
  readonly certificates: readonly X509Certificate[];
  readonly hostname: string;
  readonly where: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const TRUST =
  'Give the root certificate of that CA with --ca FILE, or set NODE_EXTRA_CA_CERTS to that file; for the landscape "landscape trust --file" prints its path.';

/**
 * Explains why this computer does not accept a server's certificate.
 * @param code what Node said, e.g. `CERT_HAS_EXPIRED`.
 */
export function judgeServerCertificate(code: string, question: ServerCertificateQuestion): Finding {
  const { certificates, hostname, where, now } = question;
  const [leaf] = certificates;
  const finding = (name: string, message: string, remedy: string): Finding => ({
    code: `server-certificate-${name}`,
    severity: 'error',
    where,
    message,
    remedy,
  });
  switch (code) {
    case 'CERT_HAS_EXPIRED': {
      const expired = certificates.find(({ validTo }) => Date.parse(validTo) <= now);
      const which = expired === undefined ? 'a certificate of its chain' : describe(expired);
      const since = expired === undefined ? '' : ` on ${new Date(expired.validTo).toISOString()}`;
      return finding(
        'expired',
        `The server's certificate is over: ${which} expired${since}.`,
        "Tell its operator; check this computer's clock.",
      );
    }
    case 'CERT_NOT_YET_VALID':
      return finding(
        'early',
        `The server's certificate is not valid yet${leaf === undefined ? '' : ` (${describe(leaf)}, from ${new Date(leaf.validFrom).toISOString()})`}.`,
        "Is this computer's clock right?",
      );
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return finding(
        'host',
        `The server's certificate is not for ${hostname}${leaf === undefined ? '' : `, but for ${listNames(leaf)}`}.`,
        isIP(hostname) === 0
          ? 'Check the address: it may be that of another host.'
          : 'Use the host name instead of the IP address.',
      );
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return finding(
        'self-signed',
        `The server's certificate ${leaf === undefined ? '' : `${describe(leaf)} `}is signed by nobody but itself, and this computer does not trust it.`,
        TRUST,
      );
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return finding(
        'untrusted',
        explainGap(certificates, code),
        `${TRUST} If it is a public CA, the server does not send its intermediate certificate: tell its operator.`,
      );
    default:
      return finding(
        'untrusted',
        `The server's certificate is of a CA that this computer does not trust${explainRoot(certificates)} (${code}).`,
        TRUST,
      );
  }
}

/** Codes of OpenSSL's verification, and Node's own for the wrong name. */
export function isServerCertificateCode(code: string): boolean {
  return (
    /^(CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERROR_IN_CERT|INVALID_(CA|PURPOSE)|PATH_LENGTH|HOSTNAME_MISMATCH)/.test(
      code,
    ) || code === 'ERR_TLS_CERT_ALTNAME_INVALID'
  );
}

function explainGap(certificates: readonly X509Certificate[], code: string): string {
  const last = lastOfChain(certificates);
  if (last === undefined) return `The server's certificate is of a CA that this computer does not trust (${code}).`;
  return `The server's certificate cannot be traced to a CA that this computer trusts: ${describe(last)} was issued by "${formatName(last.issuer)}", which neither the server sent nor this computer knows (${code}).`;
}

function explainRoot(certificates: readonly X509Certificate[]): string {
  const last = lastOfChain(certificates);
  return last === undefined ? '' : `: "${formatName(isSelfSigned(last) ? last.subject : last.issuer)}"`;
}

/** Follows the issuers as far as the server sent them. */
function lastOfChain(certificates: readonly X509Certificate[]): X509Certificate | undefined {
  let last = certificates[0];
  for (let depth = 0; last !== undefined && depth < certificates.length; depth += 1) {
    const current = last;
    if (isSelfSigned(current)) return current;
    const issuer = certificates.find((candidate) => candidate !== current && isIssuedBy(current, candidate));
    if (issuer === undefined) return current;
    last = issuer;
  }
  return last;
}

function describe(certificate: X509Certificate): string {
  return `"${formatName(certificate.subject)}"`;
}

function listNames({ subjectAltName, subject }: X509Certificate): string {
  return subjectAltName ?? formatName(subject);
}
