import { KEYSTORE, KEYSTORE_PASSWORD } from '../property-names';
import type { Rule } from './destination-under-lint';

const pem = /\.(pem|crt|cer)$/i;
const binary = /\.(p12|pfx|jks)$/i;

/** The keystore by its name; what is in it and whether it is there, other rules look at. */
export const keystoreRules: readonly Rule[] = [
  (destination) => {
    const name = destination.value(KEYSTORE);
    if (name === undefined || name === '' || pem.test(name) || binary.test(name)) return [];
    return [
      destination.error(KEYSTORE, [
        'keystore-extension',
        `"${name}" has no extension that tells the service the format.`,
        'Upload it as name.pem (or .crt, .cer with key and chain in PEM; .p12, .pfx, .jks), and write the name with it.',
      ]),
    ];
  },
  (destination) =>
    [KEYSTORE, 'KeyStoreLocation', 'TrustStoreLocation'].flatMap((property) => {
      const name = destination.value(property);
      if (name === undefined || name.split('.').length <= 2) return [];
      return [
        destination.warning(property, [
          'keystore-name-dots',
          `"${name}" has several dots: SAP Cloud SDK takes what is behind the first one for the format, and then ignores the file.`,
          'Upload it under a name with one dot, e.g. my_company.pem.',
        ]),
      ];
    }),
  (destination) => {
    const name = destination.value(KEYSTORE) ?? '';
    if (!binary.test(name) || destination.has(KEYSTORE_PASSWORD)) return [];
    return [
      destination.error(KEYSTORE_PASSWORD, [
        'keystore-password-missing',
        `${name} is a keystore with a password, and ${KEYSTORE_PASSWORD} is missing.`,
        'Give the password; or use a keystore in PEM, which has none.',
      ]),
    ];
  },
  (destination) =>
    pem.test(destination.value(KEYSTORE) ?? '') && KEYSTORE_PASSWORD in destination.entry.properties
      ? [
          destination.warning(KEYSTORE_PASSWORD, [
            'keystore-password-unused',
            'A keystore in PEM has no password, unless its key is encrypted.',
            'Remove the line.',
          ]),
        ]
      : [],
  (destination) =>
    /\.jks$/i.test(destination.value(KEYSTORE) ?? '')
      ? [
          destination.warning(KEYSTORE, [
            'keystore-java',
            'Java keystores are not supported everywhere (not on FIPS landscapes, not by every client).',
            'Use PEM, which all read: mtls cert extract.',
          ]),
        ]
      : [],
  (destination) => {
    const proxy = destination.value('ProxyType');
    if (!destination.has(KEYSTORE) || proxy === undefined || proxy === 'Internet' || proxy === '') return [];
    return [
      destination.error('ProxyType', [
        'keystore-proxy-type',
        `With ProxyType ${proxy} the service fetches no tokens over mutual TLS.`,
        'Use Internet.',
      ]),
    ];
  },
  (destination) => {
    const isOAuth = destination.value('Authentication')?.startsWith('OAuth2') === true;
    if (!isOAuth || !destination.has('KeyStoreLocation') || destination.has(KEYSTORE)) return [];
    return [
      destination.error('KeyStoreLocation', [
        'keystore-property',
        'KeyStoreLocation is the keystore for the target (ClientCertificateAuthentication); tokens are fetched with another one.',
        `Write ${KEYSTORE}.`,
      ]),
    ];
  },
  (destination) => {
    if (destination.value('Authentication') !== 'ClientCertificateAuthentication') return [];
    const isHttps = destination.url('URL')?.protocol !== 'http:';
    const findings = isHttps
      ? []
      : [
          destination.error('URL', [
            'url-http',
            'Over plain http no client certificate can be shown.',
            'Begin it with https://.',
          ]),
        ];
    if (destination.has('KeyStoreLocation') || destination.value('KeyStore.Source') === 'ClientProvided')
      return findings;
    const hasOther = destination.has(KEYSTORE);
    findings.push(
      destination.error('KeyStoreLocation', [
        hasOther ? 'keystore-property' : 'credentials-missing',
        hasOther
          ? `${KEYSTORE} is the keystore for tokens; this authentication shows KeyStoreLocation to the target.`
          : 'There is no keystore to show to the target.',
        'Name the uploaded keystore in KeyStoreLocation.',
      ]),
    );
    return findings;
  },
];
