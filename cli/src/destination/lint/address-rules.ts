import type { Finding } from '../../findings';
import { KEYSTORE } from '../property-names';
import type { DestinationUnderLint, Rule } from './destination-under-lint';

/** Name, type and the address that the destination leads to. */
export const addressRules: readonly Rule[] = [
  (destination) => require(destination, 'Name', 'It is what an application asks for.'),
  (destination) =>
    destination.entry.kind === 'content' ? [] : require(destination, 'Type', 'For a server of the web it is HTTP.'),
  (destination) =>
    isHttp(destination) && !takesUrlFromKey(destination)
      ? require(destination, 'URL', 'Give the base address, without a path.')
      : [],
  (destination) =>
    isHttp(destination) && destination.entry.kind === 'file'
      ? require(destination, 'ProxyType', 'For an address of the internet it is Internet.')
      : [],
  (destination) => {
    const value = destination.value('URL');
    if (value === undefined || value.trim() === '' || !isHttp(destination)) return [];
    const url = destination.url('URL');
    if (url !== undefined && /^https?:$/.test(url.protocol)) return [];
    return [
      destination.error('URL', [
        'url-incomplete',
        `"${value}" is no complete address.`,
        'Begin it with https://, e.g. https://host.domain.',
      ]),
    ];
  },
  (destination) =>
    destination.value('URL')?.trim().endsWith('/') === true
      ? [
          destination.warning('URL', [
            'url-trailing-slash',
            'The address ends with a slash: callers append their path with one, and many servers do not take two.',
            'Remove it.',
          ]),
        ]
      : [],
  (destination) => {
    const url = destination.url('URL');
    if (
      url === undefined ||
      !destination.has(KEYSTORE) ||
      !/\.cfapps\./.test(url.hostname) ||
      /\.cert\./.test(url.hostname)
    )
      return [];
    return [
      destination.warning('URL', [
        'url-plain-route',
        'Tokens of this destination are bound to the keystore’s certificate, which can arrive on a certificate route only; on a plain one a backend that checks the binding refuses them.',
        'Map a certificate route to the app (host.cert.domain), and use that.',
      ]),
    ];
  },
];

function isHttp(destination: DestinationUnderLint): boolean {
  return (destination.value('Type') ?? 'HTTP') === 'HTTP';
}

/** Of services that have their address in the key. */
function takesUrlFromKey(destination: DestinationUnderLint): boolean {
  return destination.entry.kind === 'content' && destination.has('ServiceInstanceName');
}

function require(destination: DestinationUnderLint, name: string, what: string): Finding[] {
  if (destination.has(name)) return [];
  return [destination.error(name, ['property-missing', `${name} is missing.`, what])];
}
