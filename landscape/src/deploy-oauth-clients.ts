import { readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { authorizationServerAddresses, paths } from './authorization-server/addresses';
import { BACKEND_RESOURCE } from './authorization-server/authorization-server';
import { trustClientFile } from './control/trust-client';
import { DeployError } from './deploy-error';
import type { Landscape } from './landscape';
import { runStep, type Progress } from './progress';

/** Runs one command line and resolves with what it printed. */
type Run = (...argv: string[]) => Promise<string>;

export interface OAuthDeployment {
  readonly cf: Run;
  /** Runs in `secrets`. */
  readonly mtls: Run;
  /** Folder for what must not be seen by others, mode 0700. */
  readonly secrets: string;
  readonly progress: Progress;
}

const services = { client: 'mtlsOauthClient', issuer: 'mtlsOauthIssuer' } as const;

/**
 * Does what tutorial 3 does: registers two clients at the authorization server, one of them with a self-signed certificate,
 * and tells both apps by a user-provided service each.
 * @throws {DeployError} naming the step, with what was answered.
 */
export async function deployOAuthClients(landscape: Landscape, deployment: OAuthDeployment): Promise<void> {
  const { cf, mtls, secrets, progress } = deployment;
  const { issuer } = authorizationServerAddresses(landscape.settings);
  const register = (what: string, metadata: object): Promise<RegisteredClient> =>
    runStep(progress, `POST ${issuer}${paths.registration} (${what})`, () => registerClient(landscape, metadata));
  const plain = await register('client_secret_basic', { token_endpoint_auth_method: 'client_secret_basic' });
  await mtls('cert', 'self-signed', '--subject', 'CN=frontendmtls', '--out', '.');
  const keySet: unknown = JSON.parse(await mtls('cert', 'jwks', 'client.crt'));
  const bound = await register('self_signed_tls_client_auth', {
    token_endpoint_auth_method: 'self_signed_tls_client_auth',
    tls_client_certificate_bound_access_tokens: true,
    jwks: keySet,
  });
  await runStep(progress, 'landscape router trust client.crt', () =>
    trustClientFile('client.crt', { cwd: secrets }, landscape.router),
  );
  const settings = {
    OAUTH_ISSUER: issuer,
    OAUTH_CLIENT_ID: plain.client_id,
    OAUTH_CLIENT_SECRET: plain.client_secret,
    MTLS_OAUTH_CLIENT_ID: bound.client_id,
    MTLS_OAUTH_CERTIFICATE: await readFile(join(secrets, 'client.crt'), 'utf8'),
    MTLS_OAUTH_KEY: await readFile(join(secrets, 'client.key'), 'utf8'),
  };
  const file = join(secrets, 'oauth-client.json');
  await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
  await cf('create-user-provided-service', services.client, '-t', 'oauth-client', '-p', file);
  const trusted = JSON.stringify({ OAUTH_ISSUER: issuer, OAUTH_AUDIENCE: BACKEND_RESOURCE });
  await cf('create-user-provided-service', services.issuer, '-t', 'oauth-issuer', '-p', trusted);
  await cf('bind-service', 'frontendmtls', services.client);
  await cf('bind-service', 'backendmtls', services.issuer);
}

const clientSchema = v.object({ client_id: v.string(), client_secret: v.optional(v.string()) });
type RegisteredClient = v.InferOutput<typeof clientSchema>;

/** RFC 7591 §3. */
async function registerClient({ settings, ca }: Landscape, metadata: object): Promise<RegisteredClient> {
  const { issuer } = authorizationServerAddresses(settings);
  const { status, body } = await post(`${issuer}${paths.registration}`, JSON.stringify(metadata), ca.rootPem);
  if (status !== 201) throw new DeployError(`The registration was answered with ${status}: ${body}`);
  return v.parse(clientSchema, JSON.parse(body));
}

function post(url: string, body: string, ca: string): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    request(url, { method: 'POST', headers, ca, agent: false, signal: AbortSignal.timeout(20_000) })
      .once('error', reject)
      .once('response', (response) => {
        const status = response.statusCode ?? 0;
        text(response).then((answer) => resolve({ status, body: answer }), reject);
      })
      .end(body);
  });
}
