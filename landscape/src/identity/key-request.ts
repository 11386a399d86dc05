import { X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { thumbprintOf } from '../token-core/client-certificate';
import type { ClientRegistry } from '../token-core/client-registry';
import { OAuthError } from '../token-core/oauth-error';
import { subaccount } from '../xsuaa/subaccount';
import type { IdentityClient } from './identity-client';
import type { Trust } from './trust';

export interface KeyRequestContext {
  readonly registry: ClientRegistry<IdentityClient>;
  readonly trust: Trust;
  readonly now: () => number;
}

/**
 * Checks who wants the signing keys and for which token: libraries of SAP name themselves and the token's tenant and client
 * in headers, and take a 400 for "do not accept this token". Without these headers everyone gets the keys.
 * @throws {OAuthError} 400 that says which check failed.
 */
export function checkKeyRequest(headers: IncomingHttpHeaders, context: KeyRequestContext): void {
  const [receiver, tenant, sender] = [headers['x-client_id'], headers['x-app_tid'], headers['x-azp']];
  if (receiver === undefined && tenant === undefined) return;
  if (!context.trust.established)
    throw refuse('untrusted issuer: the subaccount does not trust this tenant of SAP Cloud Identity Services');
  if (receiver !== undefined && !isKnown(receiver, context))
    throw refuse('x-client_id names no application of this tenant');
  if (tenant !== undefined && tenant !== subaccount.id) throw refuse('x-app_tid names no tenant of the application');
  if (sender !== undefined && !isKnown(sender, context)) throw refuse('x-azp names no application of this tenant');
  const certificate = headers['x-client_cert'];
  if (certificate !== undefined && !ownsCertificate(sender ?? receiver, certificate, context))
    throw refuse('x-client_cert is no certificate of the application that the token was issued to');
}

type HeaderValue = string | string[] | undefined;

function isKnown(clientId: HeaderValue, { registry }: KeyRequestContext): boolean {
  return typeof clientId === 'string' && registry.find(clientId) !== undefined;
}

/** The proof token of xssec: the certificate that the token's sender showed to the receiver, as PEM without line breaks. */
function ownsCertificate(
  clientId: HeaderValue,
  header: string | string[],
  { registry, now }: KeyRequestContext,
): boolean {
  const x509 = parseCertificate(String(header));
  if (x509 === undefined || typeof clientId !== 'string') return false;
  const presented = { x509, thumbprint: thumbprintOf(x509) };
  return [...registry.credentialsOf(clientId)].some(
    (credential) => credential.kind === 'certificate' && credential.match(presented, now()) === 'match',
  );
}

function parseCertificate(pem: string): X509Certificate | undefined {
  const base64 = pem.replaceAll(/-----(?:BEGIN|END) CERTIFICATE-----|\s/g, '');
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    return undefined;
  }
}

function refuse(description: string): OAuthError {
  return new OAuthError({ status: 400, error: 'invalid_request', description });
}
