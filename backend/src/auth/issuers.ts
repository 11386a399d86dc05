import type { Service } from '@sap/xssec';
import type { IssuerBinding } from '../issuer-bindings';
import { IdentityIssuer } from './identity-issuer';
import type { IssuerOptions } from './issuer-request';
import { XsuaaIssuer } from './xsuaa-issuer';

/**
 * Creates what checks the tokens of each bound service. @sap/xssec gives a token to the first one that it names as its
 * audience.
 */
export function createIssuers(bindings: readonly IssuerBinding[], options: IssuerOptions): Service[] {
  return bindings.map((binding) =>
    binding.kind === 'identity' ? new IdentityIssuer(binding, options) : new XsuaaIssuer(binding, options),
  );
}
