import type { JWTPayload } from 'jose';
import type { CertificateAuthority } from '../ca/certificate-authority';
import type { Journal } from '../journal';
import type { Listener } from '../listener';
import type { LandscapeSettings } from '../settings';
import type { XsuaaBroker } from './broker';

export interface XsuaaOptions {
  readonly settings: LandscapeSettings;
  readonly ca: CertificateAuthority;
  readonly journal: Journal;
}

/** The stand-in for SAP Authorization and Trust Management (XSUAA). */
export interface Xsuaa {
  readonly broker: XsuaaBroker;
  /** The plain port (`url`) and the certificate port (`certurl`), not started yet. */
  readonly listeners: readonly Listener[];
  /**
   * Verifies signature, expiry and issuer of a token that this XSUAA issued; the caller checks audience and scopes.
   * @throws jose's errors, e.g. JWTExpired.
   */
  verifyAccessToken(jwt: string): Promise<JWTPayload>;
}
