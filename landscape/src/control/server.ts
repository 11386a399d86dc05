import { once } from 'node:events';
import { mkdir, rm, stat } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { CfIo } from '../cf/command/io';
import { answerSchema, formatLine, parseLine, requestSchema, type CommandName, type ControlRequest } from './protocol';

export interface CommandCall extends Pick<ControlRequest, 'argv' | 'cwd' | 'session'> {
  readonly io: CfIo;
  /** Aborted when the client goes away or the landscape ends. */
  readonly signal: AbortSignal;
}

export interface CommandResult {
  readonly exit: number;
  readonly session?: unknown;
}

export type CommandHandlers = Readonly<Record<CommandName, (call: CommandCall) => Promise<CommandResult>>>;

/** Runs the commands that `cf` and `landscape` send over the landscape's socket. */
export class ControlServer {
  readonly #server: Server;
  readonly #path: string;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, path: string) {
    this.#server = server;
    this.#path = path;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /**
   * Listens in a folder that only this user can enter. A socket that a dead landscape left is replaced: whoever calls this
   * holds the lock of the state folder.
   * @throws when the folder belongs to another user.
   */
  static async start(path: string, handlers: CommandHandlers): Promise<ControlServer> {
    if (process.platform !== 'win32') {
      await prepareFolder(dirname(path));
      await rm(path, { force: true });
    }
    const server = createServer((socket) => void serve(socket, handlers));
    const started = new ControlServer(server, path);
    server.listen(path);
    await once(server, 'listening');
    return started;
  }

  /** Cancels the commands that run and stops listening. */
  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    if (process.platform !== 'win32') await rm(this.#path, { force: true });
  }
}

async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = await stat(folder);
  if (uid !== process.getuid?.() || (mode & 0o077) !== 0)
    throw new Error(
      `${folder} must belong to you and be closed to others (mode 0700): the landscape takes commands in it.`,
    );
}

async function serve(socket: Socket, handlers: CommandHandlers): Promise<void> {
  const gone = new AbortController();
  socket.on('error', () => {}); // the client went away: `close` follows
  socket.once('close', () => gone.abort());
  const lines = createInterface({ input: socket, crlfDelay: Infinity })[Symbol.asyncIterator]();
  const send = (message: Parameters<typeof formatLine>[0]): void => void socket.write(formatLine(message));
  try {
    const first = await lines.next();
    if (first.done === true) return;
    const request = parseLine(requestSchema, first.value);
    const { argv, cwd, session } = request;
    const io = createIo(request, { send, lines });
    const { exit, session: after } = await handlers[request.command]({ argv, cwd, session, io, signal: gone.signal });
    send({ exit, ...(after !== undefined && { session: after }) });
  } catch (error) {
    send({ err: `The landscape failed: ${error instanceof Error ? error.message : String(error)}\n` });
    send({ exit: 1 });
  }
  socket.end();
}

function createIo(
  { terminal }: ControlRequest,
  connection: {
    readonly send: (message: Parameters<typeof formatLine>[0]) => void;
    readonly lines: AsyncIterator<string>;
  },
): CfIo {
  const { send, lines } = connection;
  return {
    isTerminal: terminal,
    out: (text) => send({ out: text }),
    err: (text) => send({ err: text }),
    async prompt(text, { hidden }) {
      send({ prompt: text, hidden });
      const line = await lines.next();
      if (line.done === true) return undefined;
      const answer = parseLine(answerSchema, line.value);
      return 'answer' in answer ? answer.answer : undefined;
    },
  };
}
