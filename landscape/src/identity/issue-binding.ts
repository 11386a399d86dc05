import { randomBytes } from 'node:crypto';
import type { CertificateAuthority } from '../ca/certificate-authority';
import { createGeneratedCertificate, createPinnedCertificate, createSecret } from '../token-core/client-credential';
import type { Proof } from './binding-credentials';
import type { BindingWish } from './binding-parameters';
import type { Binding } from './instance';
import { readProvidedCertificate } from './provided-certificate';

export interface IssueContext {
  readonly ca: CertificateAuthority;
  readonly now: () => number;
  readonly clientId: string;
  readonly bindingId: string;
}

/** A new binding, and what its user gets of it. */
export interface IssuedBinding {
  readonly binding: Binding;
  readonly proof: Proof;
}

/**
 * Makes the credential that a binding asks for.
 * @throws {BrokerError} for a certificate that cannot be used.
 */
export async function issueBinding(wish: BindingWish, context: IssueContext): Promise<IssuedBinding> {
  if (wish.type === 'SECRET') return issueSecret();
  if (wish.type === 'NONE') return { binding: wish, proof: wish };
  return wish.type === 'X509_GENERATED' ? issueCertificate(wish, context) : registerProvided(wish, context);
}

function issueSecret(): IssuedBinding {
  const secret = randomBytes(32).toString('base64');
  return { binding: { type: 'SECRET', credential: createSecret(secret) }, proof: { type: 'SECRET', secret } };
}

/** The subject is that of the binding or, with an app identifier, always the same for the application. */
async function issueCertificate(
  { type, keyLength, validityDays, appIdentifier }: Extract<BindingWish, { type: 'X509_GENERATED' }>,
  { ca, clientId, bindingId }: IssueContext,
): Promise<IssuedBinding> {
  const { certificate, key, leaf } = await ca.issueClient({
    commonName: appIdentifier ?? bindingId,
    locality: clientId,
    keyLength,
    validityDays,
  });
  return {
    binding: { type, credential: createGeneratedCertificate(leaf), certificate: leaf },
    proof: { type, certificate, key, leaf },
  };
}

function registerProvided(
  { type, certificate: pem }: Extract<BindingWish, { type: 'X509_PROVIDED' }>,
  { now }: IssueContext,
): IssuedBinding {
  const certificate = readProvidedCertificate(pem, now());
  return {
    binding: { type, credential: createPinnedCertificate(certificate), certificate },
    proof: { type, certificate: pem },
  };
}
