import type { IncomingMessage, ServerResponse } from 'node:http';
import { createIssuerKeys, IssuerDouble } from './issuer-double';

export const OAUTH_AUDIENCE = 'api://backendmtls';
export const OAUTH_CLIENT = 'TV-9R1z3HnU0';

export const RFC_8414 = '/.well-known/oauth-authorization-server';
export const DISCOVERY = '/.well-known/openid-configuration';
export const KEYS = '/keys';

/** An authorization server of no particular vendor as a resource server sees it. */
export class OAuthDouble extends IssuerDouble {
  /** Where it publishes its metadata. */
  metadataPath = RFC_8414;
  /** Overrides members of its metadata. */
  metadata: Readonly<Record<string, unknown>> = {};

  static async start(): Promise<OAuthDouble> {
    const double = new OAuthDouble(await createIssuerKeys());
    await double.listen();
    return double;
  }

  get issuer(): string {
    return `https://${this.host}`;
  }

  get binding() {
    return { label: 'user-provided', name: 'mtlsOauthIssuer', tags: ['oauth-issuer'] };
  }

  get credentials() {
    return { OAUTH_ISSUER: this.issuer, OAUTH_AUDIENCE };
  }

  /** RFC 9068 §2.2. */
  get goodToken() {
    const now = Math.floor(Date.now() / 1000);
    return {
      header: { typ: 'at+jwt' },
      claims: {
        jti: crypto.randomUUID(),
        sub: OAUTH_CLIENT,
        client_id: OAUTH_CLIENT,
        aud: OAUTH_AUDIENCE,
        scope: 'read',
        iss: this.issuer,
        iat: now,
        exp: now + 600,
      },
    };
  }

  protected override answer(req: IncomingMessage, res: ServerResponse): void {
    if (req.url === this.metadataPath) {
      const metadata = { issuer: this.issuer, jwks_uri: this.issuer + KEYS, ...this.metadata };
      res.setHeader('content-type', 'application/json').end(JSON.stringify(metadata));
    } else if (req.url === KEYS) super.answer(req, res);
    else res.writeHead(404).end();
  }
}
