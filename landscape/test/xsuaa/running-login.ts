import { createHash, randomBytes } from 'node:crypto';
import { Browser, alice, type Credentials } from '../token-core/browser';
import { startXsuaa, type Answer, type Call, type RunningXsuaa } from './running-xsuaa';

export const redirect_uri = 'http://localhost:5002/login/callback';

export const descriptor = {
  xsappname: 'mtlsxsuaa',
  scopes: [{ name: '$XSAPPNAME.Display' }, { name: '$XSAPPNAME.Admin' }],
  attributes: [{ name: 'Country', valueType: 'string' }],
  'role-templates': [
    {
      name: 'Viewer',
      'scope-references': ['$XSAPPNAME.Display'],
      'attribute-references': [{ name: 'Country', 'default-values': ['FR'] }],
    },
    { name: 'Admin', 'scope-references': ['$XSAPPNAME.Admin'] },
  ],
  'role-collections': [
    { name: 'mTLS Reference Viewer', 'role-template-references': ['$XSAPPNAME.Viewer'] },
    { name: 'mTLS Reference Admin', 'role-template-references': ['$XSAPPNAME.Admin'] },
  ],
  'oauth2-configuration': {
    'credential-types': ['x509', 'binding-secret'],
    'redirect-uris': ['https://*.example.com/callback/**', 'https://app.example.org/exact'],
    'refresh-token-validity': 3600,
  },
};

/** A client of XSUAA whose users can log in, with a secret and a certificate. */
export interface LoginClient {
  readonly xsuaa: RunningXsuaa;
  readonly instanceId: string;
  readonly client_id: string;
  readonly client_secret: string;
  readonly tls: { readonly cert: string; readonly key: string };
  browser(): Browser;
  authorizePath(parameters?: Record<string, string>): string;
  /** Logs a user in and returns the code that the application gets. */
  fetchCode(options?: { readonly user?: Credentials; readonly parameters?: Record<string, string> }): Promise<string>;
  /** Sends a token request with the client's secret. */
  withSecret(body: Record<string, string>): Promise<Answer>;
  /** Sends a token request over the client's certificate. */
  withCertificate(body: Record<string, string>, call?: Call): Promise<Answer>;
  bindCertificate(): Promise<{ readonly cert: string; readonly key: string }>;
}

export async function startLoginClient(xsuaa?: RunningXsuaa, parameters: object = descriptor): Promise<LoginClient> {
  const running = xsuaa ?? (await startXsuaa());
  const instanceId = await running.createInstance({ ...descriptor, ...parameters });
  const secret = (await running.bind(instanceId, { 'credential-type': 'binding-secret' })).credentials;
  const bindCertificate = async () => {
    const { credentials } = await running.bind(instanceId, { 'credential-type': 'x509' });
    return { cert: credentials['certificate'] ?? '', key: credentials['key'] ?? '' };
  };
  const { clientid: client_id = '', clientsecret: client_secret = '' } = secret;
  const tls = await bindCertificate();
  const browser = () => new Browser((call) => running.call({ port: 'xsuaa', ...call }));
  const authorizePath = (given: Record<string, string> = {}) =>
    `/oauth/authorize?${new URLSearchParams({ response_type: 'code', client_id, redirect_uri, ...given }).toString()}`;
  return {
    xsuaa: running,
    instanceId,
    client_id,
    client_secret,
    tls,
    browser,
    authorizePath,
    fetchCode: async ({ user = alice, parameters: given = {} } = {}) => {
      const visitor = browser();
      const page = await visitor.follow(await visitor.get(authorizePath(given)));
      const answer = await visitor.follow(await visitor.submitLogin(page, user));
      return parametersOf(answer)['code'] ?? '';
    },
    withSecret: (body) => running.call({ body: { client_id, client_secret, ...body } }),
    withCertificate: (body, call = {}) =>
      running.call({ port: 'xsuaaCertificate', body: { client_id, ...body }, ...tls, ...call }),
    bindCertificate,
  };
}

/** What a redirect tells the application. */
export function parametersOf({ headers }: Answer): Record<string, string> {
  const { location } = headers;
  return typeof location === 'string' ? Object.fromEntries(new URL(location, 'https://localhost').searchParams) : {};
}

/** A PKCE verifier with its challenge. */
export function createProof(): { readonly code_verifier: string; readonly code_challenge: string } {
  const code_verifier = randomBytes(32).toString('base64url');
  return { code_verifier, code_challenge: createHash('sha256').update(code_verifier).digest('base64url') };
}
