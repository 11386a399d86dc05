import type { Finding } from '../findings';

/** Everything that `inspectCredential` can find; scripts rely on these, so that none is renamed. docs/keystores.md explains them. */
export const credentialFindingCodes = [
  'certificate-expired',
  'certificate-expires-soon',
  'certificate-not-yet-valid',
  'issuer-expired',
  'issuer-untrusted',
  'chain-gap',
  'chain-order',
  'chain-foreign',
  'chain-root-missing',
  'key-mismatch',
  'key-missing',
  'key-weak',
  'client-auth-missing',
  'server-auth-missing',
  'wildcard-subject',
  'pem-repaired',
  'keystore-legacy',
  'key-encryption-legacy',
] as const;
export type CredentialFindingCode = (typeof credentialFindingCodes)[number];

export interface CredentialFinding extends Finding {
  readonly code: CredentialFindingCode;
}
