import { isLoopback } from '../../probe/proxy';
import { isHostForSecrets } from '../../service-key/client-credentials';
import { KEYSTORE } from '../property-names';
import type { DestinationUnderLint, Rule } from './destination-under-lint';

const COMPLETE = 'Append /oauth/token to "certurl" of XSUAA, or /oauth2/token to "url" of IAS.';
/** Seconds that the service accepts. */
const limits = [
  ['tokenServiceURL.ConnectionTimeoutInSeconds', 60],
  ['tokenServiceURL.SocketReadTimeoutInSeconds', 600],
] as const;

/** Where and how the service fetches the token. */
export const tokenServiceRules: readonly Rule[] = [
  (destination) =>
    isOAuth(destination) && destination.entry.kind === 'file' && !destination.has('tokenServiceURL')
      ? [
          destination.error('tokenServiceURL', [
            'property-missing',
            `tokenServiceURL is missing${destination.has(KEYSTORE) ? '; the keystore is of no use without it' : ''}.`,
            'Give the complete token endpoint: "certurl" of XSUAA with /oauth/token. In the cockpit mTLS can be chosen only once it is there.',
          ]),
        ]
      : [],
  (destination) => {
    const value = destination.value('tokenServiceURL');
    if (value === undefined || value === '') return [];
    const url = destination.url('tokenServiceURL');
    if (url === undefined || !/^https?:$/.test(url.protocol))
      return [
        destination.error('tokenServiceURL', ['token-url-incomplete', `"${value}" is no complete address.`, COMPLETE]),
      ];
    if (url.protocol === 'http:')
      return [
        destination.error('tokenServiceURL', [
          'token-url-http',
          'Over plain http no certificate can be shown, and a secret would be readable for all.',
          'Begin it with https://.',
        ]),
      ];
    return [];
  },
  (destination) => {
    const url = destination.url('tokenServiceURL');
    if (url === undefined || /\/oauth2?\/token\/?$/.test(url.pathname) || (url.pathname !== '/' && !isSap(url)))
      return [];
    return [
      destination.error('tokenServiceURL', [
        'token-url-path',
        `${url.origin}${url.pathname} is not the complete token endpoint.`,
        COMPLETE,
      ]),
    ];
  },
  (destination) => {
    const url = destination.url('tokenServiceURL');
    if (url === undefined || !destination.has(KEYSTORE) || !isHostForSecrets(url.hostname)) return [];
    return [
      destination.error('tokenServiceURL', [
        'token-url-plain-host',
        `${url.hostname} takes no client certificate: it is "url" of the binding.`,
        'Use "certurl", whose host has ".authentication.cert." in it.',
      ]),
    ];
  },
  (destination) => {
    const url = destination.url('tokenServiceURL');
    if (url === undefined || !isLoopback(url.hostname) || destination.value('ProxyType') !== 'Internet') return [];
    return [
      destination.note('tokenServiceURL', [
        'token-url-private',
        `${url.hostname} is the computer of whoever calls: only the landscape's Destination Service can reach it, the real one refuses it.`,
        'On an account use "certurl" of the binding.',
      ]),
    ];
  },
  judgeType,
  (destination) =>
    limits.flatMap(([name, limit]) => {
      const value = destination.value(name);
      if (value === undefined || (/^\d+$/.test(value) && Number(value) <= limit)) return [];
      return [
        destination.warning(name, [
          'timeout-range',
          `"${value}" is no number of seconds from 0 to ${limit}: the service takes 10.`,
          'Give one in that range.',
        ]),
      ];
    }),
];

function judgeType(destination: DestinationUnderLint): ReturnType<Rule> {
  const type = destination.value('tokenServiceURLType');
  const raw = destination.entry.properties['tokenServiceURL'] ?? '';
  if (type !== undefined && type !== 'Common' && type !== 'Dedicated')
    return [
      destination.error('tokenServiceURLType', [
        'token-url-type',
        `"${type}" is neither Dedicated nor Common.`,
        'Write Dedicated for the token endpoint of one subaccount.',
      ]),
    ];
  if (type !== 'Common')
    return raw.includes('{tenant}')
      ? [
          destination.error('tokenServiceURL', [
            'token-url-tenant',
            '{tenant} is replaced only with tokenServiceURLType Common.',
            'Set tokenServiceURLType to Common, or write the subdomain itself.',
          ]),
        ]
      : [];
  // The tenant becomes the first label, so that an address that has one already gets two.
  const host = destination.url('tokenServiceURL')?.hostname ?? '';
  if (!raw.includes('{tenant}') && /^[^.]+\.authentication\./.test(host))
    return [
      destination.error('tokenServiceURL', [
        'common-with-subdomain',
        `With Common the service puts the caller's tenant in front of ${host}, which has a subdomain already.`,
        'Use Dedicated; or for many tenants https://{tenant}.authentication.cert.… .',
      ]),
    ];
  return [
    destination.warning('tokenServiceURLType', [
      'common-without-tenant',
      'With Common every find must say the tenant (header X-tenant, its subdomain), and one without fails.',
      'Use Dedicated, unless an application of a provider sends that header for its subscribers.',
    ]),
  ];
}

function isOAuth(destination: DestinationUnderLint): boolean {
  return destination.value('Authentication')?.startsWith('OAuth2') === true || destination.has(KEYSTORE);
}

/** Other authorization servers have token endpoints of their own. */
function isSap({ hostname }: URL): boolean {
  return /\.authentication\.|\.accounts(400)?\.(ondemand|cloud)|(^|\.)localhost$/.test(hostname);
}
