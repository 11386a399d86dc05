import { issueClient, keySetOf, type TestClientCertificate } from '../authorization-server/client-certificates';
import { startAuthorizationServer } from '../authorization-server/running-authorization-server';
import { startIdentity } from '../identity/running-identity';
import type { Answer } from '../support/https-call';
import { startXsuaa } from '../xsuaa/running-xsuaa';

export type Pair = Pick<TestClientCertificate, 'cert' | 'key'>;

export interface TokenCall {
  /** As it stands in the body. */
  readonly form: string | Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the client shows in the handshake. */
  readonly certificate?: Pair;
  /** Which of the addresses of the server; those of IAS are one. */
  readonly at?: 'certificate' | 'plain';
}

/** A token endpoint, with two clients that have a certificate and nothing else. */
export interface TokenServer {
  readonly client: { readonly id: string; readonly certificate: Pair };
  readonly other: { readonly id: string; readonly certificate: Pair };
  call(call: TokenCall): Promise<Answer>;
  close(): Promise<void>;
}

export async function startXsuaaClients(): Promise<TokenServer> {
  const xsuaa = await startXsuaa();
  const createClient = async (xsappname: string) => {
    const instance = await xsuaa.createInstance({
      xsappname,
      'oauth2-configuration': { 'credential-types': ['x509'], 'grant-types': ['client_credentials'] },
    });
    const { credentials } = await xsuaa.bind(instance, { 'credential-type': 'x509' });
    return describeClient(credentials);
  };
  return {
    client: await createClient('first'),
    other: await createClient('second'),
    call: ({ form, headers, certificate, at = 'certificate' }) =>
      xsuaa.call({ port: at === 'plain' ? 'xsuaa' : 'xsuaaCertificate', ...formCall(form, headers), ...certificate }),
    close: () => xsuaa.close(),
  };
}

export async function startIdentityClients(): Promise<TokenServer> {
  const identity = await startIdentity();
  const createClient = async (name: string) => {
    const instance = await identity.createInstance({ 'display-name': name }, name);
    const { credentials } = await identity.bind(instance, { 'credential-type': 'X509_GENERATED' });
    return describeClient(credentials);
  };
  return {
    client: await createClient('first'),
    other: await createClient('second'),
    call: ({ form, headers, certificate }) => identity.call({ ...formCall(form, headers), ...certificate }),
    close: () => identity.close(),
  };
}

/** The generic server; its clients register self-signed certificates. */
export async function startGenericClients(): Promise<TokenServer> {
  const server = await startAuthorizationServer();
  const createClient = async (name: string) => {
    const certificate = await issueClient({ subject: [{ CN: [name] }] });
    const { client_id: id } = await server.register({
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'self_signed_tls_client_auth',
      tls_client_certificate_bound_access_tokens: true,
      jwks: keySetOf(certificate),
    });
    return { id, certificate: { cert: certificate.cert, key: certificate.key } };
  };
  const { issuer, certificateUrl } = server.addresses;
  return {
    client: await createClient('first'),
    other: await createClient('second'),
    call: ({ form, headers, certificate, at = 'certificate' }) =>
      server.call({
        url: at === 'plain' ? issuer : certificateUrl,
        form,
        ...(headers && { headers }),
        ...(certificate && { certificate }),
      }),
    close: () => server.close(),
  };
}

function describeClient({ clientid: id = '', certificate: cert = '', key = '' }: Record<string, string>) {
  return { id, certificate: { cert, key } };
}

function formCall(form: TokenCall['form'], headers: TokenCall['headers'] = {}) {
  const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
  return { body, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } };
}
