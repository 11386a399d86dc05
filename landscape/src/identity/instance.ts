import type { X509Certificate } from 'node:crypto';
import type { ClientCredential } from '../token-core/client-credential';
import type { CredentialType } from './binding-parameters';
import type { InstanceParameters } from './instance-parameters';

/** A binding or service key; each has credentials of its own for the one client of its instance. */
export interface Binding {
  readonly type: CredentialType;
  /** Absent for NONE. */
  readonly credential?: ClientCredential;
  /** The client's, for both X.509 types. */
  readonly certificate?: X509Certificate;
}

/** An application in the tenant, made by `cf create-service identity application`. */
export interface Instance {
  readonly id: string;
  /** That of the service instance. */
  readonly name: string;
  readonly clientId: string;
  parameters: InstanceParameters;
  /** Ids of the instances that `consumed-services` names. */
  consumed: readonly string[];
  readonly bindings: Map<string, Binding>;
}
