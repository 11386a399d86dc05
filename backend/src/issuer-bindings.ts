import { findBindings, type BindingQuery, type ConfigProblems, type ServiceBinding } from '@mtls/platform';
import { parseIdentityBinding, type IdentityBinding } from './identity-binding';
import { parseXsuaaBinding, type XsuaaBinding } from './xsuaa-binding';

/** A bound service whose tokens this app accepts. */
export type IssuerBinding = XsuaaBinding | IdentityBinding;

/**
 * Reads XSUAA, Identity or both from the bindings. Identity comes first: its tokens may name XSUAA's client as a further
 * audience (`xsuaa-cross-consumption`), while XSUAA's never name Identity's.
 */
export function readIssuerBindings(
  bindings: readonly ServiceBinding[],
  appName: string,
  problems: ConfigProblems,
): IssuerBinding[] {
  const identity = findBindings(bindings, { label: 'identity' });
  const xsuaa = findBindings(bindings, { tag: 'xsuaa' });
  if (identity.length + xsuaa.length === 0) {
    problems.add(
      'Neither XSUAA (tag "xsuaa") nor Identity (label "identity") is bound, so no token can be checked. ' +
        `XSUAA: cf create-service xsuaa application mtlsXsuaa -c xs-security.json, cf bind-service ${appName} mtlsXsuaa. ` +
        `Identity: cf create-service identity application clicreIas -c config_ias.json, cf bind-service ${appName} clicreIas. ` +
        `Then cf restart ${appName}.`,
    );
  }
  refuseSeveral(identity, { label: 'identity' }, appName, problems);
  refuseSeveral(xsuaa, { tag: 'xsuaa' }, appName, problems);
  return [
    ...identity.map((binding) => parseIdentityBinding(binding, problems)),
    ...xsuaa.map((binding) => parseXsuaaBinding(binding, problems)),
  ].filter((binding) => binding !== undefined);
}

function refuseSeveral(
  found: readonly ServiceBinding[],
  query: BindingQuery,
  appName: string,
  problems: ConfigProblems,
): void {
  if (found.length < 2) return;
  const names = found.map(({ name }) => name).join(', ');
  const [[kind, value] = []] = Object.entries(query);
  problems.add(
    `${found.length} services with the ${kind} "${value}" are bound (${names}), and one is meant: ` +
      `cf unbind-service ${appName} <the other>, then cf restart ${appName}.`,
  );
}
