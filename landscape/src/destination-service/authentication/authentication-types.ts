import type { Properties } from '../destination';
import type { AuthenticationType } from './authentication-type';
import { basicAuthentication } from './basic-authentication';
import { clientCertificateAuthentication } from './client-certificate-authentication';
import { noAuthentication } from './no-authentication';
import { oauth2ClientCredentials } from './oauth2-client-credentials';
import { oauth2JwtBearer } from './oauth2-jwt-bearer';
import { unsupportedAuthentication } from './unsupported-authentication';

const authenticationTypes: ReadonlyMap<string, AuthenticationType> = new Map([
  ['NoAuthentication', noAuthentication],
  ['PrincipalPropagation', noAuthentication],
  ['BasicAuthentication', basicAuthentication],
  ['ClientCertificateAuthentication', clientCertificateAuthentication],
  ['OAuth2ClientCredentials', oauth2ClientCredentials],
  ['OAuth2JWTBearer', oauth2JwtBearer],
  // The real service fetches a refresh token first and the user's token with it; what comes of it is the same.
  ['OAuth2UserTokenExchange', oauth2JwtBearer],
]);

export function authenticationOf(configuration: Properties): AuthenticationType {
  const name = configuration['Authentication'];
  if (name === undefined) return noAuthentication;
  return authenticationTypes.get(name) ?? unsupportedAuthentication;
}
