import { createIssuerKeys, IssuerDouble } from './issuer-double';

export const ZONE = '0f6f3bd4-8d1e-4b5f-9a0c-2f1f4b3f8a11';
export const CLIENT = 'sb-mtlsxsuaa!t1';
export const APP = 'mtlsxsuaa!t1';

/** XSUAA as a resource server sees it. */
export class XsuaaDouble extends IssuerDouble {
  static async start(): Promise<XsuaaDouble> {
    const double = new XsuaaDouble(await createIssuerKeys());
    await double.listen();
    return double;
  }

  get binding() {
    return { label: 'xsuaa', name: 'mtlsXsuaa', tags: ['xsuaa'] };
  }

  get credentials() {
    return {
      clientid: CLIENT,
      xsappname: APP,
      uaadomain: this.host,
      url: `https://${this.host}`,
      clientsecret: 'n0t-4-l0g$',
      'credential-type': 'binding-secret',
      tenantmode: 'dedicated',
      zoneid: ZONE,
      identityzoneid: ZONE,
      tenantid: ZONE,
    };
  }

  /** As XSUAA issues it for client credentials. */
  get goodToken() {
    const now = Math.floor(Date.now() / 1000);
    return {
      header: { typ: 'JWT', jku: `https://${this.host}/token_keys` },
      claims: {
        jti: crypto.randomUUID(),
        sub: CLIENT,
        cid: CLIENT,
        client_id: CLIENT,
        azp: CLIENT,
        grant_type: 'client_credentials',
        scope: ['uaa.resource'],
        aud: ['uaa', CLIENT],
        zid: ZONE,
        iss: `https://local.${this.host}/oauth/token`,
        ext_attr: { enhancer: 'XSUAA', zdn: 'local' },
        iat: now,
        exp: now + 600,
      },
    };
  }
}
