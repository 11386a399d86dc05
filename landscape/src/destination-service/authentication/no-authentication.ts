import type { AuthenticationType } from './authentication-type';

/** Nothing to add: the caller sends nothing, or (PrincipalPropagation) what it makes itself. */
export const noAuthentication: AuthenticationType = {
  certificateNames: () => [],
  certificatesReplaceToken: false,
};
