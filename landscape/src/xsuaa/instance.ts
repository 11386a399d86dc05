import type { ClientCredential } from '../token-core/client-credential';
import type { CredentialType } from './oauth2-configuration';
import type { SecurityDescriptor } from './security-descriptor';

/** A binding or service key. */
export interface Binding {
  readonly type: CredentialType;
  /** Absent when it was made without one (`hide-secret`), and for the secret that all bindings share. */
  readonly credential?: ClientCredential;
  /** See OwnCertificate. */
  readonly uniqueKey?: string;
}

interface InstanceBase {
  readonly id: string;
  /** With its suffix, e.g. `mtlsxsuaa!t1`. */
  readonly xsappname: string;
  readonly bindings: Map<string, Binding>;
}

/** Made by `cf create-service xsuaa application`. */
export interface ApplicationInstance extends InstanceBase {
  readonly kind: 'application';
  readonly name: string;
  descriptor: SecurityDescriptor;
  /** Made with the first binding that asks for it; valid as long as the instance exists. */
  instanceSecret?: { readonly secret: string; readonly credential: ClientCredential };
}

/** The OAuth client of an instance of another service. */
export interface CloneInstance extends InstanceBase {
  readonly kind: 'clone';
  settings: CloneSettings;
}

/** What the service that owns a clone decides of its client. */
export interface CloneSettings {
  /** Scopes that tokens of client credentials get besides `uaa.resource`. */
  readonly authorities: readonly string[];
  /** Scopes that tokens of any user get besides `openid` and `uaa.user`. */
  readonly userScopes?: readonly string[];
  readonly grantTypes?: readonly string[];
  readonly tokenValidityS?: number;
}

export type Instance = ApplicationInstance | CloneInstance;

export function clientIdOf({ xsappname }: Instance): string {
  return `sb-${xsappname}`;
}
