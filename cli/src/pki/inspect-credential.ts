import type { X509Certificate } from 'node:crypto';
import { sortWorstFirst } from '../findings';
import {
  allowsClientAuthentication,
  allowsServerAuthentication,
  describeCertificate,
  type CertificateFacts,
} from './certificate';
import { roleOf, roleOfAuthority } from './chain';
import type { CredentialFinding } from './credential-finding';
import { inspectIdentity, type InspectOptions } from './inspect-identity';
import { sortCredential, type Identity, type SortedCredential } from './identities';
import { judgeIssuer, type IssuerTrust } from './issuer-trust';
import { repairNames } from './pem-repair';
import { describeKey } from './private-key';
import type { Credential, CredentialFormat, CredentialKey, KeystoreFacts } from './read-credential';

export type { InspectOptions } from './inspect-identity';

export interface CertificateReport extends CertificateFacts {
  /** Whether a server may accept it from a client, and a client from a server (extended key usage). */
  readonly clientAuthentication: boolean;
  readonly serverAuthentication: boolean;
  /** Where a program wants it, e.g. the field of a form. */
  readonly slot: string;
}

export interface KeyReport {
  /** e.g. `RSA 2048` */
  readonly key: string;
  readonly encoding: string;
  readonly slot: string;
}

export interface IdentityReport {
  /** Leaf first, each followed by its issuer. */
  readonly chain: readonly CertificateReport[];
  /** Undefined where the key of the leaf is not there. */
  readonly privateKey?: KeyReport;
  /** Whether the chain ends with its root. */
  readonly complete: boolean;
  readonly trust: IssuerTrust;
}

/** What is in a credential and what is wrong with it; nothing in it is secret. */
export interface CredentialReport {
  readonly name: string;
  readonly format: CredentialFormat;
  readonly keystore?: KeystoreFacts;
  readonly identities: readonly IdentityReport[];
  /** Certificates of authorities that belong to none of the chains. */
  readonly authorities: readonly CertificateReport[];
  /** Keys without their certificate. */
  readonly privateKeys: readonly KeyReport[];
  /** The worst first. */
  readonly findings: readonly CredentialFinding[];
}

const slots = {
  client: {
    leaf: 'certificate of the client (CRT), first in its file',
    intermediate: 'behind the leaf in the same file; not in a list of CA certificates of the client',
    root: 'last in a keystore; in the list of trusted CA certificates of the server that is called',
  },
  server: {
    leaf: 'nowhere at the client: it changes with every renewal',
    intermediate: 'list of trusted CA certificates of the client, where that wants the whole chain',
    root: 'list of trusted CA certificates of the client',
  },
} as const;
const KEY_SLOT = 'private key (KEY); never in a field for certificates';

/**
 * Inspects a credential: what is in it, what belongs together, and each problem that a server or program would have with it.
 * Pure: the same credential at the same time gives the same report.
 * @throws {Failure} `chain-unclear`, see `IssuerPool`.
 */
export function inspectCredential(credential: Credential, options: InspectOptions): CredentialReport {
  const sorted = sortCredential(credential, options.purpose === 'server' ? credential.certificates[0] : undefined);
  const { name, format, keystore } = credential;
  const findings = [
    ...sorted.identities.flatMap((identity) =>
      inspectIdentity(identity, { ...options, where: name, strangers: sorted.authorities }),
    ),
    ...findMisplaced(credential, sorted),
    ...findEncoding(credential),
  ];
  return {
    name,
    format,
    ...(keystore !== undefined && { keystore }),
    identities: sorted.identities.map((identity) => reportIdentity(identity, options)),
    authorities: sorted.authorities.map((one) => reportCertificate(one, roleOfAuthority(one), options)),
    privateKeys: sorted.keys.map((key) => reportKey(key)),
    findings: sortWorstFirst(findings),
  };
}

function reportIdentity(identity: Identity, options: InspectOptions): IdentityReport {
  const { chain, key, complete } = identity;
  return {
    chain: chain.map((one, index) => reportCertificate(one, roleOf(one, index), options)),
    ...(key !== undefined && { privateKey: reportKey(key) }),
    complete,
    trust: judgeIssuer(identity, options),
  };
}

function reportCertificate(
  certificate: X509Certificate,
  role: CertificateFacts['role'],
  { now, purpose = 'client' }: InspectOptions,
): CertificateReport {
  return {
    ...describeCertificate(certificate, role, now),
    clientAuthentication: allowsClientAuthentication(certificate),
    serverAuthentication: allowsServerAuthentication(certificate),
    slot: slots[purpose][role],
  };
}

function reportKey({ key, encoding }: CredentialKey): KeyReport {
  return { key: describeKey(key), encoding, slot: KEY_SLOT };
}

function findMisplaced(
  credential: Credential,
  { identities, keys, authorities, ordered }: SortedCredential,
): CredentialFinding[] {
  const where = credential.name;
  const findings: CredentialFinding[] = [];
  if (keys.length > 0 && credential.certificates.length > 0)
    findings.push({
      code: 'key-mismatch',
      severity: 'error',
      where,
      message: 'A private key belongs to none of the certificates (KEY_VALUES_MISMATCH, as OpenSSL calls it).',
      remedy: 'Take certificate and key from the same service key or binding: each one has a pair of its own.',
    });
  if (credential.format === 'service key' && credential.keys.length === 0)
    findings.push({
      code: 'key-missing',
      severity: 'warning',
      where,
      message: 'There is a certificate but no private key.',
      remedy: 'It was made with a certificate of your own: its key is where you made it.',
    });
  if (!ordered && credential.orderMatters)
    findings.push({
      code: 'chain-order',
      severity: 'warning',
      where,
      message: 'The chain is not in order: TLS wants the leaf first, then always the issuer of the one before.',
      remedy: `Put it in order: mtls cert bundle or mtls cert extract; neither loses a certificate.`,
    });
  if (identities.length > 0 && authorities.length > 0 && identities.every(({ complete }) => complete))
    findings.push({
      code: 'chain-foreign',
      severity: 'warning',
      where,
      message: `${authorities.length === 1 ? 'One certificate belongs' : `${authorities.length} certificates belong`} to another chain.`,
      remedy: 'Remove what does not belong there: a keystore holds one key and the chain of its certificate.',
    });
  return findings;
}

function findEncoding({ name: where, repairs, keystore, keys }: Credential): CredentialFinding[] {
  const findings: CredentialFinding[] = [];
  if (repairs.length > 0)
    findings.push({
      code: 'pem-repaired',
      severity: 'warning',
      where,
      message: `Other programs will not read it: ${repairs.map((repair) => repairNames[repair]).join(', ')}.`,
      remedy: 'Write it as it should be: mtls cert normalize FILE --out NAME.pem',
    });
  if (keystore?.legacy === true)
    findings.push({
      code: 'keystore-legacy',
      severity: 'warning',
      where,
      message: `The keystore is encrypted in an outdated way (${keystore.algorithms.join(', ')}): Node.js since version 17 and OpenSSL 3 refuse RC2, and none of these protects the key.`,
      remedy: 'Encrypt it anew: mtls cert bundle FILE --format p12',
    });
  if (keys.some(({ encoding }) => encoding.endsWith('before PKCS#8')))
    findings.push({
      code: 'key-encryption-legacy',
      severity: 'note',
      where,
      message:
        'The private key is encrypted as before PKCS#8, with one round of MD5: a password that can be guessed is guessed.',
      remedy: 'Encrypt it anew: openssl pkcs8 -topk8 -v2 aes-256-cbc',
    });
  return findings;
}
