import { BlockList, isIP } from 'node:net';
import type { Properties } from './destination';
import { messageOf } from './service-error';
import { TokenRetrievalError } from './token';

export interface TokenServiceUrlRequest {
  readonly configuration: Properties;
  /** Value of the header X-tenant: the subdomain of the tenant on whose behalf the token is fetched. */
  readonly tenant: string | undefined;
  readonly refusePrivate: boolean;
}

/** A subdomain is one DNS label: anything else could lead the call, and the credentials, to another host. */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/**
 * Finds the URL that a token is fetched from: `Dedicated` ones are used as they are; in `Common` ones the tenant replaces
 * `{tenant}` or becomes the first label of the host.
 * @throws {TokenRetrievalError} when the URL is none, the header X-tenant does not go with the type, or the host is private and
 * may not be.
 */
export function resolveTokenServiceUrl({ configuration, tenant, refusePrivate }: TokenServiceUrlRequest): URL {
  const text = configuration['tokenServiceURL'] ?? '';
  const url = parseUrl(configuration['tokenServiceURLType'] === 'Common' ? toTenant(text, tenant) : asIs(text, tenant));
  for (const [key, value] of readNamespace(configuration, 'tokenServiceURL.queries.'))
    url.searchParams.append(key, value);
  const proxyType = configuration['tokenServiceURL.ProxyType'] ?? configuration['ProxyType'];
  if (proxyType === 'OnPremise')
    throw TokenRetrievalError.because(
      'the token service is to be reached through the Cloud Connector (ProxyType OnPremise), which this landscape does not have',
    );
  if (refusePrivate && proxyType === 'Internet' && isPrivate(url.hostname))
    throw TokenRetrievalError.because(
      `the host ${url.hostname} of the token service URL is private and cannot be reached with ProxyType Internet`,
    );
  return url;
}

/** The properties below a prefix such as `tokenService.body.`, without it. */
export function readNamespace(configuration: Properties, prefix: string): readonly (readonly [string, string])[] {
  return Object.entries(configuration)
    .filter(([key]) => key.startsWith(prefix) && key.length > prefix.length)
    .map(([key, value]) => [key.slice(prefix.length), value] as const);
}

function asIs(url: string, tenant: string | undefined): string {
  if (url.includes('{tenant}'))
    throw TokenRetrievalError.because(
      `the token service URL "${url}" holds {tenant}, which is replaced only when the tokenServiceURLType property is Common`,
    );
  if (tenant === undefined) return url;
  throw TokenRetrievalError.because(
    'You must not send the X-tenant header when the tokenServiceURLType property is Dedicated',
  );
}

function toTenant(url: string, tenant: string | undefined): string {
  if (tenant === undefined)
    throw TokenRetrievalError.because(
      'You must send the X-tenant header when the tokenServiceURLType property is Common',
    );
  if (!LABEL.test(tenant))
    throw TokenRetrievalError.because(`the X-tenant header must be the subdomain of a tenant, "${tenant}" is none`);
  if (url.includes('{tenant}')) return url.replaceAll('{tenant}', tenant);
  return url.replace('://', `://${tenant}.`);
}

function parseUrl(text: string): URL {
  try {
    const url = new URL(text);
    if (url.protocol === 'https:' || url.protocol === 'http:') return url;
    throw new Error(`its scheme is ${url.protocol}`);
  } catch (error) {
    throw TokenRetrievalError.because(`the token service URL "${text}" is no https URL (${messageOf(error)})`);
  }
}

const privateAddresses = new BlockList();
for (const [network, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
] as const)
  privateAddresses.addSubnet(network, prefix);
privateAddresses.addAddress('::1', 'ipv6');
privateAddresses.addSubnet('fc00::', 7, 'ipv6');
privateAddresses.addSubnet('fe80::', 10, 'ipv6');

function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const version = isIP(host);
  if (version !== 0) return privateAddresses.check(host, version === 6 ? 'ipv6' : 'ipv4');
  return isOnThisMachine(host) || !host.includes('.');
}

/** Names at or below localhost mean this machine (RFC 6761 §6.3). */
export function isOnThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || ['127.0.0.1', '[::1]'].includes(hostname);
}
