import { Failure } from '../failure';
import type { Finding } from '../findings';
import { inspectCredential, type IdentityReport } from './inspect-credential';
import { identityOf, type ClientIdentity } from './keystore';
import type { Credential } from './read-credential';

/** An identity that can be used now, with what is to be said of it. */
export interface UsableIdentity {
  readonly identity: ClientIdentity;
  readonly inspected: IdentityReport;
  /** What was wrong with the input and is not with what is written from it. */
  readonly mended: readonly string[];
  /** Warnings and notes. */
  readonly findings: readonly Finding[];
}

/** Findings that writing the identity anew settles. */
const mendings: Readonly<Record<string, string>> = {
  'chain-order': 'The chain was not in order; it is written leaf first, each followed by its issuer.',
  'pem-repaired': 'Line breaks or dashes were damaged; what is written is as RFC 7468 wants it.',
  'keystore-legacy': 'The keystore was encrypted in an outdated way.',
  'key-encryption-legacy': 'The private key was encrypted in an outdated way.',
};

/**
 * Takes the one identity of a credential.
 * @param now milliseconds since the epoch.
 * @throws {Failure} the worst of what makes it unusable: `key-missing`, `key-mismatch`, `chain-gap`, `certificate-expired`, ….
 */
export function requireUsable(credential: Credential, now: number): UsableIdentity {
  const identity = identityOf(credential);
  const { identities, findings } = inspectCredential(credential, { now });
  const [worst] = findings;
  if (worst?.severity === 'error') throw new Failure(worst.code, worst.message, worst.remedy);
  const [inspected] = identities;
  if (inspected === undefined) throw new Error('an identity was read and none is reported');
  return {
    identity,
    inspected,
    mended: findings.flatMap(({ code }) => mendings[code] ?? []),
    findings: findings.filter(({ code }) => mendings[code] === undefined),
  };
}
