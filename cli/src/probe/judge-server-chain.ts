import { sortWorstFirst, type Finding } from '../findings';
import { inspectCredential, type CredentialReport } from '../pki/inspect-credential';
import type { ServerChain } from './fetch-server-chain';

/** What the reason why the connection failed says already, and better. */
const SAID_BY_CONNECTION: ReadonlySet<string> = new Set([
  'chain-gap',
  'chain-root-missing',
  'certificate-expired',
  'issuer-expired',
  'certificate-not-yet-valid',
  'wildcard-subject',
]);

export interface JudgedServerChain {
  readonly report: CredentialReport;
  /** The worst first: of the connection and of the certificates. */
  readonly findings: readonly Finding[];
  /** Whether this computer accepts the server; undefined where the handshake did not come so far. */
  readonly accepted: boolean | undefined;
}

/**
 * Judges what a server showed of itself to a client without a certificate.
 * @param options.now milliseconds since the epoch.
 */
export function judgeServerChain(
  { certificates, finding }: ServerChain,
  { name, now }: { readonly name: string; readonly now: number },
): JudgedServerChain {
  const sent = { certificates, keys: [], ignored: [], repairs: [] };
  const report = inspectCredential(
    { ...sent, name, format: 'TLS handshake', orderMatters: true },
    { now, purpose: 'server' },
  );
  const isUnseen = finding?.code === 'client-certificate-missing';
  return {
    report,
    findings: sortWorstFirst([
      ...(finding === undefined ? [] : [isUnseen ? unseen(finding) : finding]),
      ...report.findings.filter(({ code }) => !SAID_BY_CONNECTION.has(code)),
    ]),
    accepted: finding === undefined ? true : isUnseen ? undefined : false,
  };
}

/** Up to TLS 1.2 a server ends the handshake before the client says what it thinks of the server's certificate. */
function unseen({ code, where }: Finding): Finding {
  return {
    code,
    severity: 'note',
    where,
    message: 'The server ends the handshake with a client that shows no certificate, and none was shown.',
    remedy: 'Its certificates were read; whether this computer accepts them shows mtls call.',
  };
}
