import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { CfIo } from '../cf/command/io';
import { errorCode } from '../error-code';
import { formatLine, parseLine, serverMessageSchema, type CommandName } from './protocol';
import { controlSocketPath } from './socket-path';

/** No landscape runs on this state folder; the message says how to start one. */
export class NoLandscapeError extends Error {
  override readonly name = 'NoLandscapeError';
}

export interface RemoteCommand {
  readonly command: CommandName;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly session?: unknown;
}

export interface RemoteResult {
  readonly exit: number;
  /** What to keep for the next command; absent when the command has none. */
  readonly session?: unknown;
}

/**
 * Lets the running landscape execute a command, with this process' streams as its terminal.
 * @throws {NoLandscapeError} when none runs, or when it ends in the middle of the command.
 */
export async function runRemote(stateFolder: string, command: RemoteCommand, io: CfIo): Promise<RemoteResult> {
  const socket = await open(stateFolder);
  socket.on('error', () => {}); // the end of the lines tells
  socket.write(formatLine({ ...command, argv: [...command.argv], terminal: io.isTerminal }));
  for await (const line of createInterface({ input: socket, crlfDelay: Infinity })) {
    const message = parseLine(serverMessageSchema, line);
    if ('out' in message) io.out(message.out);
    else if ('err' in message) io.err(message.err);
    else if ('prompt' in message) {
      const answer = await io.prompt(message.prompt, { hidden: message.hidden });
      socket.write(formatLine(answer === undefined ? { eof: true } : { answer }));
    } else {
      socket.end();
      return message;
    }
  }
  throw new NoLandscapeError('The landscape ended before the command did.');
}

async function open(stateFolder: string): Promise<Socket> {
  const socket = connect(controlSocketPath(stateFolder));
  try {
    await once(socket, 'connect');
    return socket;
  } catch (error) {
    if (!['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'].includes(errorCode(error) ?? '')) throw error;
    throw new NoLandscapeError(
      `No landscape runs with the state folder ${stateFolder}. Start one in another terminal: npm start`,
      { cause: error },
    );
  }
}
