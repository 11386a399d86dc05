import type { Hop, HopAuthentication, Party } from '../hops';

/** How a hop is drawn: the first that applies, from worst to best. */
export type HopState = 'failed' | 'stale' | 'cached' | 'unseen' | 'done';

const PARTIES: Readonly<Record<Party, { readonly name: string; readonly role: string }>> = {
  browser: { name: 'Browser', role: 'you' },
  frontend: { name: 'Frontend', role: 'this app, OAuth client' },
  xsuaa: { name: 'XSUAA', role: 'authorization server' },
  identity: { name: 'Identity (IAS)', role: 'authorization server' },
  'authorization-server': { name: 'OAuth server', role: 'authorization server' },
  'destination-service': { name: 'Destination Service', role: 'find API' },
  backend: { name: 'Backend', role: 'resource server' },
};

export function partyName(party: Party): string {
  return PARTIES[party].name;
}

export function partyRole(party: Party): string {
  return PARTIES[party].role;
}

/** Tells how a hop went. A stale answer is no failure of the request: the page was served. */
export function hopState(hop: Hop): HopState {
  if (hop.cache === 'stale') return 'stale';
  if (hop.failure !== undefined) return 'failed';
  if (hop.cache === 'hit') return 'cached';
  return hop.observed ? 'done' : 'unseen';
}

const AUTHENTICATIONS: Readonly<Record<HopAuthentication['kind'], string>> = {
  none: 'no authentication',
  secret: 'client secret',
  certificate: 'client certificate',
  bearer: 'bearer token',
};

/** Names what the caller authenticated with, without the thumbprint. */
export function authenticationText(authentication: HopAuthentication): string {
  const certificate = certificateOf(authentication);
  if (authentication.kind === 'bearer' && certificate !== undefined) return 'bearer token and client certificate';
  return AUTHENTICATIONS[authentication.kind];
}

/** Returns the thumbprint of the certificate that the caller showed in the handshake, if it showed one. */
export function certificateOf(authentication: HopAuthentication): string | undefined {
  return authentication.kind === 'certificate' || authentication.kind === 'bearer'
    ? authentication['x5t#S256']
    : undefined;
}

/** Returns the first characters of a thumbprint: enough to tell two certificates apart on one page. */
export function shortThumbprint(thumbprint: string): string {
  return thumbprint.length > 8 ? `${thumbprint.slice(0, 7)}…` : thumbprint;
}

/** Says where the answer came from when it was not simply the called party; empty when it was. */
export function answeredBy(hop: Hop): string {
  if (hop.cache === 'hit') return 'from cache';
  if (hop.cache === 'stale') return 'from cache, refresh failed';
  return hop.observed ? '' : 'not observed';
}

export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1) return '< 1 ms';
  if (milliseconds < 10_000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Says status, duration and origin of the answer, e.g. `200 · 14 ms` or `failed · 5002 ms`. */
export function outcomeText(hop: Hop): string {
  const parts = [
    hopState(hop) === 'failed' ? 'failed' : undefined,
    hop.status?.toString(),
    hop.durationMs === undefined ? undefined : formatDuration(hop.durationMs),
    answeredBy(hop),
  ];
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}

/** One sentence about a hop, for those who hear the page. */
export function hopSentence(hop: Hop, number: number): string {
  const outcome = outcomeText(hop);
  const certificate = certificateOf(hop.authentication);
  const shown = certificate === undefined ? '' : ` ${shortThumbprint(certificate)}`;
  return `${number}. ${partyName(hop.from)} to ${partyName(hop.to)}: ${hop.method} ${hop.path}, ${authenticationText(hop.authentication)}${shown}${outcome === '' ? '' : `, ${outcome}`}.`;
}
