import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Between the answer and the next request of one client: the machine has more to do than this. */
const PAUSE_MS = 40;
const TIMEOUT_MS = 20_000;

export interface LoadReport {
  readonly requests: number;
  /** What went wrong, one line a request: a status other than 200 with its answer, or the error of the connection. */
  readonly failures: readonly string[];
}

export interface Load {
  /** Requests that have been answered so far. */
  answered(): number;
  /** Lets every client end its request; resolves with what became of all of them. */
  stop(): Promise<LoadReport>;
}

/** Lets clients ask for the addresses in turn, each on a connection that it keeps, until they are stopped. */
export function startLoad(urls: readonly string[], { clients = 20 } = {}): Load {
  const end = new AbortController();
  const failures: string[] = [];
  let requests = 0;
  const running = Array.from({ length: clients }, async (_, index) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let turn = index; !end.signal.aborted; turn += 1) {
      const failure = await ask(urls[turn % urls.length] ?? '', agent);
      requests += 1;
      if (failure !== undefined) failures.push(failure);
      await delay(PAUSE_MS);
    }
    agent.destroy();
  });
  return {
    answered: () => requests,
    async stop() {
      end.abort();
      await Promise.all(running);
      return { requests, failures };
    },
  };
}

/** Undefined for a whole answer with the status 200. */
function ask(url: string, agent: Agent): Promise<string | undefined> {
  return new Promise((resolve) => {
    const fail = (error: Error): void => resolve(`${url}: ${error.message}`);
    const request = get(url, { agent, headers: { accept: 'application/json' }, timeout: TIMEOUT_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => {
        const { statusCode } = response;
        resolve(statusCode === 200 ? undefined : `${url}: ${statusCode} ${Buffer.concat(chunks).toString()}`);
      });
    });
    request.on('error', fail);
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
  });
}
