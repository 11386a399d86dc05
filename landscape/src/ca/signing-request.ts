import 'reflect-metadata';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { Name, Pkcs10CertificateRequest, type JsonName } from '@peculiar/x509';

/** What a certificate signing request asks for, its signature checked. */
export interface SigningRequest {
  readonly subject: JsonName;
  readonly publicKey: KeyObject;
}

/** The message continues the sentence `FILE …`. */
export class SigningRequestError extends Error {
  override readonly name = 'SigningRequestError';
}

const MIN_RSA_BITS = 2048;

/**
 * Reads a certificate signing request (RFC 2986, PEM). Its signature shows that whoever asks has the key, which stays there.
 * @throws {SigningRequestError} when it is none, or none that a certificate authority should sign.
 */
export async function readSigningRequest(pem: string): Promise<SigningRequest> {
  const request = parse(pem);
  if (!(await request.verify())) throw new SigningRequestError('is not signed with the key that it holds.');
  const subject = new Name(request.subject).toJSON();
  if (subject.length === 0)
    throw new SigningRequestError('names no subject. Make it with one: openssl req -new -subj /CN=my-app …');
  const publicKey = createPublicKey({
    key: Buffer.from(request.publicKey.rawData),
    format: 'der',
    type: 'spki',
  });
  checkKey(publicKey);
  return { subject, publicKey };
}

function parse(pem: string): Pkcs10CertificateRequest {
  if (pem.includes('PRIVATE KEY'))
    throw new SigningRequestError('holds a private key. That stays with you: give the signing request only.');
  if (!/-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----/.test(pem))
    throw new SigningRequestError(
      'is no certificate signing request in PEM. Make one: openssl req -new -key key.pem -subj /CN=my-app -out request.pem',
    );
  try {
    return new Pkcs10CertificateRequest(pem);
  } catch (error) {
    throw new SigningRequestError('is damaged: it cannot be read as a certificate signing request.', { cause: error });
  }
}

function checkKey({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): void {
  const bits = details?.modulusLength ?? 0;
  if (type === 'ec' || (type === 'rsa' && bits >= MIN_RSA_BITS)) return;
  throw new SigningRequestError(
    `has a key that is not accepted (${type ?? 'unknown'}${bits === 0 ? '' : `, ${bits} bits`}): RSA from ${MIN_RSA_BITS} bits on, or EC.`,
  );
}
