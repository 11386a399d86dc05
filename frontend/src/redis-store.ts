import { isIP } from 'node:net';
import { RedisStore } from 'connect-redis';
import type { SessionData, Store } from 'express-session';
import { createClient } from 'redis';
import type { OpenStore, RedisStoreOptions } from './session-store';
import { readSessionData } from './session/session-data';

/** Milliseconds. */
const CONNECT_LIMIT = 2000;
const LONGEST_RETRY_GAP = 2000;
const PREFIX = 'mtls-session:';

type Callback = (error?: unknown, value?: unknown) => void;

/**
 * A store whose sessions outlive a failed touch: at that moment the answer is on its way, and the next request meets the
 * same Redis.
 */
class TolerantStore extends RedisStore {
  readonly #onError: (error: unknown) => void;

  constructor(options: ConstructorParameters<typeof RedisStore>[0], onError: (error: unknown) => void) {
    super(options);
    this.#onError = onError;
  }

  override async touch(id: string, session: SessionData, callback?: Callback): Promise<void> {
    await super.touch(id, session, (error?: unknown) => {
      if (error !== undefined && error !== null) this.#onError(error);
      callback?.();
    });
  }
}

/**
 * Opens the store of sessions in Redis. It does not wait for the connection, and is connected anew whenever it is lost;
 * meanwhile each command fails at once. This file is deployed beside the bundle and loaded only where Redis is bound: it
 * would take 15 MB of each other instance.
 */
export function openRedisStore({ binding, idleMs, commandLimitMs, logger }: RedisStoreOptions): OpenStore {
  const { host, port, tls, ca, username, password } = binding;
  const client = createClient({
    ...(username !== undefined && { username }),
    password: password.reveal(),
    socket: {
      host,
      port,
      connectTimeout: CONNECT_LIMIT,
      reconnectStrategy: (retries) => Math.min(LONGEST_RETRY_GAP, 50 * 2 ** Math.min(retries, 10)),
      ...(tls && {
        tls: true as const,
        ...(isIP(host) === 0 && { servername: host }),
        ...(ca !== undefined && { ca }),
      }),
    },
    disableOfflineQueue: true,
    commandOptions: { timeout: commandLimitMs },
  });
  let isDown = false;
  client.on('error', (error: Error) => {
    if (!isDown)
      logger.error({ redis: `${host}:${port}`, reason: error.message }, 'Redis is lost: nobody can use a session');
    isDown = true;
  });
  client.on('ready', () => {
    logger.info({ redis: `${host}:${port}` }, isDown ? 'Redis is back' : 'sessions are kept in Redis');
    isDown = false;
  });
  void client.connect().catch(() => undefined); // its events tell
  const serializer = {
    stringify: (session: SessionData) => JSON.stringify(session),
    // What cannot be read counts as no session; the library passes null on, whatever its types say.
    parse: (text: string) => readSessionData(text) as SessionData,
  };
  const store: Store = new TolerantStore(
    { client, prefix: PREFIX, ttl: Math.ceil(idleMs / 1000), serializer },
    (error) => logger.warn({ reason: String(error) }, 'the life of a session could not be prolonged'),
  );
  return {
    store,
    close: () => client.destroy(),
  };
}
