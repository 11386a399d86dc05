import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** A port that counts who connects, whatever they speak, and answers nothing. */
export interface CountingListener {
  readonly host: string;
  connections(): number;
  close(): Promise<void>;
}

export async function listenAndCount(): Promise<CountingListener> {
  let count = 0;
  const server = createServer((socket) => {
    count += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    connections: () => count,
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}
