import type { AllClientMetadata, errors } from 'oidc-provider';
import { findKeySetProblem } from './registered-certificates';
import { findSubjectValueProblem } from './subject-match';

/** Creates the check of what the engine registers without a look: values that no certificate could ever match. */
export function createClientPolicy({
  InvalidClientMetadata,
}: Pick<typeof errors, 'InvalidClientMetadata'>): (metadata: AllClientMetadata) => void {
  return (metadata) => {
    const problem = findSubjectValueProblem(metadata) ?? findKeyProblem(metadata);
    if (problem !== undefined) throw new InvalidClientMetadata(problem);
  };
}

function findKeyProblem({ token_endpoint_auth_method, jwks, jwks_uri }: AllClientMetadata): string | undefined {
  if (token_endpoint_auth_method !== 'self_signed_tls_client_auth') return undefined;
  if (jwks_uri !== undefined)
    return jwks_uri.startsWith('https:') ? undefined : 'jwks_uri cannot be used: it is no https address';
  const problem = findKeySetProblem(jwks);
  return problem === undefined ? undefined : `jwks cannot be used: ${problem}`;
}
