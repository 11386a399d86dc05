const PATTERN = /^([a-z][a-z0-9+.-]*):\/\/([^\s/?#:@\\]+)(?::(\d{1,5}|\*))?(\/[^\s?#\\]*)?$/i;
/** Neither blanks and control characters, which parsers drop, nor a backslash, which browsers take for a slash. */
const PRINTABLE = /^[\x21-\x5b\x5d-\x7e]+$/;
const LABELS_BEHIND_WILDCARD = 2;

/**
 * Tells whether a redirect URI is one that a client has registered: it is the same, or has the form of a pattern with
 * wildcards. `*` stands for (a part of) one host label with at least two more labels behind it, for a part of one path
 * segment, or, behind localhost, for any port; `**` at the end for any path (SAP Help, Listing Allowed Redirect URIs; and
 * Redirect URIs, Post Logout Redirect URI Rules).
 */
export function isRegisteredRedirectUri(uri: string, registered: readonly string[]): boolean {
  const parsed = parseRedirectUri(uri);
  return parsed !== undefined && registered.some((pattern) => uri === pattern || matches(parsed, pattern));
}

/** Tells whether an address can be registered: with wildcards only where they do not stand for hosts of everybody. */
export function isRedirectPattern(pattern: string): boolean {
  if (!pattern.includes('*')) return parseRedirectUri(pattern) !== undefined;
  const [, , host, port] = PATTERN.exec(pattern) ?? [];
  return host !== undefined && isHostPattern(host) && (port !== '*' || isLocalHost(host));
}

/** The hosts that lead to the user's own machine. */
export function isLocalRedirectUri(uri: string): boolean {
  const parsed = parseRedirectUri(uri);
  return parsed !== undefined && /^https?:$/.test(parsed.protocol) && parsed.hostname === 'localhost';
}

/** Adds the answer's parameters to a redirect URI, whose own query stays in front (RFC 6749 §3.1.2). */
export function addToQuery(uri: string, parameters: Readonly<Record<string, string>>): string {
  return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams(parameters).toString()}`;
}

/** @returns undefined for what no client may be sent to: it has a fragment or user info, or browsers would read it in another way. */
function parseRedirectUri(uri: string): URL | undefined {
  if (!PRINTABLE.test(uri) || uri.includes('#') || !URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  const isHierarchical = uri.slice(url.protocol.length).startsWith('//') && url.hostname !== '';
  const hasUser = url.username !== '' || url.password !== '' || /^[^/]*\/\/[^/?]*@/.test(uri);
  return isHierarchical && !hasUser && !scripts.has(url.protocol) ? url : undefined;
}

const scripts = new Set(['javascript:', 'data:', 'vbscript:', 'file:', 'blob:']);

function matches(url: URL, pattern: string): boolean {
  if (!pattern.includes('*')) return false;
  const [, scheme = '', host = '', port = '', path = '/'] = PATTERN.exec(pattern) ?? [];
  if (`${scheme.toLowerCase()}:` !== url.protocol) return false;
  // A query is the application's own; only a path that is open to anything lets it through.
  if (url.search !== '' && !path.endsWith('**')) return false;
  return matchesHost(url, host.toLowerCase()) && matchesPort(url, host, port) && matchesPath(url.pathname, path);
}

function matchesHost({ hostname }: URL, pattern: string): boolean {
  if (!pattern.includes('*')) return hostname === pattern;
  return isHostPattern(pattern) && new RegExp(`^${toSource(pattern, '[a-z0-9-]+')}$`).test(hostname);
}

function isHostPattern(pattern: string): boolean {
  if (!pattern.includes('*') || pattern === '*.localhost') return true;
  const labels = pattern.split('.');
  const [wild = 0, ...others] = labels.flatMap((label, index) => (label.includes('*') ? [index] : []));
  return others.length === 0 && labels.length - 1 - wild >= LABELS_BEHIND_WILDCARD;
}

function isLocalHost(pattern: string): boolean {
  return /^(?:(?:\*\.)?localhost|127\.0\.0\.1)$/i.test(pattern);
}

function matchesPort({ protocol, port }: URL, host: string, pattern: string): boolean {
  if (pattern === '*') return isLocalHost(host);
  // URL leaves out the scheme's own port.
  return new URL(`${protocol}//host${pattern === '' ? '' : `:${pattern}`}`).port === port;
}

/** `/callback/**` means `/callback`, too. */
function matchesPath(actual: string, pattern: string): boolean {
  const [, begin = '', end] = /^(.*?)(\/?\*\*)?$/.exec(pattern) ?? [];
  const tails: Readonly<Record<string, string>> = { '/**': '(?:/.*)?', '**': '.*' };
  return new RegExp(`^${toSource(begin, '[^/]*')}${tails[end ?? ''] ?? ''}$`).test(actual);
}

function toSource(pattern: string, wildcard: string): string {
  return pattern
    .split('*')
    .map((part) => part.replaceAll(/[$()+.?[\\\]^{|}]/g, String.raw`\$&`))
    .join(wildcard);
}
