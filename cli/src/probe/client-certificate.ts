import 'reflect-metadata';
import { X509Certificate as ParsedCertificate } from '@peculiar/x509';
import type { X509Certificate } from 'node:crypto';
import type { Finding, Severity } from '../findings';
import { formatName } from '../pki/certificate';
import { inspectIdentity } from '../pki/inspect-identity';
import type { ClientIdentity } from '../pki/keystore';
import type { ServerFlight } from './server-flight';

export interface CertificateQuestion {
  /** What is shown in the handshake; undefined for a call without certificate. */
  readonly identity: ClientIdentity | undefined;
  /** undefined where there was no TLS. */
  readonly flight: ServerFlight | undefined;
  readonly where: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Judges whether a server can accept the client certificate of this call, the likeliest cause of a refusal first. A finding
 * is an error where no server that checks certificates accepts it, whether or not this one did.
 */
export function judgeClientCertificate(question: CertificateQuestion): Finding[] {
  const { identity, flight, where } = question;
  if (identity === undefined) return flight?.clientCertificate === 'requested' ? [missing(where)] : [];
  const findings = judgeIdentity(identity, question);
  if (flight === undefined || flight.clientCertificate === 'not-requested')
    return [...findings, notRequested(question)];
  if (flight.clientCertificate === 'requested' && !isAccepted(identity, flight.acceptedAuthorities))
    findings.push(unknownAuthority(identity, flight, where));
  return findings;
}

/** What no server, or not every one, accepts; the codes are those of a call. */
const codes: ReadonlyMap<string, readonly [code: string, severity: Severity]> = new Map([
  ['certificate-expired', ['client-certificate-expired', 'error']],
  ['issuer-expired', ['client-certificate-expired', 'error']],
  ['certificate-not-yet-valid', ['client-certificate-early', 'error']],
  ['client-auth-missing', ['client-certificate-usage', 'error']],
  ['wildcard-subject', ['client-certificate-wildcard', 'note']],
]);

/** What can be told of an identity without any server. */
export function judgeIdentity(
  { chain }: ClientIdentity,
  { where, now }: Pick<CertificateQuestion, 'where' | 'now'>,
): Finding[] {
  // That the root is missing is no matter in a handshake.
  const identity = { chain: chain.certificates, complete: true };
  const findings = inspectIdentity(identity, { now, where, strangers: [] }).flatMap((finding) => {
    const [code, severity] = codes.get(finding.code) ?? [];
    return code === undefined || severity === undefined ? [] : [{ ...finding, code, severity }];
  });
  return chain.mended ? [...findings, unordered(where)] : findings;
}

function unordered(where: string): Finding {
  return {
    code: 'client-certificate-order',
    severity: 'warning',
    where,
    message:
      'The certificates are not in order in the file; mtls sent them leaf first, other clients send them as they stand.',
    remedy: 'Write them anew: mtls cert extract puts leaf, intermediates and root in order.',
  };
}

function missing(where: string): Finding {
  return {
    code: 'client-certificate-missing',
    severity: 'warning',
    where,
    message: 'The server asks for a client certificate, and this call has none to show.',
    remedy: 'Give a key with "certificate" and "key": a binding or service key of credential type x509.',
  };
}

function notRequested({ flight, where }: CertificateQuestion): Finding {
  return {
    code: 'client-certificate-not-requested',
    severity: 'warning',
    where,
    message:
      flight === undefined
        ? 'Over plain http no client certificate can be shown.'
        : 'The server did not ask for a client certificate, so none was sent.',
    remedy:
      'Call the address that takes certificates: on Cloud Foundry the route with ".cert." in its host, of XSUAA "certurl" and not "url".',
  };
}

function unknownAuthority({ chain }: ClientIdentity, { acceptedAuthorities }: ServerFlight, where: string): Finding {
  const last = chain.certificates.at(-1) ?? chain.certificates[0];
  const count = acceptedAuthorities.length;
  return {
    code: 'client-certificate-unknown-ca',
    severity: 'warning',
    where,
    message: `The server says that it accepts certificates of ${count === 1 ? 'one CA' : `${count} CAs`}, and that of "${formatName(last.issuer)}" is not among them.`,
    remedy:
      'Use a certificate of a CA that the server knows, e.g. one that the platform issued; an own one must come from a CA on the list of its load balancer. If intermediates are missing in the chain, add them.',
  };
}

/** Whether the list names an issuer of the chain; an empty list names none and means any (RFC 8446 §4.2.4). */
function isAccepted({ chain }: ClientIdentity, authorities: readonly Buffer[]): boolean {
  if (authorities.length === 0) return true;
  const names = new Set(authorities.map((name) => name.toString('hex')));
  return chain.certificates.some((certificate) => names.has(encodeIssuer(certificate)));
}

function encodeIssuer(certificate: X509Certificate): string {
  return Buffer.from(new ParsedCertificate(certificate.raw).issuerName.toArrayBuffer()).toString('hex');
}
