import type { X509Certificate } from 'node:crypto';
import type { JsonObject } from '../broker';
import { subaccount } from '../xsuaa/subaccount';
import type { Instance } from './instance';
import type { IdentityTenant } from './tenant';
import type { Trust } from './trust';

/** What the credentials of a binding prove the client with. */
export type Proof =
  | { readonly type: 'SECRET'; readonly secret: string }
  | {
      readonly type: 'X509_GENERATED';
      /** PEM: leaf, intermediate, root. */
      readonly certificate: string;
      /** PEM. */
      readonly key: string;
      readonly leaf: X509Certificate;
    }
  | { readonly type: 'X509_PROVIDED'; readonly certificate: string }
  | { readonly type: 'NONE' };

export interface CredentialsContext {
  readonly tenant: IdentityTenant;
  readonly trust: Trust;
  /** Answers questions about subaccounts in the cloud; XSUAA's URL here. */
  readonly tenantApi: string;
}

/** Builds the credentials of a binding or service key as SAP's broker gives them. */
export function buildCredentials(
  { clientId }: Instance,
  proof: Proof,
  { tenant, trust, tenantApi }: CredentialsContext,
): JsonObject {
  return {
    clientid: clientId,
    ...describeProof(proof),
    'credential-type': proof.type,
    app_tid: subaccount.id,
    url: tenant.url,
    ...(trust.established ? { domain: tenant.domains[0], domains: [...tenant.domains] } : { domains: [] }),
    authorization_endpoint: `${tenant.url}/oauth2/authorize`,
    end_session_endpoint: `${tenant.url}/oauth2/logout`,
    'btp-tenant-api': tenantApi,
  };
}

function describeProof(proof: Proof): JsonObject {
  if (proof.type === 'SECRET') return { clientsecret: proof.secret };
  if (proof.type === 'NONE') return {};
  if (proof.type === 'X509_PROVIDED') return { certificate: proof.certificate };
  return {
    certificate: proof.certificate,
    key: proof.key,
    certificate_expires_at: new Date(proof.leaf.validTo).toISOString().replace('.000Z', 'Z'),
  };
}
