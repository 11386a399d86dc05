import { renderToken } from '../token';
import type { AuthenticationType } from './authentication-type';

/** User and password, ready to be sent (RFC 7617). */
export const basicAuthentication: AuthenticationType = {
  certificateNames: () => [],
  certificatesReplaceToken: false,
  retrieveToken: async ({ configuration, services }) => {
    const { User: user = '', Password: password = '' } = configuration;
    const value = Buffer.from(`${user}:${password}`).toString('base64');
    return { element: renderToken({ type: 'Basic', value }, services.now()), note: 'user and password' };
  },
};
