import { Store, type SessionData } from 'express-session';
import { LRUCache } from 'lru-cache';
import { readSessionData } from './session-data';

/** A session with its tokens is about 6 KB of text: some 1300 users, of the 128 MB that an instance has. */
const LIMIT_CHARACTERS = 8_388_608;

/** Keeps sessions in the memory of this instance: bounded, the least recently used go first. */
export class MemoryStore extends Store {
  readonly #sessions: LRUCache<string, string>;

  constructor(idleMs: number, limit = LIMIT_CHARACTERS) {
    super();
    this.#sessions = new LRUCache({ maxSize: limit, sizeCalculation: ({ length }) => length, ttl: idleMs });
  }

  get(id: string, callback: (error: unknown, session?: SessionData | null) => void): void {
    callback(null, readSessionData(this.#sessions.get(id)));
  }

  set(id: string, session: SessionData, callback?: (error?: unknown) => void): void {
    this.#sessions.set(id, JSON.stringify(session));
    callback?.();
  }

  destroy(id: string, callback?: (error?: unknown) => void): void {
    this.#sessions.delete(id);
    callback?.();
  }

  /** A session that is in use lives on; one that has ended does not come back. */
  override touch(id: string, _session: SessionData, callback?: () => void): void {
    const text = this.#sessions.get(id);
    if (text !== undefined) this.#sessions.set(id, text);
    callback?.();
  }
}
