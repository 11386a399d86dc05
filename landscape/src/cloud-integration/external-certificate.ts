import { X509Certificate } from 'node:crypto';
import { BrokerError } from '../broker';

const BLOCK = /-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g;

/**
 * Reads the certificate of a key of type `certificate_external`: one, without its chain; line breaks may be missing (SAP Help
 * shows it so). Of which CA it is does not matter here: the load balancer drops it in the call if it does not know that one.
 * @throws {BrokerError} that says what is wrong with the text or the certificate.
 */
export function readExternalCertificate(pem: string, now: number): X509Certificate {
  if (pem.includes('PRIVATE KEY')) throw refuse('holds a private key; the key stays with you');
  const [first, second] = [...pem.matchAll(BLOCK)].map(([, body = '']) => body);
  if (first === undefined)
    throw refuse(
      'is no certificate in PEM; it must begin with -----BEGIN CERTIFICATE----- and end with -----END CERTIFICATE-----, with all their dashes',
    );
  if (second !== undefined)
    throw refuse("holds more than one certificate; give the client's own, the chain comes with each call");
  const certificate = parse(first);
  if (Date.parse(certificate.validTo) <= now)
    throw refuse(`has expired on ${certificate.validTo}; give one that is valid`);
  return certificate;
}

function parse(base64: string): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    throw refuse(
      String.raw`cannot be read as a certificate: what stands between BEGIN and END is damaged (in JSON a line break is \n, written once)`,
    );
  }
}

function refuse(problem: string): BrokerError {
  return new BrokerError(400, `Error reading the parameters of the service key: "X.509" ${problem}`);
}
