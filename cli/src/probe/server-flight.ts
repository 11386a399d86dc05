import { X509Certificate } from 'node:crypto';
import { ByteReader } from './byte-reader';
import { createRecordDecryption, type Decrypted, type TlsRecord } from './record-decryption';

/** What the server said in the handshake; Node itself tells neither whether it asked for a certificate nor an untrusted chain. */
export interface ServerFlight {
  readonly version: 'TLSv1.3' | 'TLSv1.2 or older' | undefined;
  /** As the server sent them, its own first; not verified. */
  readonly certificates: readonly X509Certificate[];
  /**
   * `requested`: it asked for a client certificate; `not-requested`: the whole flight was read and it did not;
   * `unknown`: the handshake ended before, or it cannot be read.
   */
  readonly clientCertificate: 'requested' | 'not-requested' | 'unknown';
  /** DER of the names whose certificates the server says it accepts; empty means that it does not say. */
  readonly acceptedAuthorities: readonly Buffer[];
}

interface Message {
  readonly type: number;
  readonly body: Buffer;
}

const contentType = { changeCipherSpec: 20, handshake: 22, applicationData: 23 } as const;
/** RFC 8446 §4, RFC 5246 §7.4. */
const messageType = {
  serverHello: 2,
  certificate: 11,
  certificateRequest: 13,
  serverHelloDone: 14,
  finished: 20,
} as const;
const extension = { supportedVersions: 43, certificateAuthorities: 47 } as const;
const TLS_13 = 0x0304;
const RANDOM_LENGTH = 32;

/**
 * Reads the server's part of a handshake from the bytes that came over the connection. In TLS 1.3 they are encrypted from
 * the second message on.
 * @param handshakeSecret `SERVER_HANDSHAKE_TRAFFIC_SECRET`, which Node's event `keylog` tells the client of the connection.
 */
export function readServerFlight(received: Buffer, handshakeSecret: Buffer | undefined): ServerFlight {
  const flight = new FlightReader(handshakeSecret);
  try {
    flight.read(received);
  } catch {
    // A server may send anything: what was understood before stands.
  }
  return flight.result();
}

class FlightReader {
  readonly #secret: Buffer | undefined;
  #decrypt: ((record: TlsRecord) => Decrypted) | undefined;
  #isTls13: boolean | undefined;
  #pending = Buffer.alloc(0);
  #isComplete = false;
  #isRequested = false;
  readonly #certificates: X509Certificate[] = [];
  readonly #authorities: Buffer[] = [];

  constructor(secret: Buffer | undefined) {
    this.#secret = secret;
  }

  read(received: Buffer): void {
    for (const record of splitRecords(received)) {
      if (this.#isComplete) return;
      if (record.type === contentType.handshake) this.#readMessages(record.payload);
      // From here on TLS 1.2 is encrypted, and what matters has been said; in TLS 1.3 this record means nothing.
      else if (record.type === contentType.changeCipherSpec && this.#isTls13 === false) return;
      else if (record.type === contentType.applicationData && this.#decrypt !== undefined) {
        const { type, content } = this.#decrypt(record);
        if (type === contentType.handshake) this.#readMessages(content);
      }
    }
  }

  result(): ServerFlight {
    const absent = this.#isComplete ? 'not-requested' : 'unknown';
    return {
      version: this.#isTls13 === undefined ? undefined : this.#isTls13 ? 'TLSv1.3' : 'TLSv1.2 or older',
      certificates: this.#certificates,
      clientCertificate: this.#isRequested ? 'requested' : absent,
      acceptedAuthorities: this.#authorities,
    };
  }

  /** A message can go over several records, and a record hold several messages. */
  #readMessages(content: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, content]);
    while (this.#pending.length >= 4) {
      const length = this.#pending.readUIntBE(1, 3);
      if (this.#pending.length < 4 + length) return;
      this.#readMessage({ type: this.#pending.readUInt8(0), body: this.#pending.subarray(4, 4 + length) });
      this.#pending = this.#pending.subarray(4 + length);
    }
  }

  #readMessage({ type, body }: Message): void {
    const isTls13 = this.#isTls13 === true;
    switch (type) {
      case messageType.serverHello:
        return this.#readHello(new ByteReader(body));
      case messageType.certificate:
        this.#certificates.push(...readCertificates(new ByteReader(body), { isTls13 }));
        return;
      case messageType.certificateRequest:
        this.#isRequested = true;
        this.#authorities.push(...readAuthorities(new ByteReader(body), { isTls13 }));
        return;
      case messageType.serverHelloDone:
      case messageType.finished:
        this.#isComplete = true;
    }
  }

  #readHello(hello: ByteReader): void {
    hello.take(2 + RANDOM_LENGTH);
    hello.vector(1);
    const suite = hello.number(2);
    hello.take(1);
    const versions = hello.isAtEnd ? undefined : readExtensions(hello).get(extension.supportedVersions);
    this.#isTls13 = versions?.readUInt16BE(0) === TLS_13;
    // A server that wants another key share says hello twice, both times in the clear (RFC 8446 §4.1.4).
    if (this.#isTls13 && this.#secret !== undefined) this.#decrypt = createRecordDecryption(suite, this.#secret);
  }
}

function* splitRecords(received: Buffer): Generator<TlsRecord> {
  for (let start = 0; start + 5 <= received.length;) {
    const header = received.subarray(start, start + 5);
    const end = start + 5 + header.readUInt16BE(3);
    if (end > received.length) return;
    yield { type: header.readUInt8(0), header, payload: received.subarray(start + 5, end) };
    start = end;
  }
}

function readCertificates(body: ByteReader, { isTls13 }: { readonly isTls13: boolean }): X509Certificate[] {
  if (isTls13) body.vector(1);
  const list = new ByteReader(body.vector(3));
  const certificates: X509Certificate[] = [];
  while (!list.isAtEnd) {
    certificates.push(new X509Certificate(list.vector(3)));
    if (isTls13) list.vector(2);
  }
  return certificates;
}

function readAuthorities(body: ByteReader, { isTls13 }: { readonly isTls13: boolean }): Buffer[] {
  body.vector(1);
  if (isTls13) {
    const authorities = readExtensions(body).get(extension.certificateAuthorities);
    return authorities === undefined ? [] : readNames(new ByteReader(authorities));
  }
  body.vector(2);
  return readNames(body);
}

function readNames(body: ByteReader): Buffer[] {
  const list = new ByteReader(body.vector(2));
  const names: Buffer[] = [];
  while (!list.isAtEnd) names.push(list.vector(2));
  return names;
}

function readExtensions(body: ByteReader): Map<number, Buffer> {
  const list = new ByteReader(body.vector(2));
  const extensions = new Map<number, Buffer>();
  while (!list.isAtEnd) extensions.set(list.number(2), list.vector(2));
  return extensions;
}
