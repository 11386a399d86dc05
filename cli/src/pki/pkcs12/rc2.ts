import rc2 from 'node-forge/lib/rc2';
import util from 'node-forge/lib/util';

/**
 * Decrypts RC2 in CBC mode (RFC 2268), which OpenSSL 3 keeps for its legacy provider and Node therefore lacks.
 * @throws {Error} when the padding is not right.
 */
export function decryptRc2(ciphertext: Buffer, { key, iv }: { key: Buffer; iv: Buffer }): Buffer {
  const cipher = rc2.createDecryptionCipher(key.toString('latin1'), key.length * 8);
  cipher.start(iv.toString('latin1'));
  cipher.update(util.createBuffer(ciphertext.toString('latin1')));
  if (!cipher.finish()) throw new Error('padding');
  return Buffer.from(cipher.output.getBytes(), 'latin1');
}
