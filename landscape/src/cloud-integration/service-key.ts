import type { X509Certificate } from 'node:crypto';
import type { JsonObject } from '../broker';
import type { CertificateAuthority } from '../ca/certificate-authority';
import {
  createGeneratedCertificate,
  createPinnedCertificate,
  createRenewableCertificate,
  createSecret,
  type ClientCredential,
} from '../token-core/client-credential';
import { makeBindingSecret } from '../xsuaa/binding-secret';
import { readExternalCertificate } from './external-certificate';
import type { KeyWish } from './key-parameters';

/** What authenticates a sender, and what its service key says of that. */
export interface IssuedKey {
  readonly credential: ClientCredential;
  /** Members of the service key beside client id and addresses. */
  readonly proof: JsonObject;
  /** The certificate that the client has brought along. */
  readonly external?: X509Certificate;
}

export interface KeyContext {
  readonly ca: CertificateAuthority;
  readonly now: () => number;
  readonly keyId: string;
}

/**
 * Makes the credential that a service key asks for.
 * @throws {BrokerError} for an external certificate that cannot be used.
 */
export async function issueKey(wish: KeyWish, context: KeyContext): Promise<IssuedKey> {
  if (wish.type === 'clientsecret') return issueSecret();
  return wish.type === 'certificate' ? issueCertificate(wish, context) : registerExternal(wish, context);
}

function issueSecret(): IssuedKey {
  const secret = makeBindingSecret();
  return { credential: createSecret(secret), proof: { clientsecret: secret } };
}

async function issueCertificate(
  { keyLength, validityDays }: Extract<KeyWish, { type: 'certificate' }>,
  { ca, keyId }: KeyContext,
): Promise<IssuedKey> {
  const request = { commonName: keyId, locality: 'sap-uaa', keyLength, validityDays };
  const { certificate, key, leaf } = await ca.issueClient(request);
  return {
    credential: createGeneratedCertificate(leaf),
    proof: { certificate, key, certificatedetails: describeCertificate(leaf) },
  };
}

function registerExternal(
  { certificate: pem, pinning }: Extract<KeyWish, { type: 'certificate_external' }>,
  { ca, now }: KeyContext,
): IssuedKey {
  const external = readExternalCertificate(pem, now());
  return {
    credential: pinning ? createPinnedCertificate(external) : createRenewableCertificate(external, ca.authorities),
    proof: { certificate: pem, certificatedetails: describeCertificate(external) },
    external,
  };
}

function describeCertificate({ issuer, subject, validTo, serialNumber }: X509Certificate): JsonObject {
  return {
    issuerdn: toDistinguishedName(issuer),
    subjectdn: toDistinguishedName(subject),
    validuntil: new Date(validTo).toISOString(),
    serialnumber: `0x${serialNumber.toLowerCase()}`,
  };
}

/** RFC 4514's order, the most specific part first, of Node's form with one part a line. */
function toDistinguishedName(name: string): string {
  return name.split('\n').toReversed().join(',');
}
