/** One healthy instance of an app. */
export interface RouterEndpoint {
  readonly port: number;
  readonly instanceId: string;
  readonly index: number;
  readonly applicationId: string;
  /** Takes the line of the access log. */
  readonly onAccess: (line: string) => void;
}

const STICKY_COOKIE = '__VCAP_ID__';
const SESSION_COOKIE = 'JSESSIONID';

/** The endpoints of one route, taken in turn; a client with a JSESSIONID stays with its instance. */
export class EndpointPool {
  #endpoints: readonly RouterEndpoint[] = [];
  #next = 0;

  replace(endpoints: readonly RouterEndpoint[]): void {
    this.#endpoints = endpoints;
  }

  get size(): number {
    return this.#endpoints.length;
  }

  choose(cookies: string | undefined): RouterEndpoint | undefined {
    const endpoints = this.#endpoints;
    if (endpoints.length < 2) return endpoints[0];
    const sticky = cookies === undefined ? undefined : this.#chooseSticky(cookies);
    if (sticky !== undefined) return sticky;
    this.#next = (this.#next + 1) % endpoints.length;
    return endpoints[this.#next];
  }

  #chooseSticky(cookies: string): RouterEndpoint | undefined {
    if (readCookie(cookies, SESSION_COOKIE) === undefined) return undefined;
    const instanceId = readCookie(cookies, STICKY_COOKIE);
    return this.#endpoints.find((endpoint) => endpoint.instanceId === instanceId);
  }
}

/**
 * The cookie that keeps a client with an instance, when the app's answer sets JSESSIONID: with the attributes of that
 * cookie, as gorouter does.
 */
export function createStickyCookie(answerHeaders: readonly string[], instanceId: string): string | undefined {
  for (let index = 0; index < answerHeaders.length; index += 2) {
    if (answerHeaders[index]?.toLowerCase() !== 'set-cookie') continue;
    const [pair = '', ...attributes] = (answerHeaders[index + 1] ?? '').split(';').map((part) => part.trim());
    if (!pair.startsWith(`${SESSION_COOKIE}=`)) continue;
    const kept = attributes.filter((attribute) =>
      /^(Max-Age=|Expires=|Secure$|SameSite=|Partitioned$)/i.test(attribute),
    );
    return [`${STICKY_COOKIE}=${instanceId}`, 'Path=/', 'HttpOnly', ...kept].join('; ');
  }
  return undefined;
}

function readCookie(cookies: string, name: string): string | undefined {
  for (const pair of cookies.split(';')) {
    const [key = '', value] = pair.trim().split('=', 2);
    if (key === name) return value;
  }
  return undefined;
}
