import { KEYSTORE } from '../property-names';
import type { Rule } from './destination-under-lint';

const FROM_BINDING = 'Take "clientid" of the binding or service key that the keystore is from.';

/** How the client authenticates at the token service. */
export const credentialRules: readonly Rule[] = [
  (destination) =>
    !destination.has('Authentication') &&
    destination.entry.kind === 'file' &&
    (destination.has(KEYSTORE) || destination.has('tokenServiceURL'))
      ? [
          destination.error('Authentication', [
            'property-missing',
            'Authentication is missing, although there are properties of a token.',
            'Write OAuth2ClientCredentials.',
          ]),
        ]
      : [],
  (destination) =>
    destination.value('Authentication') === 'OAuth2ClientCredentials' &&
    destination.entry.kind === 'file' &&
    !destination.has('clientId')
      ? [destination.error('clientId', ['property-missing', 'clientId is missing.', FROM_BINDING])]
      : [],
  (destination) => {
    const secret = destination.value('clientSecret');
    if (secret === undefined || !destination.has(KEYSTORE)) return [];
    return secret.trim() === ''
      ? [
          destination.error('clientSecret', [
            'client-secret-empty',
            'clientSecret is there and empty: the service then tries the empty secret and not the certificate, and XSUAA says "Bad credentials".',
            'Remove the line.',
          ]),
        ]
      : [
          destination.error('clientSecret', [
            'client-secret-and-keystore',
            'There are a secret and a keystore, and only one of the two can authenticate.',
            'Remove clientSecret; or the keystore, to use the secret at "url".',
          ]),
        ];
  },
  (destination) => {
    const isComplete =
      destination.entry.kind === 'content' ||
      ['clientSecret', KEYSTORE, 'tokenServiceUser', 'clientAssertion.destinationName'].some((name) =>
        destination.has(name),
      );
    if (destination.value('Authentication') !== 'OAuth2ClientCredentials' || isComplete) return [];
    return [
      destination.error(KEYSTORE, [
        'credentials-missing',
        'There is nothing to authenticate with: neither a keystore nor a secret.',
        `Name the uploaded keystore in ${KEYSTORE}.`,
      ]),
    ];
  },
  (destination) =>
    destination.has('tokenServiceUser') && destination.has(KEYSTORE)
      ? [
          destination.error('tokenServiceUser', [
            'token-service-user',
            'User and password of the token service go before the certificate.',
            'Remove tokenServiceUser and tokenServicePassword.',
          ]),
        ]
      : [],
  (destination) =>
    ['clientSecret', 'Password', 'tokenServicePassword']
      .filter((name) => (destination.value(name) ?? '') !== '')
      .map((name) =>
        destination.warning(name, [
          'secret-in-file',
          'A secret stands in this file.',
          'Keep the file out of version control; better, use a keystore and no secret at all.',
        ]),
      ),
  (destination) =>
    destination.value('TrustAll')?.toLowerCase() === 'true'
      ? [
          destination.warning('TrustAll', [
            'trust-all',
            'The server is not verified: whoever is on the way can read tokens and data.',
            'Remove TrustAll; name a trust store in TrustStoreLocation if the server has a CA of its own.',
          ]),
        ]
      : [],
];
