import { hkdfSync, randomBytes } from 'node:crypto';
import type { Logger } from '@mtls/platform';
import type { Store } from 'express-session';
import { MemoryStore } from './session/memory-store';
import type { RedisBinding } from './session/redis-binding';
import type { SessionSettings } from './session/session-settings';

export interface OpenStore {
  readonly store: Store;
  /** Ends its connection, which would keep the process alive. */
  readonly close: () => void;
}

export interface RedisStoreOptions {
  readonly binding: RedisBinding;
  readonly idleMs: number;
  /** Milliseconds. */
  readonly commandLimitMs: number;
  readonly logger: Logger;
}

export interface SessionStore extends OpenStore {
  readonly kind: 'memory' | 'redis';
  /** Signs the cookies: the same in all instances that share the store. */
  readonly secret: Buffer;
}

const COMMAND_LIMIT_MS = 1500;

/** Opens the store of sessions: in Redis where one is bound, else in the memory of this instance. */
export async function openSessionStore(
  { redis, idleMs, instanceIndex }: SessionSettings,
  logger: Logger,
): Promise<SessionStore> {
  if (redis === undefined) {
    if (instanceIndex > 0)
      logger.warn(
        { instance_index: instanceIndex },
        'this app runs in several instances, and each keeps its own sessions: who has logged in has to do so again when ' +
          'the instance is gone; bind a Redis instance (cf create-service redis-cache …)',
      );
    return { kind: 'memory', store: new MemoryStore(idleMs), secret: randomBytes(32), close: () => undefined };
  }
  const { openRedisStore } = await import('./redis-store.js');
  const opened = openRedisStore({ binding: redis, idleMs, commandLimitMs: COMMAND_LIMIT_MS, logger });
  const secret = Buffer.from(hkdfSync('sha256', redis.password.reveal(), '', 'session cookies', 32));
  return { kind: 'redis', ...opened, secret };
}
