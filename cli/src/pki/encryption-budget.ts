import { Failure } from '../failure';

/**
 * About a second. A round is one of PBKDF2 with SHA-1; OpenSSL asks for 2048 of them, Java for 10,000, careful people for
 * 600,000, each time for the key, the certificates and the MAC.
 */
const ROUNDS = 9_000_000;

/**
 * Bounds the rounds of key derivation that one file may ask for: the numbers stand in the file, so that whoever wrote it
 * decides how long its reader works.
 */
export class EncryptionBudget {
  #left = ROUNDS;

  /** @throws {Failure} `encryption-too-costly`. */
  spend(rounds: number): void {
    this.#left -= rounds;
    if (this.#left >= 0) return;
    throw new Failure(
      'encryption-too-costly',
      'Deriving the key from the password would take too many rounds: no usual tool writes such a file.',
      'If you trust it, write it anew with fewer rounds: openssl pkcs12 -export -iter 100000 … or openssl pkcs8 -topk8 -iter 100000 …',
    );
  }
}
