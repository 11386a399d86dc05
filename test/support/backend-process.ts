import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from './http';
import { root } from './running-landscape';

/** As in manifest.yml. */
const FLAGS = ['--enable-source-maps', '--max-semi-space-size=8', '--max-old-space-size=64'];

export interface BackendProcess {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts the built backend as Cloud Foundry does, on a port of its choice.
 * @param env what it gets besides the address @throws with its output when it does not start.
 */
export async function startBackend(env: Readonly<Record<string, string>>): Promise<BackendProcess> {
  const cwd = join(root, 'backend', 'dist');
  const child = spawn(process.execPath, [...FLAGS, 'server.js'], {
    cwd,
    env: { PORT: '0', HOST: '127.0.0.1', ...env },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  };
  const port = await until(
    'the backend listens',
    () => Promise.resolve(/"port":(\d+)/.exec(output)?.[1]),
    (found) => {
      if (child.exitCode !== null) throw new Error(`The backend ended:\n${output}`);
      return found !== undefined;
    },
  );
  return { port: Number(port), stop };
}
