import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { drainServer } from './http-server';
import { FINAL_WAIT_MS } from './log-output';
import type { Logger } from './logger';

/** Cloud Foundry kills a container 10 s after SIGTERM. */
const DRAIN_LIMIT_MS = 8_000;
const EXIT_LIMIT_MS = 9_500 - FINAL_WAIT_MS;

export interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly logger: Logger;
  /** Releases what keeps the process alive or must be flushed; runs after the last request. */
  readonly onDrained?: () => Promise<void> | void;
}

/**
 * Listens, and on SIGTERM or SIGINT stops accepting, lets running requests end, and exits with 0. An error that nobody
 * caught ends the process with 1, logged without what the error carries (Node itself would print a client's key).
 * @throws the error of `listen`, e.g. EADDRINUSE.
 */
export async function serve(server: Server, { port, host, logger, onDrained }: ServeOptions): Promise<void> {
  process.on('uncaughtException', (error) => {
    logger.flush(); // where no more lines fit, this one would be lost as well
    logger.fatal({ err: error }, 'an error that nobody caught ends the process');
    process.exit(1);
  });
  server.listen(port, host);
  await once(server, 'listening');
  logger.info({ port: (server.address() as AddressInfo).port, host, node: process.version }, 'listening');

  let stopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'shutting down');
    setTimeout(() => process.exit(1), EXIT_LIMIT_MS).unref();
    try {
      await drainServer(server, DRAIN_LIMIT_MS);
      await onDrained?.();
      process.exit(0);
    } catch (error) {
      logger.error({ err: error }, 'the shutdown failed');
      process.exit(1);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
}
