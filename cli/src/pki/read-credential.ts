import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { Failure } from '../failure';
import { decodeText, type BinaryInput } from '../files/read-input';
import { nameOf, readBindings, type NamedCredentials } from '../service-key/bindings';
import { readCertificateCredentials } from '../service-key/client-credentials';
import { isBase64 } from './base64';
import { isCertificateBlock, readCertificate } from './certificate';
import { readDerLength } from './der-length';
import { readPem, type PemBlock } from './pem';
import type { PemRepair } from './pem-repair';
import { isPkcs12, readPkcs12 } from './pkcs12/read';
import { isEncrypted, isPrivateKeyBlock, readPrivateKey, type PrivateKey } from './private-key';

export type CredentialFormat = 'PEM' | 'DER' | 'PKCS#12' | 'service key' | 'TLS handshake';

/** The certificates and private keys that one input, or one binding in it, holds; in the order in which they stand there. */
export interface Credential {
  /** How messages call it: the file, with the service instance where there is one. */
  readonly name: string;
  readonly format: CredentialFormat;
  readonly certificates: readonly X509Certificate[];
  readonly keys: readonly CredentialKey[];
  /** Labels of blocks that are neither, e.g. `EC PARAMETERS`. */
  readonly ignored: readonly string[];
  /** Damages that reading undid. */
  readonly repairs: readonly PemRepair[];
  /** Whether a program takes the first certificate for the leaf; a keystore says itself which one that is. */
  readonly orderMatters: boolean;
  readonly keystore?: KeystoreFacts;
  /** Where the credential comes from a service key or binding. */
  readonly binding?: NamedCredentials;
}

export interface CredentialKey extends PrivateKey {
  /** e.g. `PKCS#1`, `PKCS#8, encrypted`. */
  readonly encoding: string;
}

/** How a PKCS#12 keystore is protected. */
export interface KeystoreFacts {
  readonly algorithms: readonly string[];
  readonly legacy: boolean;
  readonly alias?: string;
}

export interface ReadOptions {
  /** Gives the password where one is needed; undefined when there is none. `what` names what it opens. */
  readonly askPassword: (what: string) => Promise<string | undefined>;
}

const encodings: Readonly<Record<string, string>> = {
  'PRIVATE KEY': 'PKCS#8',
  'ENCRYPTED PRIVATE KEY': 'PKCS#8, encrypted',
  'RSA PRIVATE KEY': 'PKCS#1',
  'EC PRIVATE KEY': 'SEC1',
};

/**
 * Reads certificates and keys from whatever holds them: PEM in any state, DER, PKCS#12, the base64 text of one of these, a
 * service key, the output of `cf service-key` or `cf env`, VCAP_SERVICES. One credential for each binding with a certificate,
 * one for any other input.
 * @throws {Failure} naming what is wrong: `keystore-java` for a format that it only recognises, `credential-unrecognised`
 * for what is none of these, and the codes of `readPem`, `readPkcs12`, `readPrivateKey`.
 */
export async function readCredentials(
  input: BinaryInput,
  options: ReadOptions,
): Promise<readonly [Credential, ...Credential[]]> {
  const { bytes, name } = input;
  if (bytes.length === 0)
    throw new Failure('input-empty', `${name} is empty.`, 'Give a file that holds a certificate, key or keystore.');
  refuseJavaKeystore(input);
  if (isPkcs12(bytes)) return [await readKeystore(input, options)];
  // OpenSSL takes long over the lengths of BER, and certificates and keys have none of these.
  const length = readDerLength(bytes);
  if (length === bytes.length) {
    const der = await readDer(input, options);
    if (der !== undefined) return [der];
  }
  if (length !== undefined && length > bytes.length && (bytes[1] ?? 0) > 0x80) throw cutOff(input, length);
  return readText({ text: decodeText(bytes), name }, options);
}

/** Reads the certificate and key of one binding. @throws like `readCredentials`. */
export async function readBindingCredential(
  binding: NamedCredentials,
  { askPassword, name }: ReadOptions & { readonly name: string },
): Promise<Credential> {
  const { certificate, key } = readCertificateCredentials(binding);
  const parts = [
    ...(certificate === undefined ? [] : [readPem(certificate, 'certificate')]),
    ...(key === undefined ? [] : [readPem(key, 'private key')]),
  ];
  const blocks = parts.flatMap((part) => part.blocks);
  const repairs = [...new Set(parts.flatMap((part) => part.repairs))];
  return { ...(await readBlocks({ blocks, name }, { askPassword })), format: 'service key', repairs, binding };
}

