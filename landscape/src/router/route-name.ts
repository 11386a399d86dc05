/** A route as a manifest names it: `host.domain` or `host.domain/path`. */
export interface RouteName {
  /** As given, lower case. */
  readonly name: string;
  /** The first label; `*` for a wildcard. */
  readonly host: string;
  readonly domain: string;
  /** With its leading slash, or empty. */
  readonly path: string;
  /** The platform asks for a client certificate where the second label is `cert`. */
  readonly certificate: boolean;
}

/** Parses a route; undefined when it has not at least a host and a domain. */
export function parseRouteName(text: string): RouteName | undefined {
  const match = /^(\*|[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)\.([a-z0-9.-]*[a-z0-9])(\/[^\s?#]*)?$/i.exec(text);
  const [, host, domain, path = ''] = match ?? [];
  if (host === undefined || domain === undefined) return undefined;
  const name = `${host}.${domain}`.toLowerCase();
  return {
    name: `${name}${path}`,
    host: host.toLowerCase(),
    domain: domain.toLowerCase(),
    path,
    certificate: name.split('.')[1] === 'cert',
  };
}
