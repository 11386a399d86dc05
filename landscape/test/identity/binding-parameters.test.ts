import type { JsonObject } from '../../src/broker';
import { readBindingParameters } from '../../src/identity/binding-parameters';

const PREFIX = 'Error reading the binding parameters: ';

describe('readBindingParameters', () => {
  it.each<[JsonObject, object]>([
    [{}, { type: 'SECRET' }],
    [{ 'credential-type': 'SECRET' }, { type: 'SECRET' }],
    [{ 'credential-type': 'NONE' }, { type: 'NONE' }],
    [{ 'credential-type': 'X509_GENERATED' }, { type: 'X509_GENERATED', keyLength: 2048, validityDays: 30 }],
    [
      {
        'credential-type': 'X509_GENERATED',
        'key-length': 4096,
        validity: 1,
        'validity-type': 'DAYS',
        'app-identifier': 'service-1.prod_a',
      },
      { type: 'X509_GENERATED', keyLength: 4096, validityDays: 1, appIdentifier: 'service-1.prod_a' },
    ],
    [
      { 'credential-type': 'X509_PROVIDED', certificate: 'any text' },
      { type: 'X509_PROVIDED', certificate: 'any text' },
    ],
  ])('reads %j', (parameters, wish) => {
    expect(readBindingParameters(parameters)).toEqual(wish);
  });

  it.each([1, 30])('takes a validity of %d days', (validity) => {
    expect(readBindingParameters({ 'credential-type': 'X509_GENERATED', validity })).toMatchObject({
      validityDays: validity,
    });
  });

  it('takes an app identifier of twenty characters', () => {
    const parameters = { 'credential-type': 'X509_GENERATED', 'app-identifier': 'a'.repeat(20) };
    expect(readBindingParameters(parameters)).toMatchObject({ appIdentifier: 'a'.repeat(20) });
  });

  it.each<[JsonObject, string]>([
    [{ validity: 0 }, '"validity" is 0; it must be a whole number of days from 1 to 30'],
    [{ validity: 31 }, '"validity" is 31; it must be a whole number of days from 1 to 30'],
    [{ validity: '30' }, '"validity" is "30"; it must be a whole number of days from 1 to 30'],
    [{ 'validity-type': 'MONTHS' }, '"validity-type" is "MONTHS"; it must be one of DAYS'],
    [{ 'key-length': 8192 }, '"key-length" is 8192; it must be one of 2048, 4096'],
    [
      { 'app-identifier': 'a'.repeat(21) },
      `"app-identifier" is "${'a'.repeat(21)}"; it must be a name of 1 to 20 letters, digits, . - and _`,
    ],
    [
      { length: 1 },
      '"length" is unknown; known are credential-type, key-length, validity, validity-type, app-identifier',
    ],
    [
      { certificate: 'x' },
      '"certificate" is unknown; known are credential-type, key-length, validity, validity-type, app-identifier',
    ],
  ])('refuses %j with X509_GENERATED', (parameters, problem) => {
    expect(() => readBindingParameters({ 'credential-type': 'X509_GENERATED', ...parameters })).toThrow(
      `${PREFIX}${problem}`,
    );
  });

  it('lists all problems at once', () => {
    const parameters = { 'credential-type': 'X509_GENERATED', validity: 0, 'key-length': 1 };
    expect(() => readBindingParameters(parameters)).toThrow(/"key-length" is 1.*"validity" is 0/);
  });

  it('asks for the certificate with X509_PROVIDED', () => {
    expect(() => readBindingParameters({ 'credential-type': 'X509_PROVIDED' })).toThrow(
      `${PREFIX}"certificate" is missing`,
    );
  });

  it.each<[JsonObject, string]>([
    [
      { certificate: 'x' },
      '"certificate" needs the credential type X509_PROVIDED; this binding\'s is SECRET, the default: add "credential-type": "X509_PROVIDED"',
    ],
    [
      { validity: 3 },
      '"validity" needs the credential type X509_GENERATED; this binding\'s is SECRET, the default: add "credential-type": "X509_GENERATED"',
    ],
    [
      { 'credential-type': 'NONE', 'key-length': 2048 },
      '"key-length" needs the credential type X509_GENERATED; this binding\'s is NONE',
    ],
    [{ colour: 'red' }, '"colour" is unknown; known with the credential type SECRET is credential-type'],
  ])('refuses %j', (parameters, problem) => {
    expect(() => readBindingParameters(parameters)).toThrow(new Error(`${PREFIX}${problem}`));
  });

  it.each([
    ['x509', 'X509_GENERATED'],
    ['binding-secret', 'SECRET'],
    ['instance-secret', 'SECRET'],
    ['x509_provided', 'X509_PROVIDED'],
    ['none', 'NONE'],
  ])('says what the credential type %s of other services is here', (name, meant) => {
    expect(() => readBindingParameters({ 'credential-type': name })).toThrow(
      `${PREFIX}"credential-type" is "${name}"; it must be one of SECRET, X509_GENERATED, X509_PROVIDED, NONE: "${name}" is ${meant} here`,
    );
  });

  it.each<[JsonObject]>([
    [{ 'credential-type': 'x509', x509: { validity: 7 } }],
    [{ 'credential-type': 'X509_GENERATED', x509: { validity: 7 } }],
    [{ x509: {} }],
    [{ xsuaa: { 'credential-type': 'x509' } }],
  ])("shows the right shape for XSUAA's %j", (parameters) => {
    expect(() => readBindingParameters(parameters)).toThrow(
      /all parameters stand side by side: \{"credential-type": "X509_GENERATED"/,
    );
  });

  it.each<[JsonObject]>([[{ 'credential-type': 7 }], [{ 'credential-type': ['SECRET'] }], [{ 'credential-type': '' }]])(
    'refuses %j',
    (parameters) => {
      expect(() => readBindingParameters(parameters)).toThrow(
        /it must be one of SECRET, X509_GENERATED, X509_PROVIDED, NONE$/,
      );
    },
  );
});
