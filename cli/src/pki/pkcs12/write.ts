import {
  createCipheriv,
  createHash,
  createHmac,
  pbkdf2Sync,
  randomBytes,
  type KeyObject,
  type X509Certificate,
} from 'node:crypto';
import {
  BmpString,
  Constructed,
  Integer,
  Null,
  ObjectIdentifier,
  OctetString,
  Sequence,
  Set,
  type BaseBlock,
} from 'asn1js';
import { digestOids, oid } from './identifiers';
import { derive, encodePassword } from './key-derivation';

export interface Pkcs12Request {
  readonly key: KeyObject;
  /** Leaf first, each followed by its issuer. */
  readonly certificates: readonly [X509Certificate, ...X509Certificate[]];
  readonly password: string;
  /** Under which programs list the key (friendlyName). */
  readonly alias: string;
  /** `modern`: AES-256, PBKDF2 and SHA-256. `legacy`: 3DES and SHA-1, for readers from before 2020. */
  readonly algorithms: 'modern' | 'legacy';
}

interface Encrypted {
  readonly algorithm: Sequence;
  readonly ciphertext: Buffer;
}
type Encrypt = (plaintext: Buffer) => Encrypted;

/** Rounds of key derivation. Old readers accept these too, but there the password is no protection anyway. */
const ITERATIONS = { modern: 100_000, legacy: 10_000 } as const;

const idOf = (value: string): ObjectIdentifier => new ObjectIdentifier({ value });
const sequence = (...value: BaseBlock[]): Sequence => new Sequence({ value });
const octets = (bytes: Buffer): OctetString => new OctetString({ valueHex: toArrayBuffer(bytes) });
const explicit = (...value: BaseBlock[]): Constructed =>
  new Constructed({ idBlock: { tagClass: 3, tagNumber: 0 }, value });
const encode = (element: BaseBlock): Buffer => Buffer.from(element.toBER());

/** Writes a PKCS#12 file (RFC 7292) with one private key and its chain; everything in it is encrypted with the password. */
export function writePkcs12({ key, certificates, password, alias, algorithms }: Pkcs12Request): Buffer {
  const encrypt = algorithms === 'modern' ? encryptWithAes(password) : encryptWithTripleDes(password);
  const keyId = createHash('sha1').update(certificates[0].raw).digest();
  const owner = attributes({ alias, keyId });
  const certificateBags = certificates.map(({ raw }, index) =>
    sequence(
      idOf(oid.certificateBag),
      explicit(sequence(idOf(oid.x509Certificate), explicit(octets(raw)))),
      ...(index === 0 ? [owner] : []),
    ),
  );
  const shrouded = encrypt(key.export({ type: 'pkcs8', format: 'der' }));
  const keyBag = sequence(
    idOf(oid.shroudedKeyBag),
    explicit(sequence(shrouded.algorithm, octets(shrouded.ciphertext))),
    owner,
  );
  const safe = encode(
    sequence(encryptedContent(encrypt(encode(sequence(...certificateBags)))), content(encode(sequence(keyBag)))),
  );
  return encode(sequence(new Integer({ value: 3 }), content(safe), macOf(safe, { password, algorithms })));
}

function content(bytes: Buffer): Sequence {
  return sequence(idOf(oid.data), explicit(octets(bytes)));
}

function encryptedContent({ algorithm, ciphertext }: Encrypted): Sequence {
  const encrypted = octets(ciphertext);
  encrypted.idBlock.tagClass = 3;
  encrypted.idBlock.tagNumber = 0;
  return sequence(
    idOf(oid.encryptedData),
    explicit(sequence(new Integer({ value: 0 }), sequence(idOf(oid.data), algorithm, encrypted))),
  );
}

function attributes({ alias, keyId }: { alias: string; keyId: Buffer }): Set {
  const attribute = (type: string, value: BaseBlock): Sequence => sequence(idOf(type), new Set({ value: [value] }));
  return new Set({
    value: [attribute(oid.friendlyName, new BmpString({ value: alias })), attribute(oid.localKeyId, octets(keyId))],
  });
}

/** PBES2 with AES-256-CBC and PBKDF2-HMAC-SHA-256 (RFC 8018). */
function encryptWithAes(password: string): Encrypt {
  return (plaintext) => {
    const salt = randomBytes(16);
    const iv = randomBytes(16);
    const key = pbkdf2Sync(password, salt, ITERATIONS.modern, 32, 'sha256');
    const cipher = createCipheriv('aes-256-cbc', key, iv);
    const derivation = sequence(
      idOf('1.2.840.113549.1.5.12'),
      sequence(
        octets(salt),
        new Integer({ value: ITERATIONS.modern }),
        sequence(idOf('1.2.840.113549.2.9'), new Null()),
      ),
    );
    const encryption = sequence(idOf('2.16.840.1.101.3.4.1.42'), octets(iv));
    return {
      algorithm: sequence(idOf('1.2.840.113549.1.5.13'), sequence(derivation, encryption)),
      ciphertext: Buffer.concat([cipher.update(plaintext), cipher.final()]),
    };
  };
}

/** pbeWithSHAAnd3-KeyTripleDES-CBC (RFC 7292 appendix C), for the certificates too: RC2 is read by fewer and protects less. */
function encryptWithTripleDes(password: string): Encrypt {
  return (plaintext) => {
    const salt = randomBytes(8);
    const input = { hash: 'sha1', password: encodePassword(password), salt, iterations: ITERATIONS.legacy } as const;
    const cipher = createCipheriv(
      'des-ede3-cbc',
      derive({ ...input, id: 1, length: 24 }),
      derive({ ...input, id: 2, length: 8 }),
    );
    return {
      algorithm: sequence(
        idOf('1.2.840.113549.1.12.1.3'),
        sequence(octets(salt), new Integer({ value: ITERATIONS.legacy })),
      ),
      ciphertext: Buffer.concat([cipher.update(plaintext), cipher.final()]),
    };
  };
}

function macOf(
  safe: Buffer,
  { password, algorithms }: { password: string; algorithms: 'modern' | 'legacy' },
): Sequence {
  const hash = algorithms === 'modern' ? 'sha256' : 'sha1';
  const digestOid = Object.entries(digestOids).find(([, name]) => name === hash)?.[0] ?? '';
  const salt = randomBytes(algorithms === 'modern' ? 16 : 8);
  const iterations = ITERATIONS[algorithms];
  const length = algorithms === 'modern' ? 32 : 20;
  const key = derive({ hash, id: 3, password: encodePassword(password), salt, iterations, length });
  const mac = createHmac(hash, key).update(safe).digest();
  return sequence(
    sequence(sequence(idOf(digestOid), new Null()), octets(mac)),
    octets(salt),
    new Integer({ value: iterations }),
  );
}

function toArrayBuffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
