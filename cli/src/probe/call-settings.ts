import { UsageFailure } from '../failure';
import type { RecordHop } from './hop';
import { isLoopback, type Proxy } from './proxy';

/** What all calls of one command have in common. */
export interface CallSettings {
  /** Of each step of a call. */
  readonly timeoutMs: number;
  /** PEM; undefined for what Node trusts by itself. */
  readonly trusted: readonly string[] | undefined;
  readonly proxyFor: (url: URL) => Proxy | undefined;
  /** Whether secrets and tokens may go over plain http to this computer itself. */
  readonly allowsHttpToLocalhost: boolean;
  readonly recordHop?: RecordHop | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** @throws {UsageFailure} `address` for what is none, or holds user and password. */
export function readAddress(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw new UsageFailure('address', `${what} is no address.`, 'Give a complete one, e.g. https://host.domain/path.');
  if (url.username !== '' || url.password !== '')
    throw new UsageFailure('address', `${what} holds a user or password.`, 'Leave them out of the address.');
  return url;
}

/**
 * Refuses to send a secret or token in the clear.
 * @throws {UsageFailure} `plain-http`.
 */
export function refusePlainHttp(url: URL, what: string, { allowsHttpToLocalhost }: CallSettings): void {
  if (url.protocol === 'https:') return;
  const isLocal = isLoopback(url.hostname);
  if (isLocal && allowsHttpToLocalhost) return;
  throw new UsageFailure(
    'plain-http',
    `${what} would go over plain http to ${url.host}, where everybody on the way can read it.`,
    isLocal ? 'Use https, or allow it for this computer with --allow-http-localhost.' : 'Use the https address.',
  );
}
