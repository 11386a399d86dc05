import { portOf, type LandscapeSettings } from '../settings';

/** The one subaccount of the landscape: its identity zone, which XSUAA, Destination Service and tokens name. */
export const subaccount = {
  id: '5b1d2c6e-0a53-4a6b-9d7e-3f8c1e2a7b40',
  subdomain: 'local-landscape',
} as const;

export interface XsuaaAddresses {
  /** Secret-based calls, keys, discovery. */
  readonly url: string;
  /** Calls that authenticate with a client certificate. */
  readonly certUrl: string;
  /** Without scheme but with the port: xssec builds `https://<uaadomain>/token_keys` from it. */
  readonly uaaDomain: string;
  /** Never resolved; its host needs a dot because the Cloud SDK reads the subdomain from it. */
  readonly issuer: string;
  readonly jwksUri: string;
}

export function xsuaaAddresses(settings: Pick<LandscapeSettings, 'portBase'>): XsuaaAddresses {
  const uaaDomain = `localhost:${portOf(settings, 'xsuaa')}`;
  return {
    url: `https://${uaaDomain}`,
    certUrl: `https://localhost:${portOf(settings, 'xsuaaCertificate')}`,
    uaaDomain,
    issuer: `https://${subaccount.subdomain}.${uaaDomain}/oauth/token`,
    jwksUri: `https://${uaaDomain}/token_keys`,
  };
}

/** What XSUAA puts behind an xsappname: the kind of application and a number. */
export const suffixes = { application: '!t1', clone: '!b1', master: '!b2' } as const;
