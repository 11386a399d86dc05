import type { IncomingMessage } from 'node:http';
import { listHeaderValues } from './raw-headers';

const PORT = /:\d{1,5}$/;

/**
 * Tells from the host whether a request came on a certificate route, where the platform asks for a client certificate and
 * sets the header itself. The header's presence proves nothing: on other routes a client may have sent it.
 *
 * Anything that is not one plain host of the list is no certificate route: there, less is accepted.
 * @param hosts in lower case; `*.` at the beginning stands for one label
 */
export function isCertificateRoute({ rawHeaders, url }: IncomingMessage, hosts: ReadonlySet<string>): boolean {
  // RFC 9112 §3.2.2: in absolute form the target names the host, and Host does not count.
  if (url?.startsWith('/') !== true) return false;
  const [value, second] = listHeaderValues(rawHeaders, 'host');
  if (value === undefined || second !== undefined) return false;
  const host = value.toLowerCase().replace(PORT, '');
  return hosts.has(host) || hosts.has(`*${host.slice(host.indexOf('.'))}`);
}
