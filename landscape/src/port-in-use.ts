import { errorCode } from './error-code';
import type { Listener } from './listener';

/** A port of the landscape belongs to another program; the message says what to do. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';

  constructor(port: number, purpose: string, options?: ErrorOptions) {
    super(
      `Port ${port}, for ${purpose}, is in use by another program. End that program, or move all ports of the landscape ` +
        'with LANDSCAPE_PORT_BASE (default 5000), e.g. LANDSCAPE_PORT_BASE=7000.',
      options,
    );
  }
}

/** Starts a listener. @throws {PortInUseError} @throws the error of `listen` otherwise. */
export async function startListener(listener: Listener, purpose: string): Promise<void> {
  try {
    await listener.start();
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE') throw new PortInUseError(listener.port, purpose, { cause: error });
    throw error;
  }
}
