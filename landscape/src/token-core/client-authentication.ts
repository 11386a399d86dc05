import type { IncomingMessage } from 'node:http';
import { authenticateByCertificate } from './certificate-authentication';
import { readClientCertificate } from './client-certificate';
import type { ClientRegistry, RegisteredClient } from './client-registry';
import type { Form } from './form';
import { invalidClient, invalidRequest } from './oauth-error';
import { readPresentedSecrets, type PresentedSecret, type SecretRules } from './presented-secret';

export type AuthenticatedClient<Client> =
  | { readonly client: Client; readonly method: 'secret' }
  | {
      readonly client: Client;
      readonly method: 'certificate';
      /** `x5t#S256` that tokens are bound to (RFC 8705 §3.1). */
      readonly thumbprint: string;
    };

/** What a TLS client certificate means at an endpoint; the hint tells a client that took the wrong one where to go. */
export type CertificateRule =
  /** It is the one way to authenticate. */
  | { readonly use: 'required'; readonly hint: string }
  /** It authenticates a request without a secret. */
  | { readonly use: 'accepted'; readonly hint?: string }
  /** It does not count. */
  | { readonly use: 'ignored'; readonly hint: string };

export interface AuthenticationPolicy extends SecretRules {
  readonly certificateRule: (req: IncomingMessage) => CertificateRule;
  /** The description for a client that does not exist; UAA's depends on the method. */
  readonly unknownClient: { readonly bySecret: string; readonly byCertificate: string };
}

export interface AuthenticationContext<Client extends RegisteredClient> {
  readonly registry: ClientRegistry<Client>;
  readonly policy: AuthenticationPolicy;
  readonly now: () => number;
}

/**
 * Authenticates the client of a token request by exactly one method: secret in the body, secret in a Basic header, or TLS
 * client certificate with `client_id` (RFC 6749 §2.3, RFC 8705 §2).
 * @throws {OAuthError} whose description says what was wrong; its note is for the journal.
 */
export function authenticateClient<Client extends RegisteredClient>(
  req: IncomingMessage,
  form: Form,
  { registry, policy, now }: AuthenticationContext<Client>,
): AuthenticatedClient<Client> {
  const secrets = readPresentedSecrets(form, req.headers, policy);
  const rule = policy.certificateRule(req);
  if (rule.use !== 'required' && secrets.length > 0) return authenticateBySecret(secrets, registry, policy);
  const certificate = readClientCertificate(req.socket);
  if (rule.use === 'ignored')
    throw invalidClient(
      `Client authentication failed: no client secret${certificate === undefined ? '' : `, and ${rule.hint}`}`,
      certificate === undefined ? 'no credentials in the request' : 'a certificate only, where it does not count',
    );
  if (rule.use === 'accepted' && certificate === undefined)
    throw invalidClient(
      `Client authentication failed: neither a client secret nor a client certificate came with the request${rule.hint === undefined ? '' : `; ${rule.hint}`}`,
      'no credentials in the request',
    );
  if (rule.use === 'required' && secrets.length > 0) refuseSecret(secrets, rule.hint, certificate !== undefined);
  return authenticateByCertificate(certificate, form.get('client_id'), {
    registry,
    now: now(),
    unknownClient: policy.unknownClient.byCertificate,
  });
}

function authenticateBySecret<Client extends RegisteredClient>(
  secrets: readonly PresentedSecret[],
  registry: ClientRegistry<Client>,
  { unknownClient }: AuthenticationPolicy,
): AuthenticatedClient<Client> {
  const client = registry.findBySecret(secrets);
  if (client !== undefined) return { client, method: 'secret' };
  const [{ clientId } = { clientId: '' }] = secrets;
  const known = secrets.some((presented) => registry.find(presented.clientId) !== undefined);
  throw invalidClient(
    known ? 'Bad credentials' : unknownClient.bySecret,
    known ? `the secret of ${clientId} is wrong, or its binding is gone` : `there is no client "${clientId}"`,
  );
}

/** The certificate endpoint: UAA looks at a Basic header first, and an empty secret is always wrong. */
function refuseSecret(secrets: readonly PresentedSecret[], hint: string, hasCertificate: boolean): never {
  if (secrets.every(({ secret }) => secret === ''))
    throw invalidClient('Bad credentials', 'an empty client secret was sent where a certificate authenticates');
  if (hasCertificate)
    throw invalidRequest('The client authenticates twice, by certificate and by secret: leave the client secret out');
  throw invalidClient(
    `Client authentication failed: no client certificate was presented; ${hint}`,
    'a secret where a certificate authenticates',
  );
}
