import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './http';
import { findProgram, isListening } from './local-program';

/** Its program; undefined where it is not installed. */
export function findNginx(): string | undefined {
  return findProgram('nginx', ['/usr/sbin', '/usr/local/sbin']);
}

export interface NginxOptions {
  readonly program: string;
  /** What stands in `http { }`. */
  readonly http: string;
  /** For its files; nothing is written elsewhere. */
  readonly folder: string;
  /** One that it listens on. */
  readonly port: number;
}

/**
 * Starts nginx as one process that belongs to the test.
 * @returns what ends it @throws with what it wrote when it does not start.
 */
export async function startNginx({ program, http, folder, port }: NginxOptions): Promise<() => Promise<void>> {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  for (const name of temporary) mkdirSync(join(folder, name), { recursive: true });
  const log = join(folder, 'error.log');
  const configuration = [
    'daemon off;',
    'master_process off;',
    `pid ${join(folder, 'nginx.pid')};`,
    `error_log ${log} info;`,
    'events {}',
    'http {',
    'access_log off;',
    ...temporary.map((name) => `${name}_temp_path ${join(folder, name)};`),
    http,
    '}',
  ].join('\n');
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, configuration);
  const child = spawn(program, ['-c', file, '-e', log, '-p', folder], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const reason = (): string => (existsSync(log) ? readFileSync(log, 'utf8') : '');
  await until(
    'nginx listens',
    () => isListening(port),
    (listening) => {
      if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}:\n${reason()}`);
      return listening;
    },
  );
  return async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGQUIT');
    await ended;
  };
}
