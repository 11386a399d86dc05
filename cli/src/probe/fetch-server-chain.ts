import type { X509Certificate } from 'node:crypto';
import { Failure } from '../failure';
import type { Finding } from '../findings';
import { connect, type ConnectRequest } from './connect';
import { HopFailure } from './hop';
import type { ServerFlight } from './server-flight';

/** What a server shows of itself in a handshake. */
export interface ServerChain {
  /** As the server sent them, its own first; verified only where `finding` is undefined. */
  readonly certificates: readonly [X509Certificate, ...X509Certificate[]];
  readonly clientCertificate: ServerFlight['clientCertificate'];
  /** Why this computer does not accept the server, or the server this computer. */
  readonly finding?: Finding;
}

/**
 * Fetches the certificates that a server sends, also of one that is not trusted: the handshake is then given up as always,
 * and what came before is read. Nothing but the handshake is sent.
 * @throws {HopFailure} when the connection ended before the server sent its certificates.
 * @throws {Failure} `server-silent` when they cannot be read.
 */
export async function fetchServerChain(request: Omit<ConnectRequest, 'recordFlight' | 'party'>): Promise<ServerChain> {
  let failed: ServerFlight | undefined;
  let finding: Finding | undefined;
  let flight: ServerFlight | undefined;
  try {
    const connection = await connect({
      ...request,
      party: 'server',
      recordFlight: (seen) => {
        failed = seen;
      },
    });
    flight = connection.flight;
    connection.socket.destroy();
  } catch (error) {
    if (!(error instanceof HopFailure) || failed === undefined || failed.certificates.length === 0) throw error;
    flight = failed;
    finding = error.finding;
  }
  const [first, ...others] = flight?.certificates ?? [];
  if (first === undefined)
    throw new Failure(
      'server-silent',
      'The handshake succeeded, but the certificates of the server could not be read from it.',
      'Please report this with the name of the server.',
    );
  return {
    certificates: [first, ...others],
    clientCertificate: flight?.clientCertificate ?? 'unknown',
    ...(finding !== undefined && { finding }),
  };
}
