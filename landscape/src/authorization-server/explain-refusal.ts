import type { errors, KoaContextWithOIDC } from 'oidc-provider';
import { readClientCertificate } from '../token-core/client-certificate';
import { formatSubject } from './distinguished-name';

/** What a client is told of a refusal. */
export interface Refusal {
  readonly status: number;
  /** RFC 6749 §5.2, or RFC 7591 §3.2.2 for a registration. */
  readonly error: string;
  readonly description: string;
}

interface Situation {
  readonly ctx: KoaContextWithOIDC;
  /** Where certificates are asked for. */
  readonly certificateUrl: string;
}

/**
 * Says what the engine only hints at: which check failed, and what to do. It keeps the cause to itself, as a server on the
 * internet should; this one is for learning and answers its own machine alone.
 */
export function explainRefusal(error: errors.OIDCProviderError, situation: Situation): Refusal {
  const detail = error.error_detail ?? '';
  const { status, error: code, error_description: description = code } = error;
  switch (code) {
    case 'invalid_client': {
      const cause = causes[detail]?.(situation) ?? detail;
      return { status, error: code, description: `Client authentication failed: ${cause}` };
    }
    case 'invalid_client_metadata':
      return explainMetadata({ status, error: code, description: withDetail(description, detail) }, situation);
    case 'invalid_grant':
      return { status, error: code, description: causes[detail]?.(situation) ?? description };
    case 'invalid_request':
      return explainRequest({ status, error: code, description });
    default:
      return { status, error: code, description };
  }
}

/** Details of the engine, by its words, and what they mean here. */
const causes: Readonly<Record<string, (situation: Situation) => string>> = {
  'client not found': () => 'there is no such client; register it again after a restart of the landscape',
  'invalid secret provided': () => 'the client secret is wrong',
  'client certificate was not provided': describeMissingCertificate,
  'mutual TLS client certificate not provided': (situation) =>
    `This client's tokens are bound to a certificate (tls_client_certificate_bound_access_tokens), and ${describeMissingCertificate(situation)}`,
  'client certificate was not verified': describeUntrusted,
  'certificate subject value does not match the registered one': describeOtherSubject,
  'unregistered client certificate provided': () =>
    "the certificate is none of the client's registered ones (x5c of its JWKS); a new certificate for the same key is another certificate",
  'the provided authentication mechanism does not match the registered client authentication method': ({ ctx }) =>
    `the client is registered for ${String(ctx.oidc.client?.['tokenEndpointAuthMethod'])} and must authenticate by that alone`,
};

function describeMissingCertificate({ ctx, certificateUrl }: Situation): string {
  const isAskedFor = ctx.req.socket.localPort === Number(new URL(certificateUrl).port);
  return isAskedFor
    ? 'no client certificate was presented'
    : `this port asks for no certificate; use ${certificateUrl}${ctx.path} (mtls_endpoint_aliases)`;
}

function describeUntrusted({ ctx }: Situation): string {
  const reason = readClientCertificate(ctx.req.socket)?.untrusted ?? 'unknown reason';
  const remedy = remedies[reason];
  return `the client certificate is not trusted (${reason})${remedy === undefined ? '' : `; ${remedy}`}`;
}

const SEND_CHAIN = 'send the certificate followed by its intermediate certificates';
const remedies: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: SEND_CHAIN,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: SEND_CHAIN,
  DEPTH_ZERO_SELF_SIGNED_CERT: 'a client with a certificate of its own registers for self_signed_tls_client_auth',
};

function describeOtherSubject({ ctx }: Situation): string {
  const certificate = readClientCertificate(ctx.req.socket);
  const subject = certificate === undefined ? '' : formatSubject(certificate.x509);
  return `the certificate has not the subject value that the client is registered with; its subject is "${subject}"`;
}

/** RFC 6749 has no such error: at its endpoints it says that the key set of a registered client could not be fetched. */
function explainMetadata(refusal: Refusal, { ctx }: Situation): Refusal {
  const isRegistration = ctx.oidc.route === 'registration' || ctx.oidc.route === 'client_update';
  if (isRegistration) return refusal;
  return { status: 401, error: 'invalid_client', description: `Client authentication failed: ${refusal.description}` };
}

function explainRequest(refusal: Refusal): Refusal {
  switch (refusal.description) {
    case 'no client authentication mechanism provided':
      return {
        ...refusal,
        description: 'client_id is missing; it is required with a client certificate, too (RFC 8705 §2)',
      };
    case 'requested grant type is not allowed for this client':
      return { ...refusal, error: 'unauthorized_client' };
    default:
      return refusal;
  }
}

/** Details of metadata and key sets come from checks: they name members, never values. */
function withDetail(description: string, detail: string): string {
  return detail === '' ? description : `${description}: ${detail}`;
}