/** Private keys of Java keep their own formats: FEEDFEED and CECECECE begin them. */
function refuseJavaKeystore({ bytes, name }: BinaryInput): void {
  const magic = bytes.toString('hex', 0, 4);
  const type = magic === 'feedfeed' ? 'JKS' : magic === 'cececece' ? 'JCEKS' : undefined;
  if (type === undefined) return;
  const target = `${name.replace(/\.[^.]*$/, '')}.p12`;
  throw new Failure(
    'keystore-java',
    `${name} is a Java keystore (${type}), which only Java reads.`,
    `Convert it: keytool -importkeystore -srckeystore ${name} -srcstoretype ${type} -destkeystore ${target} -deststoretype PKCS12`,
  );
}

async function readKeystore({ bytes, name }: BinaryInput, { askPassword }: ReadOptions): Promise<Credential> {
  const password = await askPassword(`the keystore ${name}`);
  if (password === undefined)
    throw new Failure(
      'password-missing',
      `${name} is a PKCS#12 keystore: it needs its password.`,
      'Give it with --password-file FILE or --password-env NAME; on a terminal mtls asks for it.',
    );
  const { keys, certificates, ...keystore } = readPkcs12(bytes, password);
  return {
    name,
    format: 'PKCS#12',
    certificates: certificates.map((der, index) =>
      readCertificate({ label: 'CERTIFICATE', der }, `certificate ${index + 1} of ${certificates.length}`),
    ),
    keys: keys.map((der) => ({ ...readPrivateKey({ label: 'PRIVATE KEY', der }), encoding: 'PKCS#8' })),
    ignored: [],
    repairs: [],
    orderMatters: false,
    keystore,
  };
}

async function readDer({ bytes, name }: BinaryInput, options: ReadOptions): Promise<Credential | undefined> {
  const label = findLabel(bytes);
  if (label === undefined) return undefined;
  return { ...(await readBlocks({ blocks: [{ label, der: bytes }], name }, options)), format: 'DER' };
}

/** What PEM would call these bytes; undefined when they are neither certificate nor key. */
export function findLabel(der: Buffer): string | undefined {
  try {
    return new X509Certificate(der).raw.length > 0 ? 'CERTIFICATE' : undefined;
  } catch {
    // Not a certificate; a key perhaps.
  }
  // EncryptedPrivateKeyInfo begins with the identifier of PBES2 or of an algorithm of PKCS#12.
  if (
    /^30(?:8..?.?.?.?|..)30(?:8...|..)06(?:092a864886f70d01050d|0a2a864886f70d010c01)/.test(der.toString('hex', 0, 24))
  )
    return 'ENCRYPTED PRIVATE KEY';
  const types = { 'PRIVATE KEY': 'pkcs8', 'RSA PRIVATE KEY': 'pkcs1', 'EC PRIVATE KEY': 'sec1' } as const;
  for (const [label, type] of Object.entries(types)) if (decodes(der, type)) return label;
  return undefined;
}

function decodes(der: Buffer, type: 'pkcs8' | 'pkcs1' | 'sec1'): KeyObject | undefined {
  try {
    return createPrivateKey({ key: der, format: 'der', type });
  } catch {
    return undefined;
  }
}

interface TextInput {
  readonly text: string;
  readonly name: string;
}

async function readText(
  { text, name }: TextInput,
  options: ReadOptions,
): Promise<readonly [Credential, ...Credential[]]> {
  const [first, ...others] = await readServiceKeys({ text, name }, options);
  if (first !== undefined) return [first, ...others];
  const wrapped = decodeBase64(text);
  if (wrapped !== undefined) return readCredentials({ bytes: wrapped, name }, options);
  if (!text.includes('BEGIN') && !text.includes('END')) throw unrecognised(name);
  const { blocks, repairs } = readPem(text, `text of ${name}`);
  return [{ ...(await readBlocks({ blocks, name }, options)), repairs }];
}

