import { Failure } from '../failure';
import { decodeText, type BinaryInput } from '../files/read-input';
import { readDerLength } from './der-length';
import { formatPem, readPem, type PemText } from './pem';
import { repairNames } from './pem-repair';
import { isPkcs12 } from './pkcs12/read';
import { isPrivateKeyBlock } from './private-key';
import { decodeBase64, findLabel } from './read-credential';

export interface NormalizedPem {
  /** RFC 7468 with 64 columns, the blocks in the order in which they came. */
  readonly pem: string;
  /** Labels of the blocks, e.g. `CERTIFICATE`. */
  readonly labels: readonly string[];
  /** What was wrong, in words. */
  readonly repairs: readonly string[];
  readonly holdsKey: boolean;
}

/**
 * Writes the blocks of a text, of DER, or of the base64 text of either, as PEM should be. Nothing is decrypted, put in order
 * or left out, and what is normal already stays as it is.
 * @throws {Failure} `keystore-binary` for PKCS#12, and those of `readPem`.
 */
export function normalizePem(input: BinaryInput): NormalizedPem {
  const { blocks, repairs } = readBlocks(input);
  return {
    pem: blocks.map((block) => formatPem(block)).join(''),
    labels: blocks.map(({ label }) => label),
    repairs: repairs.map((repair) => repairNames[repair]),
    holdsKey: blocks.some((block) => isPrivateKeyBlock(block)),
  };
}

function readBlocks({ bytes, name }: BinaryInput): PemText {
  if (isPkcs12(bytes))
    throw new Failure(
      'keystore-binary',
      `${name} is a PKCS#12 keystore, which has no lines to normalize.`,
      `Take key and certificates out of it: mtls cert extract ${name}`,
    );
  const label = readDerLength(bytes) === bytes.length ? findLabel(bytes) : undefined;
  if (label !== undefined) return { blocks: [{ label, der: bytes }], repairs: [] };
  const text = decodeText(bytes);
  const wrapped = decodeBase64(text);
  return wrapped === undefined ? readPem(text, `text of ${name}`) : readBlocks({ bytes: wrapped, name });
}
