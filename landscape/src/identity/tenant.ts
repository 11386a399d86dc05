import { portOf, type LandscapeSettings } from '../settings';

/** The tenant of SAP Cloud Identity Services that belongs to the landscape. */
export interface IdentityTenant {
  /** Origin of its endpoints and issuer of its tokens; without a slash at the end, or xssec refuses the tokens. */
  readonly url: string;
  /**
   * What apps trust: a domain and its subdomains. xssec 4 compares the issuer without its scheme, so with the port; xssec
   * 3.2 its host name, so without.
   */
  readonly domains: readonly [string, ...string[]];
}

export function describeTenant(settings: Pick<LandscapeSettings, 'portBase'>): IdentityTenant {
  const host = `localhost:${portOf(settings, 'identity')}`;
  return { url: `https://${host}`, domains: [host, 'localhost'] };
}

/** The application that XSUAA has in the tenant since trust was established; see `xsuaa-cross-consumption`. */
export const XSUAA_CLIENT_ID = '0c6f2f7e-6d0b-4f3c-9c55-1d0a8e7b3a62';
