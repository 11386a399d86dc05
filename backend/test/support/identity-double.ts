import type { IncomingMessage, ServerResponse } from 'node:http';
import { createIssuerKeys, IssuerDouble } from './issuer-double';

export const TENANT = '5c1f0d1e-8c6b-4d0e-8f5a-6a1b2c3d4e5f';
export const IDENTITY_CLIENT = 'a4d2c9f0-6b1e-4a57-9c3d-0e1f2a3b4c5d';

const DISCOVERY = '/.well-known/openid-configuration';
const KEYS = '/oauth2/certs';

/** SAP Cloud Identity Services as a resource server sees it. */
export class IdentityDouble extends IssuerDouble {
  /** Whom it lets have the keys, told from the headers; everybody else gets a 400. */
  accepts: (headers: NodeJS.Dict<string | string[]>) => boolean = () => true;

  static async start(): Promise<IdentityDouble> {
    const double = new IdentityDouble(await createIssuerKeys());
    await double.listen();
    return double;
  }

  get binding() {
    return { label: 'identity', name: 'clicreIas', tags: ['ias'] };
  }

  get credentials() {
    return {
      clientid: IDENTITY_CLIENT,
      clientsecret: 'n0t-4-l0g-e1ther',
      'credential-type': 'SECRET',
      app_tid: TENANT,
      url: `https://${this.host}`,
      domain: this.host,
      domains: [this.host, 'localhost'],
    };
  }

  /** As it issues it for client credentials. */
  get goodToken() {
    const now = Math.floor(Date.now() / 1000);
    return {
      header: {},
      claims: {
        jti: crypto.randomUUID(),
        sub: IDENTITY_CLIENT,
        azp: IDENTITY_CLIENT,
        aud: IDENTITY_CLIENT,
        app_tid: TENANT,
        sap_id_type: 'app',
        iss: `https://${this.host}`,
        iat: now,
        exp: now + 600,
      },
    };
  }

  protected override answer(req: IncomingMessage, res: ServerResponse): void {
    const origin = `https://${this.host}`;
    if (req.url === DISCOVERY) {
      res
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ issuer: origin, jwks_uri: origin + KEYS }));
    } else if (req.url !== KEYS) {
      res.writeHead(404).end();
    } else if (this.accepts(req.headers)) {
      super.answer(req, res);
    } else {
      res.writeHead(400).end('not for this application');
    }
  }
}
