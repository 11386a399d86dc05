import type { Service } from '@sap/xssec';
import type { IssuerBinding } from '../config';
import { XsuaaIssuer, type IssuerOptions } from './xsuaa-issuer';

/** Creates what checks the tokens of each bound service. */
export function createIssuers(bindings: readonly IssuerBinding[], options: IssuerOptions): Service[] {
  return bindings.map((binding) => new XsuaaIssuer(binding, options));
}
