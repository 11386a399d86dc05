import {
  type BaseBlock,
  Constructed,
  fromBER,
  Integer,
  ObjectIdentifier,
  OctetString,
  Primitive,
  Sequence,
  Set,
} from 'asn1js';

/** The bytes are no BER (X.690), or not of the structure that was expected. */
export class Asn1Error extends Error {
  override readonly name = 'Asn1Error';
}

/**
 * Parses one BER element; nesting, number of elements and length are bounded by the library.
 * @throws {Asn1Error}
 */
export function parseAsn1(bytes: Uint8Array): BaseBlock {
  const { offset, result } = fromBER(bytes);
  if (offset === -1) throw new Asn1Error('no BER');
  return result;
}

/** Elements of a SEQUENCE, a SET or an explicit tag. @throws {Asn1Error} */
export function elementsOf(element: BaseBlock | undefined): readonly BaseBlock[] {
  if (element instanceof Sequence || element instanceof Set || element instanceof Constructed)
    return element.valueBlock.value;
  throw new Asn1Error('no structure');
}

/** @throws {Asn1Error} */
export function readOid(element: BaseBlock | undefined): string {
  if (element instanceof ObjectIdentifier) return element.getValue();
  throw new Asn1Error('no object identifier');
}

/** Value of an OCTET STRING, also of one with an implicit tag, in one piece or in several. @throws {Asn1Error} */
export function readOctets(element: BaseBlock | undefined): Buffer {
  if (element instanceof OctetString) return Buffer.from(element.getValue());
  if (element instanceof Primitive && element.idBlock.tagClass === 3)
    return Buffer.from(element.valueBlock.valueHexView);
  if (element instanceof Constructed && element.idBlock.tagClass === 3)
    return Buffer.concat(elementsOf(element).map((part) => readOctets(part)));
  throw new Asn1Error('no octet string');
}

/** Value of a small, positive INTEGER. @throws {Asn1Error} */
export function readInteger(element: BaseBlock | undefined): number {
  if (!(element instanceof Integer)) throw new Asn1Error('no integer');
  const value = element.toBigInt();
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Asn1Error('integer out of range');
  return Number(value);
}

/** The DER or BER of an element as it was read. */
export function encodingOf(element: BaseBlock | undefined): Buffer {
  if (element === undefined) throw new Asn1Error('nothing there');
  return Buffer.from(element.valueBeforeDecodeView);
}
