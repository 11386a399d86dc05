import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readCookie, setCookie } from './cookie';
import { ExpiringStore } from './expiring-store';
import type { User } from './user-directory';

/** A user who is logged in at the token service with a browser. */
export interface BrowserSession {
  readonly id: string;
  readonly user: User;
  /** Seconds since the epoch. */
  readonly authTime: number;
}

const VALIDITY_S = 12 * 3600;

/** The logins at a token service. Each begins with a new random id: one that a browser brings along is never taken over. */
export class BrowserSessions {
  readonly #sessions: ExpiringStore<BrowserSession>;
  readonly #cookie: string;
  readonly #now: () => number;

  /** @param cookie - Browsers send the cookies of all ports of a host: each service needs a name of its own. */
  constructor({ cookie, now }: { readonly cookie: string; readonly now: () => number }) {
    this.#sessions = new ExpiringStore(now);
    this.#cookie = cookie;
    this.#now = now;
  }

  find(req: IncomingMessage): BrowserSession | undefined {
    const id = readCookie(req, this.#cookie);
    return id === undefined ? undefined : this.#sessions.find(id);
  }

  begin(req: IncomingMessage, res: ServerResponse, user: User): void {
    this.end(req, res);
    const id = randomBytes(32).toString('base64url');
    this.#sessions.add(id, { id, user, authTime: Math.floor(this.#now() / 1000) }, VALIDITY_S);
    setCookie(res, { name: this.#cookie, value: id }, this.#now());
  }

  /** Ends all logins of a user. */
  endAll({ id }: User): void {
    for (const name of this.#sessions.namesWhere(({ user }) => user.id === id)) this.#sessions.delete(name);
  }

  /** Returns the session that has ended, if there was one. */
  end(req: IncomingMessage, res: ServerResponse): BrowserSession | undefined {
    const session = this.find(req);
    if (session === undefined) return undefined;
    this.#sessions.delete(session.id);
    setCookie(res, { name: this.#cookie, value: '', maxAgeS: 0 }, this.#now());
    return session;
  }
}
