import type { X509Certificate } from 'node:crypto';
import type { Finding } from '../findings';
import { computeThumbprint, formatName } from '../pki/certificate';
import { sortCredential } from '../pki/identities';
import { inspectCredential } from '../pki/inspect-credential';
import { describeKey } from '../pki/private-key';
import type { Credential } from '../pki/read-credential';
import { judgeEnd, watchChain } from '../watch/watched-certificate';

export interface CredentialOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly warnDays: number | undefined;
  /** The authorities that the other side trusts. */
  readonly trusted: readonly X509Certificate[] | undefined;
}

/** Signing takes some 40 times as long as with 2048 bits; Node does it on its main thread in each handshake. */
const SLOW_BITS = 4096;

/** Judges certificates, keys and keystores by themselves and among each other. */
export function judgeCredentials(credentials: readonly Credential[], options: CredentialOptions): Finding[] {
  const { now, trusted } = options;
  return [
    ...credentials.flatMap((credential) => [
      ...inspectCredential(credential, { now, ...(trusted !== undefined && { trusted }) }).findings,
      ...findEnds(credential, options),
      ...findSlowKeys(credential),
    ]),
    ...findRenewed(credentials),
  ];
}

/** What is over already, the inspection says. */
function findEnds(credential: Credential, { now, warnDays }: CredentialOptions): Finding[] {
  return sortCredential(credential).identities.flatMap(({ chain }) => {
    const watched = watchChain('', { name: '', chain }, { now, warnDays });
    return watched.state === 'expires soon' ? judgeEnd(watched, credential.name) : [];
  });
}

function findSlowKeys(credential: Credential): Finding[] {
  return sortCredential(credential).identities.flatMap(({ chain: [leaf] }) => {
    if ((leaf.publicKey.asymmetricKeyDetails?.modulusLength ?? 0) <= SLOW_BITS) return [];
    return [
      {
        code: 'key-slow',
        severity: 'warning',
        where: credential.name,
        message: `The key (${describeKey(leaf.publicKey)}) makes every handshake slow: one signature takes tens of milliseconds, in which Node.js does nothing else.`,
        remedy: 'Bind with "key-length": 2048, or 4096: a certificate of a few days needs no more.',
      },
    ];
  });
}

/** Two certificates of one subject: one of them was renewed, and only one is what the server expects. */
function findRenewed(credentials: readonly Credential[]): Finding[] {
  const leaves = credentials.flatMap((credential) =>
    sortCredential(credential).identities.map(({ chain: [leaf] }) => ({ leaf, credential })),
  );
  return leaves.flatMap(({ leaf, credential }, index) => {
    const newer = leaves.find(
      (other, position) =>
        position !== index &&
        other.leaf.subject === leaf.subject &&
        other.leaf.issuer === leaf.issuer &&
        Date.parse(other.leaf.validFrom) > Date.parse(leaf.validFrom) &&
        (credential.binding === undefined || other.credential.binding === undefined),
    );
    if (newer === undefined) return [];
    return [
      {
        code: 'keystore-other-certificate',
        severity: 'warning',
        where: credential.name,
        message: `It holds "${formatName(leaf.subject)}" with x5t#S256 ${computeThumbprint(leaf)}; ${newer.credential.name} has a newer one with the same name (${computeThumbprint(newer.leaf)}).`,
        remedy: 'Make it anew from there: mtls cert extract, then mtls destination deploy.',
      },
    ];
  });
}
