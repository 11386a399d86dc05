import type { X509Certificate } from 'node:crypto';
import type { Severity } from '../findings';
import {
  allowsClientAuthentication,
  allowsServerAuthentication,
  findWildcards,
  formatName,
  isSelfSigned,
} from './certificate';
import type { CredentialFinding, CredentialFindingCode } from './credential-finding';
import type { Identity } from './identities';
import { judgeIssuer } from './issuer-trust';
import { describeKey } from './private-key';
import { countDaysLeft, endOf, formatDays } from './validity';

export interface InspectOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What the certificate is for; a client's by default. */
  readonly purpose?: 'client' | 'server';
  /** From how many days left on it says that the certificate expires soon; never where it is not given. */
  readonly warnDays?: number;
  /** The authorities that the other side trusts. */
  readonly trusted?: readonly X509Certificate[];
}

type Details = Pick<CredentialFinding, 'message' | 'remedy'>;

/** Lists what a server, or the program that uses it, would find wrong with one certificate and its chain. */
export function inspectIdentity(
  identity: Identity,
  options: InspectOptions & {
    readonly where: string;
    /** Authorities that came along and belong to no chain: above a gap, when there is one. */
    readonly strangers: readonly X509Certificate[];
  },
): CredentialFinding[] {
  const found = [
    ...findValidity(identity, options),
    ...findChain(identity, options.strangers),
    ...findUsage(identity.chain[0], options.purpose ?? 'client'),
    ...findTrust(identity, options),
  ];
  return found.map(([code, severity, details]) => ({ code, severity, where: options.where, ...details }));
}

type Found = readonly [code: CredentialFindingCode, severity: Severity, details: Details];

function findValidity({ chain }: Identity, { now, warnDays }: InspectOptions): Found[] {
  return chain.flatMap((certificate, index): Found[] => {
    const name = `"${formatName(certificate.subject)}"`;
    const [from, to] = [certificate.validFrom, certificate.validTo].map((date) => new Date(date).toISOString());
    const renewal =
      index === 0
        ? 'Have a new one made: cf unbind-service and cf bind-service, or a new service key; then take the new values.'
        : 'Its authority has a newer one: a new service key or binding brings the chain that is valid now.';
    if (endOf(certificate) <= now)
      return [
        [
          index === 0 ? 'certificate-expired' : 'issuer-expired',
          'error',
          { message: `${name} expired on ${to}.`, remedy: renewal },
        ],
      ];
    if (Date.parse(certificate.validFrom) > now)
      return [
        [
          'certificate-not-yet-valid',
          'warning',
          { message: `${name} is valid only from ${from}.`, remedy: "Check this computer's clock, or wait." },
        ],
      ];
    const days = countDaysLeft(certificate, now);
    if (warnDays === undefined || days > warnDays) return [];
    return [
      [
        'certificate-expires-soon',
        'warning',
        { message: `${name} expires in ${formatDays(days)}, on ${to}.`, remedy: renewal },
      ],
    ];
  });
}

function findChain({ chain, complete }: Identity, strangers: readonly X509Certificate[]): Found[] {
  if (complete) return [];
  const last = chain.at(-1) ?? chain[0];
  const issuer = `"${formatName(last.issuer)}"`;
  if (chain.length === 1 || strangers.length > 0)
    return [
      [
        'chain-gap',
        'error',
        {
          message: `The chain has a gap: "${formatName(last.subject)}" was issued by ${issuer}, whose certificate is missing.`,
          remedy:
            'Copy the whole value of "certificate"; it holds the leaf, every intermediate and, as a rule, the root.',
        },
      ],
    ];
  return [
    [
      'chain-root-missing',
      'note',
      {
        message: `The certificate of ${issuer} is not part of the chain.`,
        remedy: 'A server that knows it needs no more; the Destination Service wants the whole chain in a keystore.',
      },
    ],
  ];
}

function findUsage(leaf: X509Certificate, purpose: 'client' | 'server'): Found[] {
  const found: Found[] = [];
  const key = describeKey(leaf.publicKey);
  if ((leaf.publicKey.asymmetricKeyDetails?.modulusLength ?? 2048) < 2048)
    found.push([
      'key-weak',
      'warning',
      { message: `The key (${key}) is shorter than 2048 bits: servers refuse it.`, remedy: 'Have a new pair made.' },
    ]);
  if (purpose === 'server') {
    if (!allowsServerAuthentication(leaf))
      found.push([
        'server-auth-missing',
        'warning',
        {
          message: 'The certificate does not allow server authentication (extended key usage): clients refuse it.',
          remedy: 'The server needs a certificate with serverAuth.',
        },
      ]);
    return found;
  }
  if (!allowsClientAuthentication(leaf))
    found.push([
      'client-auth-missing',
      'warning',
      {
        message: 'The certificate does not allow client authentication (extended key usage): servers may refuse it.',
        remedy:
          'Use a certificate with clientAuth. Public authorities no longer issue such ones: take the one of a service key or of an authority of your own.',
      },
    ]);
  const wildcards = findWildcards(leaf);
  if (wildcards.length > 0)
    found.push([
      'wildcard-subject',
      'warning',
      {
        message: `The certificate is for ${wildcards.join(', ')}: some servers refuse a wildcard from a client, since it names nobody.`,
        remedy: 'Use a certificate whose subject names this client.',
      },
    ]);
  return found;
}

function findTrust(identity: Identity, options: InspectOptions): Found[] {
  const trust = judgeIssuer(identity, options);
  if (trust.kind !== 'unlisted') return [];
  const last = identity.chain.at(-1) ?? identity.chain[0];
  const root = `"${formatName(isSelfSigned(last) ? last.subject : last.issuer)}"`;
  return [
    [
      'issuer-untrusted',
      'error',
      {
        message: `None of the trusted authorities stands above "${formatName(identity.chain[0].subject)}"; it needs ${root}.`,
        remedy:
          'Import that root where the list comes from. A load balancer drops the certificate of an authority that it does not know, and the call arrives without any.',
      },
    ],
  ];
}
