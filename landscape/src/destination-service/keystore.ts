import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket, type SecureContextOptions } from 'node:tls';
import type { Certificate } from './certificate';
import { chainOf } from './certificate-chain';
import { readPemBlocks } from './pem';
import { messageOf } from './service-error';

/** A keystore that is ready for a TLS handshake. */
export interface Keystore {
  readonly tls: Pick<SecureContextOptions, 'key' | 'cert' | 'pfx' | 'passphrase'>;
  /** The certificate that will be presented. */
  readonly leaf: X509Certificate;
}

/** Why a keystore cannot be used; the message names the keystore and no secret. */
export class KeystoreError extends Error {
  override readonly name = 'KeystoreError';
}

export interface KeystoreRequest {
  readonly name: string;
  readonly certificate: Certificate;
  /** Value of `tokenService.KeyStorePassword`; an empty one counts as none. */
  readonly password: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** @throws {KeystoreError} when there is no key with its certificate, the password is missing or wrong, or the time is not right. */
export function openKeystore(request: KeystoreRequest): Keystore {
  const keystore = open(request);
  checkValidity(request, keystore.leaf);
  return keystore;
}

function open(request: KeystoreRequest): Keystore {
  const { name, certificate } = request;
  if (certificate.format === 'pem') return openPem(request);
  if (certificate.content[0] === 0x30) return openPkcs12(request);
  throw new KeystoreError(
    `the keystore '${name}' is a Java keystore in the old JKS format, which this landscape cannot open: convert it with "keytool -importkeystore -srckeystore ${name} -destkeystore keystore.p12 -deststoretype PKCS12"`,
  );
}

/** Key and certificates may stand in any order, and several pairs may be there: the first pair that fits is taken. */
function openPem({ name, certificate, password }: KeystoreRequest): Keystore {
  const blocks = readPemBlocks(certificate.content.toString('utf8'));
  const certificates = blocks.filter(({ kind }) => kind === 'certificate').map(({ text }) => new X509Certificate(text));
  const keys = blocks.filter(({ kind }) => kind === 'key');
  if (keys.length === 0) throw new KeystoreError(`the keystore '${name}' holds no private key`);
  if (certificates.length === 0) throw new KeystoreError(`the keystore '${name}' holds no certificate`);
  for (const { text } of keys) {
    const key = openKey(name, text, password);
    const leaf = certificates.find((candidate) => candidate.checkPrivateKey(key));
    if (leaf === undefined) continue;
    const cert = chainOf(leaf, certificates).map(String).join('');
    return { tls: { key: key.export({ type: 'pkcs8', format: 'pem' }), cert }, leaf };
  }
  throw new KeystoreError(`in the keystore '${name}' the private key belongs to none of the certificates`);
}

function openKey(name: string, text: string, password: string | undefined): KeyObject {
  const encrypted = text.includes('ENCRYPTED');
  if (encrypted && !password)
    throw new KeystoreError(
      `the private key in the keystore '${name}' is encrypted and tokenService.KeyStorePassword is missing`,
    );
  try {
    // The password of a key that is not encrypted is ignored.
    return createPrivateKey({ key: text, ...(encrypted && { passphrase: password }) });
  } catch (error) {
    const cause = encrypted ? 'is tokenService.KeyStorePassword wrong?' : messageOf(error);
    throw new KeystoreError(`the private key in the keystore '${name}' cannot be read: ${cause}`);
  }
}

function openPkcs12({ name, certificate, password }: KeystoreRequest): Keystore {
  if (!password)
    throw new KeystoreError(`the keystore '${name}' is PKCS#12 and tokenService.KeyStorePassword is missing`);
  const tls = { pfx: certificate.content, passphrase: password };
  const leaf = readLeaf(name, tls);
  if (leaf === undefined) throw new KeystoreError(`the keystore '${name}' holds no private key with its certificate`);
  return { tls, leaf };
}

/** Node has no reader for PKCS#12 but TLS: a socket that is never connected tells which certificate it would present. */
function readLeaf(name: string, tls: Keystore['tls']): X509Certificate | undefined {
  const unconnected = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  try {
    const socket = new TLSSocket(unconnected, { secureContext: createSecureContext(tls) });
    const leaf = socket.getX509Certificate();
    socket.destroy();
    return leaf;
  } catch (error) {
    throw new KeystoreError(`the keystore '${name}' cannot be opened: ${explainPkcs12(messageOf(error))}`);
  } finally {
    unconnected.destroy();
  }
}

function explainPkcs12(message: string): string {
  if (message.includes('mac verify failure')) return 'tokenService.KeyStorePassword is wrong';
  if (message.includes('Unsupported PKCS12'))
    return 'it is encrypted with algorithms that OpenSSL 3 no longer loads (RC2, 3DES): write it again with current ones';
  return message;
}

function checkValidity({ name, now }: KeystoreRequest, leaf: X509Certificate): void {
  if (Date.parse(leaf.validTo) < now)
    throw new KeystoreError(`the certificate in the keystore '${name}' has expired on ${toIso(leaf.validTo)}`);
  if (Date.parse(leaf.validFrom) > now)
    throw new KeystoreError(`the certificate in the keystore '${name}' is not valid before ${toIso(leaf.validFrom)}`);
}

function toIso(date: string): string {
  return new Date(date).toISOString();
}
