import type { JsonObject } from '../../src/broker';
import { Browser, alice, type Credentials } from '../token-core/browser';
import { parametersOf } from '../xsuaa/running-login';
import type { Answer, RunningIdentity } from './running-identity';

export { createProof, parametersOf } from '../xsuaa/running-login';

export const redirect_uri = 'http://localhost:5002/login/callback';

export const configuration = {
  'redirect-uris': ['http://localhost:*/login/callback'],
  'post-logout-redirect-uris': ['http://localhost:5002/'],
};

/** An application of the tenant whose users can log in, with a secret and a certificate. */
export interface LoginClient {
  readonly client_id: string;
  readonly tls: { readonly cert: string; readonly key: string };
  browser(): Browser;
  authorizePath(parameters?: Record<string, string>): string;
  /** Logs a user in with a browser and returns the code that the application gets. */
  fetchCode(options?: FetchCodeOptions): Promise<string>;
  withSecret(body: Record<string, string>): Promise<Answer>;
  withCertificate(body: Record<string, string>, tls?: { readonly cert: string; readonly key: string }): Promise<Answer>;
  bindCertificate(): Promise<{ readonly cert: string; readonly key: string }>;
}

export interface FetchCodeOptions {
  readonly user?: Credentials;
  readonly parameters?: Record<string, string>;
  readonly browser?: Browser;
}

export async function createLoginClient(
  identity: RunningIdentity,
  oauth2: JsonObject = {},
  parameters: JsonObject = {},
): Promise<LoginClient> {
  const instanceId = await identity.createInstance({
    'oauth2-configuration': { ...configuration, ...oauth2 },
    ...parameters,
  });
  const { clientid: client_id = '', clientsecret: client_secret = '' } = (await identity.bind(instanceId)).credentials;
  const bindCertificate = async () => {
    const { credentials } = await identity.bind(instanceId, { 'credential-type': 'X509_GENERATED' });
    return { cert: credentials['certificate'] ?? '', key: credentials['key'] ?? '' };
  };
  const tls = await bindCertificate();
  const browser = () => new Browser((call) => identity.call(call));
  const authorizePath = (given: Record<string, string> = {}) =>
    `/oauth2/authorize?${new URLSearchParams({ response_type: 'code', client_id, redirect_uri, scope: 'openid', ...given }).toString()}`;
  return {
    client_id,
    tls,
    browser,
    authorizePath,
    fetchCode: async ({ user = alice, parameters: given = {}, browser: visitor = browser() } = {}) => {
      const page = await visitor.follow(await visitor.get(authorizePath(given)));
      const known = parametersOf(page)['code'];
      if (known !== undefined) return known;
      return parametersOf(await visitor.follow(await visitor.submitLogin(page, user)))['code'] ?? '';
    },
    withSecret: (body) => identity.call({ body: { client_id, client_secret, ...body } }),
    withCertificate: (body, own = tls) => identity.call({ body: { client_id, ...body }, ...own }),
    bindCertificate,
  };
}
