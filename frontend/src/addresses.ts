/** Reads an https URL from the field `name`: a token or a secret never leaves this app unencrypted. */
export function readHttpsUrl(value: string, name: string, problems: string[]): URL | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol === 'https:') return url;
  problems.push(`"${name}" must be an https URL`);
  return undefined;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Tells whether tokens may be sent to a base address: over https, or unencrypted within this machine; no query, no user. */
export function isBaseAddress({ protocol, hostname, search, hash, username, password }: URL): boolean {
  const isProtected = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
  return isProtected && search + hash + username + password === '';
}

/** The address of a path below a base address; a slash at the end of that makes no difference. */
export function resolveBelow(base: URL, path: string): URL {
  const below = new URL(base);
  below.pathname = `${base.pathname.replace(/\/+$/, '')}${path}`;
  below.search = '';
  below.hash = '';
  return below;
}
