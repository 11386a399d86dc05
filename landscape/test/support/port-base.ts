import { createServer } from 'node:net';

/** Each jest worker has a range of its own, apart from that of the end-to-end tests and below the ephemeral ports. */
const workerBase = 9_000 + ((Number(process.env['JEST_WORKER_ID'] ?? 1) - 1) % 4) * 2_000;
let nextSlot = process.pid % 4;

/** A port base for a landscape or a part of one: the ports that tests use of its range are free. */
export async function findPortBase(): Promise<number> {
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const base = workerBase + (nextSlot++ % 4) * 500;
    const ports = [1, 2, 101, 102, 443, 444, 445, 446, 447, 448, 449, 450, 451].map((offset) => base + offset);
    const free = await Promise.all(ports.map((port) => isPortFree(port)));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`No free range of ports from ${workerBase} on.`);
}

export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
