import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** A handshake with a long chain and a long list of accepted CAs stays far below. */
const LIMIT_BYTES = 262_144;

/** Passes a connection on unchanged and remembers what came in, so that a handshake can be read afterwards. */
export class TappedSocket extends Duplex {
  readonly #socket: Socket;
  readonly #chunks: Buffer[] = [];
  #length = 0;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#record(chunk);
      if (!this.push(chunk)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  /** The first bytes that came in. */
  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }

  #record(chunk: Buffer): void {
    if (this.#length >= LIMIT_BYTES) return;
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }
}