async function readServiceKeys({ text, name }: TextInput, options: ReadOptions): Promise<Credential[]> {
  const bindings = findBindings(text);
  const withCertificate = bindings.filter((binding) => {
    const { certificate, key } = readCertificateCredentials(binding);
    return certificate !== undefined || key !== undefined;
  });
  const credentials: Credential[] = [];
  for (const binding of withCertificate)
    credentials.push(await readBindingCredential(binding, { ...options, name: `${name}, ${nameOf(binding)}` }));
  if (credentials.length > 0 || bindings.length === 0) return credentials;
  throw new Failure(
    'certificate-missing',
    `${name} holds credentials without a certificate: ${bindings.map((binding) => nameOf(binding)).join(', ')}.`,
    'Create the service key or binding with -c \'{"credential-type":"x509"}\', or look for the certificate elsewhere.',
  );
}

/**
 * Reads the bindings of a text; none where it is no JSON. What is damaged as JSON can still hold its PEM blocks as a whole.
 * @throws {Failure} `json-damaged` where there are none of these either.
 */
export function findBindings(text: string): NamedCredentials[] {
  if (!text.includes('{') || isBinary(text)) return [];
  try {
    return readBindings(text);
  } catch (error) {
    if (error instanceof Failure && (error.code === 'json-missing' || text.includes('BEGIN'))) return [];
    throw error;
  }
}

/** DER has zero bytes, and its length right behind the first byte is no UTF-8: a brace in it means nothing. */
function isBinary(text: string): boolean {
  return text.startsWith('0\uFFFD') || text.includes('\0');
}

/** Base64 without BEGIN and END: how the Destination Service stores files and the router passes a certificate on. */
export function decodeBase64(text: string): Buffer | undefined {
  const compact = text.replaceAll(/["\s]/g, '');
  if (compact.length < 64 || !isBase64(compact)) return undefined;
  const bytes = Buffer.from(compact, 'base64');
  return bytes[0] === 0x30 || bytes.includes('-BEGIN ') ? bytes : undefined;
}

async function readBlocks(
  { blocks, name }: { readonly blocks: readonly PemBlock[]; readonly name: string },
  { askPassword }: ReadOptions,
): Promise<Credential> {
  const certificateBlocks = blocks.filter((block) => isCertificateBlock(block));
  const keyBlocks = blocks.filter((block) => isPrivateKeyBlock(block));
  const ignored = blocks.filter((block) => !isCertificateBlock(block) && !isPrivateKeyBlock(block));
  if (certificateBlocks.length + keyBlocks.length === 0) throw nothingUsable(name, ignored);
  const keys: CredentialKey[] = [];
  for (const block of keyBlocks) {
    const password = isEncrypted(block) ? await askPassword(`the private key in ${name}`) : undefined;
    const encoding = encodings[block.label] ?? block.label;
    keys.push({
      ...readPrivateKey(block, password),
      encoding: block.encryption === undefined ? encoding : `${encoding}, encrypted as before PKCS#8`,
    });
  }
  return {
    name,
    format: 'PEM',
    certificates: certificateBlocks.map((block, index) =>
      readCertificate(block, `certificate ${index + 1} of ${certificateBlocks.length}`),
    ),
    keys,
    ignored: ignored.map(({ label }) => label),
    repairs: [],
    orderMatters: true,
  };
}

function cutOff({ bytes, name }: BinaryInput, length: number): Failure {
  return new Failure(
    'der-damaged',
    `${name} begins like DER, but has ${bytes.length} bytes where it announces ${length}: it is cut off.`,
    'Fetch it anew, in binary mode where a program asks for a mode.',
  );
}

function nothingUsable(name: string, blocks: readonly PemBlock[]): Failure {
  const labels = [...new Set(blocks.map(({ label }) => label))];
  const isPkcs7 = labels.includes('PKCS7') || labels.includes('CMS');
  return new Failure(
    'certificate-missing',
    `${name} holds neither certificate nor private key, only: ${labels.join(', ')}.`,
    isPkcs7
      ? `Take the certificates out of it: openssl pkcs7 -print_certs -in ${name}`
      : 'Give the file with the certificate or the private key.',
  );
}

function unrecognised(name: string): Failure {
  return new Failure(
    'credential-unrecognised',
    `${name} is nothing that holds a certificate or key: no PEM with "-----BEGIN …-----", no DER, no PKCS#12, no service key.`,
    'Give a .pem, .crt, .cer, .der, .key, .p12 or .pfx file, or the output of "cf service-key INSTANCE KEY".',
  );
}
