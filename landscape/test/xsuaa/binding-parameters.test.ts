import { BrokerError, type JsonObject } from '../../src/broker';
import { readBindingParameters } from '../../src/xsuaa/binding-parameters';
import type { CredentialType } from '../../src/xsuaa/oauth2-configuration';

const all: readonly CredentialType[] = ['x509', 'binding-secret', 'instance-secret'];
const read = (parameters: JsonObject, allowed = all) => readBindingParameters(parameters, allowed);
const x509 = (parameters: JsonObject): JsonObject => ({ 'credential-type': 'x509', x509: parameters });

describe('readBindingParameters', () => {
  it('takes the first type of the list by default, a certificate of 2048 bits for 7 days', () => {
    expect(read({})).toEqual({ type: 'x509', source: 'generated', keyLength: 2048, validityDays: 7 });
    expect(read({}, ['instance-secret', 'x509'])).toEqual({ type: 'instance-secret' });
    expect(read({}, ['binding-secret'])).toEqual({ type: 'binding-secret', hideSecret: false });
  });

  it('takes the type that the binding names', () => {
    expect(read({ 'credential-type': 'binding-secret' }).type).toBe('binding-secret');
    expect(read({ 'credential-type': 'instance-secret' }).type).toBe('instance-secret');
    expect(read({ 'credential-type': 'x509' }, ['binding-secret', 'x509']).type).toBe('x509');
  });

  it.each([2048, 4096, 8192])('takes a key length of %i', (keyLength) => {
    expect(read(x509({ 'key-length': keyLength }))).toMatchObject({ keyLength });
  });

  it.each([1, 7, 30])('takes a validity of %i days', (validity) => {
    expect(read(x509({ validity, 'validity-type': 'DAYS' }))).toMatchObject({ validityDays: validity });
    expect(read({ x509: { validity } })).toMatchObject({ validityDays: validity });
  });

  it('reads a self-managed certificate with its options', () => {
    expect(
      read(
        x509({
          certificate: 'PEM',
          'certificate-pinning': false,
          'hide-certificate': true,
          'ensure-uniqueness': true,
        }),
      ),
    ).toEqual({ type: 'x509', source: 'self-managed', certificate: 'PEM', pinning: false, hideCertificate: true });
    expect(read(x509({ certificate: 'PEM' }))).toMatchObject({ pinning: true, hideCertificate: false });
  });

  it('leaves the secret out when asked to, as text or as truth value', () => {
    for (const value of [true, 'true'])
      expect(read({ 'credential-type': 'binding-secret', 'hide-secret': value })).toMatchObject({ hideSecret: true });
  });

  it.each<[string, JsonObject, string]>([
    [
      'a type that does not exist',
      { 'credential-type': 'X509_GENERATED' },
      '"credential-type" is "X509_GENERATED"; it must be one of binding-secret, x509, instance-secret',
    ],
    [
      'an unknown parameter',
      { 'credential-typ': 'x509' },
      '"credential-typ" is unknown; known are credential-type, x509, hide-secret',
    ],
    ['31 days', x509({ validity: 31 }), '"x509.validity" is 31; it must be a whole number of days from 1 to 30'],
    ['0 days', x509({ validity: 0 }), '"x509.validity" is 0'],
    ['days in text', x509({ validity: '7' }), '"x509.validity" is "7"'],
    [
      'YEARS',
      x509({ validity: 1, 'validity-type': 'YEARS' }),
      '"x509.validity-type" is "YEARS"; it must be one of DAYS',
    ],
    [
      'a key of 1024 bits',
      x509({ 'key-length': 1024 }),
      '"x509.key-length" is 1024; it must be one of 2048, 4096, 8192',
    ],
    ['the flat form of IAS', { 'credential-type': 'x509', 'key-length': 2048 }, '"key-length" is unknown'],
    ['x509 that is no object', { 'credential-type': 'x509', x509: 'yes' }, '"x509" is "yes"; it must be an object'],
    [
      'pinning without a certificate',
      x509({ 'certificate-pinning': true }),
      '"x509.certificate-pinning" is unknown; known are key-length',
    ],
    [
      'a certificate with a key length',
      x509({ certificate: 'PEM', 'key-length': 2048 }),
      '"x509.key-length" is unknown; known are certificate',
    ],
    [
      'a certificate that is no text',
      x509({ certificate: 5 }),
      '"x509.certificate" is 5; it must be a certificate in PEM',
    ],
    [
      'x509 parameters for a secret',
      { 'credential-type': 'binding-secret', x509: {} },
      '"x509" needs the credential type x509; this binding\'s is binding-secret',
    ],
  ])('refuses %s', (_, parameters, message) => {
    expect(() => read(parameters)).toThrow(BrokerError);
    expect(() => read(parameters)).toThrow(message);
  });

  it('refuses a type that the instance does not list, and says which it lists', () => {
    expect(() => read({ 'credential-type': 'binding-secret' }, ['x509'])).toThrow(
      '"credential-type" is "binding-secret"; the service instance allows x509',
    );
    expect(() => read({ 'credential-type': 'instance-secret' }, ['binding-secret', 'x509'])).toThrow(
      'the service instance allows binding-secret, x509',
    );
  });

  it('tells who forgot the type that the default is not x509', () => {
    expect(() => read({ x509: { validity: 1 } }, ['binding-secret', 'x509'])).toThrow('add "credential-type": "x509"');
  });
});
