import type { errors, KoaContextWithOIDC, MTLSConfiguration } from 'oidc-provider';
import { readClientCertificate, type ClientCertificate } from '../token-core/client-certificate';
import { matchesSubjectValue } from './subject-match';

export interface MutualTlsOptions {
  readonly errors: typeof errors;
  readonly now: () => number;
}

/**
 * Configures the engine's two ways of client authentication with a certificate and certificate-bound access tokens (RFC 8705).
 * The certificate is that of the TLS handshake; a header never counts.
 */
export function configureMutualTls({ errors, now }: MutualTlsOptions): MTLSConfiguration {
  return {
    enabled: true,
    tlsClientAuth: true,
    selfSignedTlsClientAuth: true,
    certificateBoundAccessTokens: true,
    getCertificate: (ctx) => {
      const certificate = readClientCertificate(ctx.req.socket);
      const problem = certificate && findValidityProblem(certificate, now());
      if (problem !== undefined) throw new errors.InvalidClientAuth(problem);
      return certificate?.x509;
    },
    certificateAuthorized: (ctx) => isTrusted(ctx),
    certificateSubjectMatches: (ctx, property, expected) => {
      const certificate = readClientCertificate(ctx.req.socket);
      return certificate !== undefined && matchesSubjectValue(certificate.x509, property, expected);
    },
  };
}

function isTrusted(ctx: KoaContextWithOIDC): boolean {
  const certificate = readClientCertificate(ctx.req.socket);
  return certificate !== undefined && certificate.untrusted === undefined;
}

/**
 * Nobody validates the chain of a self-signed client's certificate (RFC 8705 §2.2), but the days that it names itself count
 * here, by the landscape's clock.
 */
function findValidityProblem({ x509, untrusted }: ClientCertificate, now: number): string | undefined {
  if (Date.parse(x509.validTo) <= now || untrusted === 'CERT_HAS_EXPIRED')
    return `the client certificate expired on ${x509.validTo}`;
  if (Date.parse(x509.validFrom) > now) return `the client certificate is not valid before ${x509.validFrom}`;
  return undefined;
}
