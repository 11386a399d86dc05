import type { AuthenticationType } from './authentication-type';

/** The caller gets the keystore, private key included, and shows its certificate to the target itself. */
export const clientCertificateAuthentication: AuthenticationType = {
  certificateNames: (configuration) => {
    const keystore =
      configuration['KeyStore.Source'] === 'ClientProvided' ? undefined : configuration['KeyStoreLocation'];
    return [keystore, configuration['TrustStoreLocation']].flatMap((name) => (name ? [name] : []));
  },
  certificatesReplaceToken: false,
};
