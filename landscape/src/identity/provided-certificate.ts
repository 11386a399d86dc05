import { X509Certificate } from 'node:crypto';
import { BrokerError } from '../broker';

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';
const BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/;

/**
 * Reads the certificate of a binding with X509_PROVIDED; issuers may stand behind it. Line breaks after BEGIN and before END
 * are required (SAP Help); those between them, e.g. after each 64 characters, may be there or not. Unlike SAP's service, the
 * landscape takes certificates of any issuer.
 * @throws {BrokerError} that says what is wrong with the text or the certificate.
 */
export function readProvidedCertificate(pem: string, now: number): X509Certificate {
  checkText(pem);
  const certificate = parse(pem);
  if (Date.parse(certificate.validTo) <= now)
    throw refuse(`has expired on ${certificate.validTo}; give one that is valid`);
  return certificate;
}

function checkText(pem: string): void {
  if (pem.includes('PRIVATE KEY')) throw refuse('holds a private key; the key stays with you');
  if (pem.includes(String.raw`\n`))
    throw refuse(
      String.raw`holds a backslash and an n instead of line breaks: it was escaped twice. In JSON write \n once, in YAML between double quotes or as a block (|)`,
    );
  if (!pem.includes(BEGIN) || !pem.includes(END))
    throw refuse(`is no certificate in PEM; it must begin with ${BEGIN} and end with ${END}, with all their dashes`);
  const [first = ''] = BLOCK.exec(pem) ?? [];
  const body = first.slice(BEGIN.length, -END.length);
  if (first !== '' && !(/^\r?\n/.test(body) && body.endsWith('\n')))
    throw refuse(
      String.raw`lacks a line break after BEGIN CERTIFICATE----- or before -----END CERTIFICATE; both are required, as \n in JSON`,
    );
}

function parse(pem: string): X509Certificate {
  try {
    return new X509Certificate(BLOCK.exec(pem)?.[0] ?? pem);
  } catch (error) {
    throw refuse(`cannot be read as a certificate (${error instanceof Error ? error.message : 'damaged'})`);
  }
}

function refuse(problem: string): BrokerError {
  return new BrokerError(400, `Error reading the binding parameters: "certificate" ${problem}`);
}
