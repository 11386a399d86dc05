import * as v from 'valibot';
import { findOneBinding, reportBinding, type BindingSource } from '../service-binding';
import { Secret } from '../secret';

/** A bound Redis. */
export interface RedisBinding {
  readonly bindingName: string;
  readonly host: string;
  readonly port: number;
  /** Of Redis' access control lists; undefined for its default user. */
  readonly username: string | undefined;
  readonly password: Secret;
  readonly tls: boolean;
  /** PEM, in addition to the authorities that Node trusts. */
  readonly ca: string | undefined;
}

const text = v.pipe(v.string(), v.nonEmpty());
const flag = v.union([
  v.boolean(),
  v.pipe(
    v.picklist(['true', 'false']),
    v.transform((value) => value === 'true'),
  ),
]);
const port = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,5}$/), v.transform(Number))]),
  v.integer(),
  v.minValue(1),
  v.maxValue(65_535),
);
const credentialsSchema = v.object({
  hostname: text,
  port,
  password: text,
  username: v.optional(text),
  tls: v.optional(flag, false),
  cluster_mode: v.optional(flag, false),
  ca_certificate: v.optional(text),
});

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** Reads the binding of Redis (label or tag `redis-cache`); undefined when there is none or it has problems. */
export function readRedisBinding(source: BindingSource): RedisBinding | undefined {
  const binding = findOneBinding({ label: 'redis-cache' }, source) ?? findOneBinding({ tag: 'redis-cache' }, source);
  if (binding === undefined) return undefined;
  const parsed = v.safeParse(credentialsSchema, binding.credentials);
  if (!parsed.success) {
    const members = [...new Set(parsed.issues.map((issue) => v.getDotPath(issue)))].join(', ');
    reportBinding(binding, [`these of its credentials cannot be used: ${members}`], source.problems);
    return undefined;
  }
  const { hostname: host, password, tls, ca_certificate: ca, cluster_mode: isCluster, ...rest } = parsed.output;
  if (isCluster)
    reportBinding(
      binding,
      ['it runs in cluster mode, which this app does not speak: create one without'],
      source.problems,
    );
  if (!tls && !LOOPBACK.test(host))
    reportBinding(
      binding,
      ['"tls" is not true: sessions hold tokens, which never leave this app unencrypted'],
      source.problems,
    );
  return {
    bindingName: binding.name,
    host,
    port: rest.port,
    username: rest.username,
    password: new Secret(password),
    tls,
    ca,
  };
}
