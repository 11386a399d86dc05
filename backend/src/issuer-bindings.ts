import {
  findBindings,
  type BindingQuery,
  type ConfigProblems,
  type ServiceBinding,
  type SettingsSource,
} from '@mtls/platform';
import { parseIdentityBinding, type IdentityBinding } from './identity-binding';
import { ISSUER_TAG, readOAuthBinding, type OAuthBinding } from './oauth-settings';
import { parseXsuaaBinding, type XsuaaBinding } from './xsuaa-binding';

/** A service whose tokens this app accepts. */
export type IssuerBinding = XsuaaBinding | IdentityBinding | OAuthBinding;

/**
 * Reads whose tokens count: XSUAA, Identity, an authorization server of another vendor, or several of them. Identity comes
 * first: its tokens may name XSUAA's client as a further audience (`xsuaa-cross-consumption`), while XSUAA's never name
 * Identity's.
 */
export function readIssuerBindings(source: SettingsSource, appName: string): IssuerBinding[] {
  const { bindings, problems } = source;
  const identity = findBindings(bindings, { label: 'identity' });
  const xsuaa = findBindings(bindings, { tag: 'xsuaa' });
  const before = problems.count;
  const oauth = readOAuthBinding(source);
  if (identity.length + xsuaa.length === 0 && oauth === undefined && problems.count === before) {
    problems.add(
      'Neither XSUAA (tag "xsuaa") nor Identity (label "identity") is bound, so no token can be checked. ' +
        `XSUAA: cf create-service xsuaa application mtlsXsuaa -c xs-security.json, cf bind-service ${appName} mtlsXsuaa. ` +
        `Identity: cf create-service identity application clicreIas -c config_ias.json, cf bind-service ${appName} clicreIas. ` +
        'Another authorization server: cf create-user-provided-service mtlsOauthIssuer ' +
        `-t ${ISSUER_TAG} -p '{"OAUTH_ISSUER":"https://…","OAUTH_AUDIENCE":"…"}', cf bind-service ${appName} mtlsOauthIssuer. ` +
        `Then cf restart ${appName}.`,
    );
  }
  refuseSeveral(identity, { label: 'identity' }, appName, problems);
  refuseSeveral(xsuaa, { tag: 'xsuaa' }, appName, problems);
  return [
    ...identity.map((binding) => parseIdentityBinding(binding, problems)),
    ...xsuaa.map((binding) => parseXsuaaBinding(binding, problems)),
    oauth,
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
