import { createPrivateKey, X509Certificate } from 'node:crypto';
import * as v from 'valibot';
import { checkName } from './destination';
import { readPemBlocks } from './pem';
import { messageOf, ServiceError } from './service-error';

/** An uploaded or generated certificate or keystore. */
export interface Certificate {
  /** The bytes of the file, exactly as uploaded. */
  readonly content: Buffer;
  readonly format: CertificateFormat;
  readonly type?: string;
  /** How the service made it; absent for what was uploaded. */
  readonly generated?: GeneratedCertificate;
}

/** What a certificate is generated from, and again when it is renewed. */
export interface Generation {
  readonly commonName: string;
  readonly validityDays: number;
  readonly automaticRenew: boolean;
  /** Encrypts the private key. */
  readonly password?: string;
}

export interface GeneratedCertificate {
  readonly generation: Generation;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

export type CertificateFormat = 'pem' | 'pkcs12' | 'jks';

/** The extension of the name decides the format. */
const formats: Readonly<Record<string, CertificateFormat>> = {
  pem: 'pem',
  crt: 'pem',
  cer: 'pem',
  p12: 'pkcs12',
  pfx: 'pkcs12',
  jks: 'jks',
};

const uploadSchema = v.object({
  Name: v.pipe(v.string(), v.trim(), v.nonEmpty()),
  Type: v.nullish(v.string()),
  Content: v.pipe(v.string(), v.nonEmpty()),
});

/**
 * Reads an uploaded certificate: `Content` is the base64 of the file, so that a PEM file is encoded once more.
 * @throws {ServiceError} 400 when a field is missing, or the bytes are not what the extension of the name says.
 */
export function parseUpload(body: unknown): { name: string; value: Certificate } {
  const result = v.safeParse(uploadSchema, body);
  if (!result.success) throw new ServiceError(400, describeIssue(result.issues[0]));
  const { Name: name, Type: type, Content } = result.output;
  const format = formatOfName(name);
  const content = decodeBase64(name, Content);
  checkContent(name, format, content);
  return { name, value: { content, format, ...(typeof type === 'string' && { type }) } };
}

/** @throws {ServiceError} 400 when the name has none of the extensions that tell the format. */
export function formatOfName(name: string): CertificateFormat {
  checkName('Name', name);
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const format = formats[extension];
  if (format !== undefined) return format;
  throw new ServiceError(
    400,
    `The certificate name "${name}" must end in .${Object.keys(formats).join(', .')}: the extension decides the format`,
  );
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const key = v.getDotPath(issue);
  return key === null
    ? 'A certificate is a JSON object with Name and Content'
    : `The property ${key} is missing or no text`;
}

function decodeBase64(name: string, text: string): Buffer {
  const compact = text.replace(/\s+/g, '');
  // Buffer.from skips what is no base64 silently: a PEM pasted as it is would become rubbish.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact) || compact.length % 4 !== 0)
    throw new ServiceError(400, `The Content of "${name}" is no base64: it must be the base64 of the file's bytes`);
  return Buffer.from(compact, 'base64');
}

function checkContent(name: string, format: CertificateFormat, content: Buffer): void {
  const actual = detectFormat(content);
  // Since Java 9 keytool writes PKCS#12 into files that people still call .jks.
  if (actual === format || (format === 'jks' && actual === 'pkcs12')) {
    if (actual === 'pem') checkPem(name, content);
    return;
  }
  throw new ServiceError(
    400,
    `The Content of "${name}" is ${actual === undefined ? 'neither PEM nor PKCS#12 nor JKS' : labels[actual]}, but the extension says ${labels[format]}`,
  );
}

const labels = { pem: 'PEM', pkcs12: 'PKCS#12', jks: 'JKS' } as const;

function detectFormat(content: Buffer): CertificateFormat | undefined {
  if (content.subarray(0, 4).equals(Buffer.from('feedfeed', 'hex'))) return 'jks';
  if (content.includes('-----BEGIN ')) return 'pem';
  return isPkcs12(content) ? 'pkcs12' : undefined;
}

/** PFX ::= SEQUENCE { version INTEGER {v3(3)}, … } (RFC 7292 §4); a DER certificate continues with another SEQUENCE. */
function isPkcs12(content: Buffer): boolean {
  if (content[0] !== 0x30) return false;
  const lengthByte = content[1] ?? 0;
  // Long form: the low bits count the bytes of the length; BER's indefinite length (0x80) has none.
  const start = lengthByte > 0x80 ? 2 + (lengthByte & 0x7f) : 2;
  return content.subarray(start, start + 3).equals(Buffer.from('020103', 'hex'));
}

/** Whether key and certificate fit, and are in time, is judged when they are used: here each block must only be one. */
function checkPem(name: string, content: Buffer): void {
  const blocks = readPemBlocks(content.toString('utf8'));
  if (blocks.length === 0)
    throw new ServiceError(
      400,
      `The Content of "${name}" has a BEGIN line but no complete PEM block: are its line breaks real ones, and is there an END line?`,
    );
  blocks.forEach((block, index) => {
    const problem = findProblem(block);
    if (problem !== undefined)
      throw new ServiceError(400, `Block ${index + 1} (${block.label}) of "${name}" cannot be read: ${problem}`);
  });
}

function findProblem({ kind, text }: ReturnType<typeof readPemBlocks>[number]): string | undefined {
  try {
    const parse = kind === 'certificate' ? parseCertificate : kind === 'key' ? createPrivateKey : undefined;
    parse?.(text);
    return undefined;
  } catch (error) {
    // An encrypted key cannot be looked at without its password, which only the destination has.
    if (kind === 'key' && /ENCRYPTED/.test(text)) return undefined;
    return messageOf(error);
  }
}

function parseCertificate(text: string): X509Certificate {
  return new X509Certificate(text);
}
