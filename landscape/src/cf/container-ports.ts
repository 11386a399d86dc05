import { createServer } from 'node:net';
import { HOST, isBlockedByBrowsers, portOf, type LandscapeSettings } from '../settings';

/** From the first container port up to the next range of the landscape. */
const COUNT = portOf({ portBase: 0 }, 'certificateRoute') - portOf({ portBase: 0 }, 'container');

/** Gives every container the lowest port that neither another one nor another program uses. */
export class ContainerPorts {
  readonly #settings: Pick<LandscapeSettings, 'portBase'>;
  readonly #taken = new Set<number>();

  constructor(settings: Pick<LandscapeSettings, 'portBase'>) {
    this.#settings = settings;
  }

  /** @throws when every port of the range is in use. */
  async take(): Promise<number> {
    for (let index = 0; index < COUNT; index += 1) {
      const port = portOf(this.#settings, 'container', index);
      if (this.#taken.has(port) || isBlockedByBrowsers(port)) continue;
      this.#taken.add(port);
      if (await isFree(port)) return port;
      this.#taken.delete(port);
    }
    const first = portOf(this.#settings, 'container');
    throw new Error(
      `Every port for app instances (${first} to ${first + COUNT - 1}) is in use. Move all ports with LANDSCAPE_PORT_BASE.`,
    );
  }

  release(port: number): void {
    this.#taken.delete(port);
  }
}

/** Whether nothing listens on the port, neither on the loopback address nor on all addresses. */
async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, HOST)) && canListen(port);
}

function canListen(port: number, host?: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
