import type { ClientCertificate } from '../tokens/client-certificate';

export interface OtherCertificate {
  readonly certificate: ClientCertificate;
  readonly sameIssuer: boolean;
}

/**
 * Chooses a valid certificate that is not the one that a token is bound to, best of the same issuer: what a server that
 * checks no more than the issuer would take for the right one.
 */
export function chooseOtherCertificate(
  candidates: readonly ClientCertificate[],
  own: { readonly boundTo: string; readonly issuer: string | undefined },
): OtherCertificate | undefined {
  const others = candidates.filter(({ card }) => card['x5t#S256'] !== own.boundTo);
  const sibling = others.find(({ card }) => card.issuer === own.issuer);
  const certificate = sibling ?? others[0];
  return certificate && { certificate, sameIssuer: sibling !== undefined };
}
