/** Reads numbers and vectors as TLS writes them: big-endian, each vector behind its length (RFC 8446 §3). */
export class ByteReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#bytes.length;
  }

  /** @throws {RangeError} when the bytes end before. */
  take(length: number): Buffer {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw new RangeError('the message ends too early');
    const taken = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return taken;
  }

  number(width: 1 | 2 | 3): number {
    return this.take(width).readUIntBE(0, width);
  }

  /** A vector whose length stands in front, in `width` bytes. */
  vector(width: 1 | 2 | 3): Buffer {
    return this.take(this.number(width));
  }
}
