/** The parts of node-forge that are used; its own types do not name these modules. */
declare module 'node-forge/lib/util' {
  export interface ByteBuffer {
    getBytes(): string;
  }
  const util: { createBuffer(binary: string): ByteBuffer };
  export default util;
}

declare module 'node-forge/lib/rc2' {
  import type { ByteBuffer } from 'node-forge/lib/util';
  interface Rc2Cipher {
    readonly output: ByteBuffer;
    start(iv: string): void;
    update(input: ByteBuffer): void;
    finish(): boolean;
  }
  /** `bits` is the effective key length. */
  const rc2: { createDecryptionCipher(key: string, bits: number): Rc2Cipher };
  export default rc2;
}
