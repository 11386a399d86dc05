import { readIntegerSetting } from '@mtls/platform';
import { readFlag } from '../flag-setting';
import type { BindingSource } from '../service-binding';
import { readRedisBinding, type RedisBinding } from './redis-binding';

/** How users who are logged in are remembered. */
export interface SessionSettings {
  /** Undefined: in the memory of this instance. */
  readonly redis: RedisBinding | undefined;
  /** SESSION_TIMEOUT_MINUTES, default 15: a session that nobody has used for so long ends. */
  readonly idleMs: number;
  /** REQUIRE_LOGIN, default false: whether all pages are for users who are logged in. */
  readonly requireLogin: boolean;
  /** The number of this instance of the app, from 0. */
  readonly instanceIndex: number;
}

export function readSessionSettings(source: BindingSource): SessionSettings {
  const { env, problems } = source;
  const minutes = { name: 'SESSION_TIMEOUT_MINUTES', fallback: 15, min: 1, max: 1440 };
  const index = /^\d{1,6}$/.exec(env['CF_INSTANCE_INDEX'] ?? '')?.[0];
  return {
    redis: readRedisBinding(source),
    idleMs: readIntegerSetting(env, minutes, problems) * 60_000,
    requireLogin: readFlag(env, 'REQUIRE_LOGIN', problems),
    instanceIndex: Number(index ?? 0),
  };
}
