import type { Service } from '@sap/xssec';
import type { IssuerBinding } from '../issuer-bindings';
import { IdentityIssuer } from './identity-issuer';
import type { IssuerOptions } from './issuer-request';
import { OAuthIssuer } from './oauth-issuer';
import { XsuaaIssuer } from './xsuaa-issuer';

/**
 * Creates what checks the tokens of each configured issuer. @sap/xssec gives a token to the first one that it names as its
 * audience.
 */
export function createIssuers(bindings: readonly IssuerBinding[], options: IssuerOptions): Service[] {
  return bindings.map((binding) => createIssuer(binding, options));
}

function createIssuer(binding: IssuerBinding, options: IssuerOptions): Service {
  switch (binding.kind) {
    case 'identity':
      return new IdentityIssuer(binding, options);
    case 'xsuaa':
      return new XsuaaIssuer(binding, options);
    case 'oauth':
      return new OAuthIssuer(binding, options);
  }
  return binding satisfies never;
}
