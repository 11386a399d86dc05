import type { SessionData } from 'express-session';
import { MemoryStore } from '../../src/session/memory-store';

const session = (accessToken: string): SessionData => ({
  cookie: { originalMaxAge: null },
  login: { accessToken, refreshAt: 1, expiresAt: 2 },
});

function read(store: MemoryStore, id: string): SessionData | null | undefined {
  let found: SessionData | null | undefined;
  store.get(id, (_error, data) => (found = data));
  return found;
}

describe('MemoryStore', () => {
  it('gives back a copy of what was set, and nothing once it is destroyed', () => {
    const store = new MemoryStore(60_000);
    const kept = session('token');
    store.set('id', kept);
    delete kept.login;
    expect(read(store, 'id')?.login?.accessToken).toBe('token');
    store.destroy('id');
    expect(read(store, 'id')).toBeNull();
  });

  it('does not bring a session back that has ended when it is touched', () => {
    const store = new MemoryStore(60_000);
    store.set('id', session('token'));
    store.destroy('id');
    store.touch('id', session('token'));
    expect(read(store, 'id')).toBeNull();
  });

  it('forgets the session that was not used for longest when there are too many', () => {
    const store = new MemoryStore(60_000, 400);
    for (const id of ['a', 'b']) store.set(id, session('x'.repeat(60)));
    read(store, 'a');
    store.set('c', session('x'.repeat(60)));
    expect([read(store, 'a'), read(store, 'b'), read(store, 'c')].map((found) => found !== null)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('takes eight million characters, however few sessions those are', () => {
    const store = new MemoryStore(60_000);
    const ids = Array.from({ length: 9 }, (_, index) => `id-${index}`);
    for (const id of ids) store.set(id, session('x'.repeat(1_000_000)));
    expect(ids.map((id) => read(store, id) !== null)).toEqual([false, ...Array<boolean>(8).fill(true)]);
  });

  it('forgets a session that nobody has used for the idle time, and keeps one that is touched', async () => {
    const store = new MemoryStore(300);
    for (const id of ['used', 'idle']) store.set(id, session('token'));
    const until = performance.now() + 400;
    while (performance.now() < until) {
      store.touch('used', session('token'));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(read(store, 'used')).not.toBeNull();
    expect(read(store, 'idle')).toBeNull();
  });
});
