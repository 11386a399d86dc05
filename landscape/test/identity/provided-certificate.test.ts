import { BrokerError } from '../../src/broker';
import { readProvidedCertificate } from '../../src/identity/provided-certificate';
import {
  createTestAuthority,
  DAY_MS,
  issueTestCertificate,
  type TestCertificate,
} from '../token-core/test-certificates';

// Keys are made at run time; on a busy machine that takes a while.
jest.setTimeout(30_000);

let own: TestCertificate;
let issuer: string;
beforeAll(async () => {
  const authority = await createTestAuthority('Provided');
  own = await issueTestCertificate(authority);
  issuer = authority.certificate.toString();
});

const read = (pem: string, now = Date.now()) => readProvidedCertificate(pem, now);
const [BEGIN, END] = ['-----BEGIN CERTIFICATE-----', '-----END CERTIFICATE-----'];
const base64 = () => own.x509.raw.toString('base64');

function refusalOf(pem: string, now?: number): string {
  try {
    read(pem, now);
  } catch (error) {
    if (error instanceof BrokerError && error.status === 400) return error.message;
    throw error;
  }
  return 'nothing was refused';
}

describe('readProvidedCertificate', () => {
  it.each<[string, () => string]>([
    ['with line breaks after each 64 characters', () => own.certificate],
    ['with the two required line breaks only', () => `${BEGIN}\n${base64()}\n${END}`],
    ['with the line breaks of Windows', () => own.certificate.replaceAll('\n', '\r\n')],
    ['without the last line break', () => own.certificate.trimEnd()],
    ['with blank lines around it', () => `\n\n${own.certificate}\n\n`],
    ['with its issuer behind it', () => own.certificate + issuer],
  ])('reads a certificate %s', (_, pem) => {
    expect(read(pem()).raw.equals(own.x509.raw)).toBe(true);
  });

  it.each<[string, () => string, RegExp]>([
    ['without a line break after BEGIN', () => `${BEGIN}${base64()}\n${END}`, /lacks a line break after BEGIN/],
    ['without a line break before END', () => `${BEGIN}\n${base64()}${END}`, /lacks a line break after BEGIN/],
    ['with all line breaks removed', () => own.certificate.replaceAll('\n', ''), /lacks a line break after BEGIN/],
    ['with blanks for line breaks', () => own.certificate.replaceAll('\n', ' '), /lacks a line break after BEGIN/],
    ['escaped twice', () => own.certificate.replaceAll('\n', String.raw`\n`), /holds a backslash and an n/],
    ['as bare base64', base64, /is no certificate in PEM/],
    ['that is encoded once more', () => Buffer.from(own.certificate).toString('base64'), /is no certificate in PEM/],
    ['whose last dashes are missing', () => own.certificate.trimEnd().slice(0, -5), /is no certificate in PEM/],
    ['that is damaged', () => `${BEGIN}\n${base64().slice(8)}\n${END}`, /cannot be read as a certificate/],
    ['that is empty', () => `${BEGIN}\n\n${END}`, /cannot be read as a certificate/],
    ['with its key', () => own.certificate + own.key, /holds a private key; the key stays with you$/],
    ['that is no text at all', () => '', /is no certificate in PEM/],
  ])('refuses one %s', (_, pem, problem) => {
    const message = refusalOf(pem());
    expect(message).toMatch(/^Error reading the binding parameters: "certificate" /);
    expect(message).toMatch(problem);
    expect(message).not.toContain(own.key.slice(40, 80));
  });

  it('refuses one that has expired by the clock of the landscape', () => {
    expect(refusalOf(own.certificate, Date.now() + 31 * DAY_MS)).toMatch(/has expired on .*; give one that is valid$/);
  });
});
