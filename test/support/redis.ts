import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './http';
import { findProgram, isListening } from './local-program';

export interface RunningRedis {
  /** As a binding of `redis-cache` holds them. */
  readonly credentials: Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

/** Its program; undefined where it is not installed. */
export function findRedis(): string | undefined {
  return findProgram('redis-server');
}

export interface RedisOptions {
  readonly program: string;
  /** For its certificate; nothing else is written. */
  readonly folder: string;
  readonly port: number;
}

/** Starts a Redis that speaks TLS alone and wants a password; what it holds is lost with it. */
export async function startRedis({ program, folder, port }: RedisOptions): Promise<RunningRedis> {
  const [certificate, key] = [join(folder, 'redis.pem'), join(folder, 'redis.key')];
  const subject = ['-subj', '/CN=redis', '-addext', 'subjectAltName=DNS:localhost'];
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...newKey, '-keyout', key, '-out', certificate, ...subject], {
    stdio: 'ignore',
  });
  const password = 'f1b$a+b/c=%26&x=';
  const tls = [
    '--tls-port',
    `${port}`,
    '--tls-cert-file',
    certificate,
    '--tls-key-file',
    key,
    '--tls-auth-clients',
    'no',
  ];
  const child = spawn(
    program,
    ['--port', '0', '--bind', '127.0.0.1', ...tls, '--requirepass', password, '--save', '', '--appendonly', 'no'],
    { cwd: folder, stdio: 'ignore' },
  );
  await until('the start of Redis', () => isListening(port), Boolean);
  return {
    credentials: {
      hostname: 'localhost',
      port,
      password,
      tls: true,
      ca_certificate: readFileSync(certificate, 'utf8'),
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
