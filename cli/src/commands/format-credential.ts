import type { CertificateReport, CredentialReport, IdentityReport, KeyReport } from '../pki/inspect-credential';
import { formatCertificate, formatPairs, type Styles } from './styles';

/** The lines that describe a credential: its head, then each certificate and key, and who signed. */
export function formatCredential(report: CredentialReport, styles: Styles): string[] {
  return [
    `${styles.bold(report.name)}  ${describeContent(report)}`,
    '',
    ...report.identities.flatMap((identity) => formatIdentity(identity, styles)),
    ...report.authorities.flatMap((certificate) => [...formatOne(certificate, styles), '']),
    ...report.privateKeys.flatMap((key) => [...formatKey(key, { styles, belongs: 'to no certificate here' }), '']),
  ];
}

/** The lines of one chain with its key. */
export function formatIdentity({ chain, privateKey, trust }: IdentityReport, styles: Styles): string[] {
  return [
    ...chain.flatMap((certificate) => [...formatOne(certificate, styles), '']),
    ...(privateKey === undefined ? [] : [...formatKey(privateKey, { styles, belongs: 'to the leaf' }), '']),
    ...formatPairs([['signed by', trust.text]]),
    '',
  ];
}

function describeContent({ format, keystore, identities, authorities, privateKeys }: CredentialReport): string {
  const certificates = identities.reduce((sum, { chain }) => sum + chain.length, authorities.length);
  const keys = identities.filter(({ privateKey }) => privateKey !== undefined).length + privateKeys.length;
  const parts = [
    keystore === undefined ? format : `${format} (${keystore.algorithms.join(', ')})`,
    count(certificates, 'certificate'),
    count(keys, 'private key'),
  ];
  return parts.join(', ');
}

function count(number: number, what: string): string {
  return number === 0 ? `no ${what}` : number === 1 ? `1 ${what}` : `${number} ${what}s`;
}

function formatOne(certificate: CertificateReport, styles: Styles): string[] {
  return [
    ...formatCertificate(certificate, styles),
    ...formatPairs(
      [
        ...(certificate.role === 'leaf' ? [['use', describeUse(certificate)] as const] : []),
        ['goes to', certificate.slot],
      ],
      4,
      'x5t#S256'.length,
    ),
  ];
}

function formatKey(
  { key, encoding, slot }: KeyReport,
  { styles, belongs }: { styles: Styles; belongs: string },
): string[] {
  return [
    `  ${styles.bold('private key')}`,
    ...formatPairs(
      [
        ['key', `${key}, ${encoding}`],
        ['belongs', belongs],
        ['goes to', slot],
      ],
      4,
      'x5t#S256'.length,
    ),
  ];
}

/** Names of extended key usages (RFC 5280 §4.2.1.12); a certificate without any allows all. */
function describeUse({ clientAuthentication, serverAuthentication }: CertificateReport): string {
  const uses = [...(clientAuthentication ? ['clientAuth'] : []), ...(serverAuthentication ? ['serverAuth'] : [])];
  return uses.length === 0 ? 'neither clientAuth nor serverAuth' : uses.join(', ');
}
