import 'reflect-metadata';
import { X509Certificate as ParsedCertificate } from '@peculiar/x509';
import type { X509Certificate } from 'node:crypto';
import type { Finding } from '../findings';
import { allowsClientAuthentication, formatName } from '../pki/certificate';
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

/** What can be told of an identity without any server. */
export function judgeIdentity(
  { chain }: ClientIdentity,
  { where, now }: Pick<CertificateQuestion, 'where' | 'now'>,
): Finding[] {
  const [leaf] = chain.certificates;
  const findings = chain.certificates.flatMap((certificate) => judgeValidity(certificate, { leaf, where, now }));
  if (!allowsClientAuthentication(leaf))
    findings.push({
      code: 'client-certificate-usage',
      severity: 'error',
      where,
      message: `The certificate "${formatName(leaf.subject)}" may not authenticate clients: its extended key usage lacks clientAuth.`,
      remedy: 'It is a server certificate. Use one that was issued for clients, e.g. that of a binding or service key.',
    });
  if (chain.mended)
    findings.push({
      code: 'client-certificate-order',
      severity: 'warning',
      where,
      message:
        'The certificates are not in order in the file; mtls sent them leaf first, other clients send them as they stand.',
      remedy: 'Write them anew: mtls cert extract puts leaf, intermediates and root in order.',
    });
  return findings;
}

function judgeValidity(
  certificate: X509Certificate,
  { leaf, where, now }: { leaf: X509Certificate; where: string; now: number },
): Finding[] {
  const what = certificate === leaf ? 'certificate' : 'issuing certificate';
  const name = formatName(certificate.subject);
  if (Date.parse(certificate.validTo) <= now)
    return [
      {
        code: 'client-certificate-expired',
        severity: 'error',
        where,
        message: `The ${what} "${name}" expired on ${new Date(certificate.validTo).toISOString()}.`,
        remedy:
          'Have a new one made: delete the service key and create it again, or unbind and bind; then take the new values.',
      },
    ];
  if (Date.parse(certificate.validFrom) > now)
    return [
      {
        code: 'client-certificate-early',
        severity: 'error',
        where,
        message: `The ${what} "${name}" is valid only from ${new Date(certificate.validFrom).toISOString()}.`,
        remedy: "Is this computer's clock right? Else wait until then.",
      },
    ];
  return [];
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
