import { findOneBinding, readBoundClient, reportBinding, type BindingSource } from '../service-binding';
import { identityDialect, type Credential } from '../tokens/credential';

/** Begins the settings that name the key of a certificate whose key is not part of the binding. */
export const IDENTITY_KEY = 'IDENTITY';

export interface IdentityBinding {
  readonly bindingName: string;
  readonly client: Credential | PublicClient;
}

/** A client without any credentials (`credential-type` NONE): it cannot authenticate. */
export interface PublicClient {
  readonly kind: 'public';
}

/** Reads the binding of Identity (SAP Cloud Identity Services); undefined when there is none or it has problems. */
export function readIdentityBinding(source: BindingSource): IdentityBinding | undefined {
  const binding = findOneBinding({ label: 'identity' }, source);
  if (binding === undefined) return undefined;
  const bindingName = binding.name;
  if (binding.credentials['credential-type'] === 'NONE') return { bindingName, client: { kind: 'public' } };
  const found: string[] = [];
  const client = readBoundClient(binding, { dialect: identityDialect, keyPrefix: IDENTITY_KEY }, source, found);
  reportBinding(binding, found, source.problems);
  return client && { bindingName, client };
}
