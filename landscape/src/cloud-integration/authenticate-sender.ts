import type { IncomingMessage } from 'node:http';
import type { JWTPayload } from 'jose';
import type { ClientTrust } from '../client-trust';
import type { ClientCertificate } from '../token-core/client-certificate';
import type { ClientRegistry } from '../token-core/client-registry';
import { Form } from '../token-core/form';
import { OAuthError } from '../token-core/oauth-error';
import { readPresentedSecrets } from '../token-core/presented-secret';
import { passCertificate } from './load-balancer';
import { rolesIn, type Sender } from './sender';

/** Who calls a flow, and how that was found out. */
export interface Caller {
  readonly clientId: string;
  readonly roles: ReadonlySet<string>;
  readonly method: 'certificate' | 'token' | 'basic';
}

export interface SenderAuthenticationOptions {
  readonly registry: ClientRegistry<Sender>;
  readonly trust: ClientTrust;
  /** @throws jose's errors. */
  readonly verifyAccessToken: (jwt: string) => Promise<JWTPayload>;
  readonly now: () => number;
  /** On a trial tenant the key pair is missing that passes certificates on inside. */
  readonly isTrial: () => boolean;
}

const empty = Form.parse('');

/**
 * Finds out who calls: by the client certificate if the load balancer passed one on, whatever else the request carries (SAP
 * KBA 3224701), otherwise by `Authorization: Bearer` or `Basic`.
 * @throws {OAuthError} 401 when that is nobody, 500 for a certificate on a trial tenant.
 */
export async function authenticateSender(req: IncomingMessage, options: SenderAuthenticationOptions): Promise<Caller> {
  const passed = passCertificate(req, options.trust);
  if (passed.kind === 'passed') return authenticateByCertificate(passed.certificate, options);
  const { authorization = '' } = req.headers;
  if (/^basic /i.test(authorization)) return authenticateBySecret(req, options);
  const [, jwt] = /^bearer +(\S+)$/i.exec(authorization) ?? [];
  if (jwt !== undefined) return authenticateByToken(jwt, options);
  throw new OAuthError({
    status: 401,
    error: 'unauthorized',
    description: 'Neither client certificate nor Authorization header found',
    note:
      passed.kind === 'dropped'
        ? `the load balancer dropped the client's certificate: ${passed.problem}`
        : 'the client presented no certificate',
  });
}

function authenticateByCertificate(
  certificate: ClientCertificate,
  { registry, now, isTrial }: SenderAuthenticationOptions,
): Caller {
  if (isTrial())
    throw new OAuthError({
      status: 500,
      error: 'server_error',
      description: 'Internal Server Error',
      note: 'a trial tenant has no key pair sap_cloudintegrationcertificate, so client certificates do not work on it',
    });
  const [match, second] = registry.matchesOf(certificate, now());
  if (match === undefined)
    throw unknownCertificate(
      'The client certificate is not configured in a service key of a Process Integration Runtime service instance.',
      registry.locate(certificate.thumbprint) === 'removed' ? 'its service key was deleted' : 'it is in no service key',
    );
  if (second !== undefined)
    throw unknownCertificate(
      'Either the client certificate is not configured exactly once in a service key of a Process Integration Runtime service instance or client-certificate authentication was not enabled for your tenant.',
      'several service keys accept it: certificates without pinning whose subject and issuer are the same',
    );
  match.credential.recordUse?.(certificate);
  const { clientId, roles } = match.client;
  return { clientId, roles, method: 'certificate' };
}

async function authenticateByToken(
  jwt: string,
  { registry, verifyAccessToken }: SenderAuthenticationOptions,
): Promise<Caller> {
  const claims = await verifyAccessToken(jwt).catch((error: unknown) => {
    throw invalidToken(error instanceof Error ? error.message : String(error));
  });
  const { cid, scope } = claims;
  const sender = typeof cid === 'string' ? registry.find(cid) : undefined;
  if (sender === undefined) throw invalidToken('it was issued to no instance of Process Integration Runtime');
  return { clientId: sender.clientId, roles: rolesIn(Array.isArray(scope) ? scope : []), method: 'token' };
}

function authenticateBySecret(req: IncomingMessage, { registry }: SenderAuthenticationOptions): Caller {
  const readings = readPresentedSecrets(empty, req.headers, { basicAndBody: 'refused', basicEncoding: 'either' });
  const sender = registry.findBySecret(readings);
  if (sender !== undefined) return { clientId: sender.clientId, roles: sender.roles, method: 'basic' };
  throw new OAuthError({
    status: 401,
    error: 'unauthorized',
    description: 'Bad credentials',
    note: `XSUAA could not authenticate OAuth client with client ID ${readings[0]?.clientId ?? ''}`,
  });
}

function unknownCertificate(description: string, note: string): OAuthError {
  return new OAuthError({ status: 401, error: 'invalid_client', description, note });
}

function invalidToken(note: string): OAuthError {
  return new OAuthError({ status: 401, error: 'invalid_token', description: 'The access token is not accepted', note });
}
