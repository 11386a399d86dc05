import { generateKeyPair, SignJWT } from 'jose';
import type { OAuthClients } from '../../src/oauth/oauth-settings';
import { Secret } from '../../src/secret';
import { readClientCertificate } from '../../src/tokens/client-certificate';
import type { Services } from './services';
import { sendJson, StandIn, type Handler } from './stand-in';
import type { Issued } from './test-ca';

export const plainClientId = 'reader:one'; // a colon must not end the id in a Basic header
export const boundClientId = 'service-two';
/** A real one has these characters too. */
export const oauthSecret = 's3cr+t/with %&=: and more';

export const RFC_8414 = '/.well-known/oauth-authorization-server';
export const DISCOVERY = '/.well-known/openid-configuration';
const TOKEN = '/oauth2/token';

/** An authorization server of no particular vendor: a port for everybody, and one that asks for a certificate. */
export interface OAuthServer {
  readonly plain: StandIn;
  readonly certificate: StandIn;
  readonly client: Issued;
  /** What it does; a test changes what it needs. */
  readonly behaviour: {
    metadataPath: string;
    metadata: Readonly<Record<string, unknown>>;
    /** Whether it binds tokens to certificates. */
    binds: boolean;
    lifetime: number;
  };
  readonly tokens: string[];
  /** This app's clients, found by the metadata. */
  clients(): OAuthClients;
  reset(): void;
  stop(): Promise<void>;
}

export async function startOAuthServer({ ca }: Services): Promise<OAuthServer> {
  const [server, client, { privateKey }] = await Promise.all([
    ca.issueServer(),
    ca.issueClient(),
    generateKeyPair('RS256'),
  ]);
  const tokens: string[] = [];
  const behaviour = {} as OAuthServer['behaviour']; // filled by reset() below

  const handler: Handler = async ({ method, url, headers, body, thumbprint }, res) => {
    if (method === 'GET' && url === behaviour.metadataPath) {
      const aliases = { token_endpoint: certificate.url + TOKEN, authorization_endpoint: 'https://elsewhere.example' };
      return sendJson(res, 200, {
        issuer: plain.url,
        token_endpoint: plain.url + TOKEN,
        jwks_uri: `${plain.url}/jwks`,
        mtls_endpoint_aliases: aliases,
        ...behaviour.metadata,
      });
    }
    if (method !== 'POST' || url !== TOKEN) return void res.writeHead(404).end();
    const form = new URLSearchParams(body);
    const byCertificate = thumbprint === client.thumbprint && form.get('client_id') === boundClientId;
    if (form.get('grant_type') !== 'client_credentials' || !(byCertificate || isSecretRight(headers.authorization)))
      return sendJson(res, 401, { error: 'invalid_client', error_description: 'Client authentication failed' });
    const now = Math.floor(Date.now() / 1000);
    const clientId = byCertificate ? boundClientId : plainClientId;
    const isBound = byCertificate && behaviour.binds;
    const token = await new SignJWT({
      jti: crypto.randomUUID(),
      iss: plain.url,
      sub: clientId,
      client_id: clientId,
      aud: 'api://backendmtls',
      iat: now,
      exp: now + behaviour.lifetime,
      ...(isBound && { cnf: { 'x5t#S256': thumbprint } }),
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'k', typ: 'at+jwt' })
      .sign(privateKey);
    tokens.push(token);
    sendJson(res, 200, { access_token: token, token_type: 'Bearer', expires_in: behaviour.lifetime });
  };

  const plain = await StandIn.start({ tls: { server }, handler });
  const certificate = await StandIn.start({ tls: { server, clientCa: ca.rootPem }, handler });
  const running: OAuthServer = {
    plain,
    certificate,
    client,
    behaviour,
    tokens,
    clients: () => ({
      source: 'the environment',
      issuer: plain.url,
      plain: {
        kind: 'secret',
        clientId: plainClientId,
        secret: new Secret(oauthSecret),
        method: 'client_secret_basic',
        tokenUrl: undefined,
      },
      bound: {
        kind: 'certificate',
        clientId: boundClientId,
        certificate: readClientCertificate({ certificate: client.chain, key: client.key }),
        tokenUrl: undefined,
      },
    }),
    reset() {
      plain.reset();
      certificate.reset();
      tokens.length = 0;
      Object.assign(behaviour, { metadataPath: RFC_8414, metadata: {}, binds: true, lifetime: 3600 });
    },
    async stop() {
      await plain.stop();
      await certificate.stop();
    },
  };
  running.reset();
  return running;
}

/** RFC 6749 §2.3.1: both parts are form-encoded. */
function isSecretRight(authorization = ''): boolean {
  const [, basic = ''] = /^Basic (.+)$/.exec(authorization) ?? [];
  const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString().split(':');
  const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
  return decode(id) === plainClientId && decode(secret) === oauthSecret;
}
