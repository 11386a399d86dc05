import { randomBytes } from 'node:crypto';
import { connect } from 'node:tls';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { readServerFlight } from '../../src/probe/server-flight';
import { TappedSocket } from '../../src/probe/tapped-socket';
import { makeChain, issue, pkcs1 } from '../support/test-chain';
import { useTlsServers } from '../support/tls-server';

const startServer = useTlsServers();

/** The bytes and the secret of one real handshake. */
async function recordHandshake(): Promise<{ received: Buffer; secret: Buffer | undefined }> {
  const chain = await makeChain();
  const own = await issue({ name: 'CN=localhost', issuer: chain.root, use: 'server' });
  const { port } = await startServer({
    key: pkcs1(own.key),
    cert: own.pem,
    ca: chain.root.pem,
    requestCert: true,
    rejectUnauthorized: false,
  });
  const tapped = new TappedSocket(connectTcp(port, 'localhost'));
  const socket = connect({ socket: tapped, servername: 'localhost', ca: chain.root.pem });
  let secret: Buffer | undefined;
  socket.on('keylog', (line: Buffer) => {
    const [label, , hex = ''] = line.toString().trim().split(' ');
    if (label === 'SERVER_HANDSHAKE_TRAFFIC_SECRET') secret = Buffer.from(hex, 'hex');
  });
  await once(socket, 'secureConnect');
  const { received } = tapped;
  socket.destroy();
  return { received, secret };
}

describe('readServerFlight', () => {
  it('reads the chain and the question for a certificate', async () => {
    const { received, secret } = await recordHandshake();
    const flight = readServerFlight(received, secret);
    expect(flight).toMatchObject({ version: 'TLSv1.3', clientCertificate: 'requested' });
    expect(flight.certificates).toHaveLength(2);
  });

  it('does not know without the secret, or with a wrong one', async () => {
    const { received } = await recordHandshake();
    for (const secret of [undefined, randomBytes(48)])
      expect(readServerFlight(received, secret)).toMatchObject({ certificates: [], clientCertificate: 'unknown' });
  });

  it('ends without an error wherever the bytes are cut off or damaged', async () => {
    const { received, secret } = await recordHandshake();
    for (let length = 0; length < received.length; length += 7) {
      expect(readServerFlight(received.subarray(0, length), secret).clientCertificate).not.toBe('not-requested');
      const damaged = Buffer.from(received);
      damaged.writeUInt8(damaged.readUInt8(length) ^ 0xff, length);
      expect(readServerFlight(damaged, secret).clientCertificate).not.toBe('not-requested');
    }
    expect(readServerFlight(randomBytes(10_000), secret)).toMatchObject({ clientCertificate: 'unknown' });
  });
});
