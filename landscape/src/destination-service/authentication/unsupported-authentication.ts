import { TokenRetrievalError } from '../token';
import { tokenKeystoreNames, type AuthenticationType } from './authentication-type';

/** For the types whose token this landscape's service does not retrieve: the rest of the answer is as the real one's. */
export const unsupportedAuthentication: AuthenticationType = {
  certificateNames: tokenKeystoreNames,
  certificatesReplaceToken: true,
  retrieveToken: async ({ configuration }) => {
    throw TokenRetrievalError.because(
      `the Destination Service of this landscape retrieves no tokens for Authentication ${configuration['Authentication'] ?? ''}`,
    );
  },
};
