import { parseCertificate, readClientCertificate } from '../../src/auth/client-certificate';
import { createTestCertificates, type TestCertificates } from '../support/client-certificates';
import { rfc8705, sapLibraries } from '../support/published-certificates';

describe('readClientCertificate', () => {
  it('reads Cloud Foundry’s one line of base64 DER, whatever the case of the header’s name', () => {
    const der = Buffer.from(rfc8705.certificate, 'base64');
    for (const name of ['x-forwarded-client-cert', 'X-Forwarded-Client-Cert', 'X-FORWARDED-CLIENT-CERT']) {
      expect(read(name, rfc8705.certificate)).toEqual({ kind: 'present', der });
    }
  });

  it('reads the header that SAP’s libraries have recorded on Cloud Foundry', () => {
    const der = Buffer.from(sapLibraries.certificate, 'base64');
    expect(read('x-forwarded-client-cert', sapLibraries.certificate)).toEqual({ kind: 'present', der });
    expect(parseCertificate(der)?.raw).toEqual(der);
  });

  it('tells a request without the header from one with an unreadable value', () => {
    expect(read('host', 'a')).toEqual({ kind: 'absent' });
    expect(read('x-forwarded-client-cert', '')).toMatchObject({ kind: 'unreadable' });
  });

  it.each([
    'Client-Cert',
    'X_Forwarded_Client_Cert',
    'X-Forwarded-Client_Cert',
    'X-Forwarded-Client-Certificate',
    'X-Forwarded-Client-Cert-Chain',
    'X-Client-Cert',
    'SSL-Client-Cert',
    'X-SSL-Client-Cert',
    'X-ARR-ClientCert',
    'X-Amzn-Mtls-Clientcert',
    'Forwarded',
  ])('ignores the header %s: the router deletes only the one that it knows (R-15)', (name) => {
    expect(read(name, rfc8705.certificate)).toEqual({ kind: 'absent' });
  });

  describe('calls unreadable (R-30)', () => {
    let certificates: TestCertificates;
    beforeAll(async () => {
      certificates = await createTestCertificates();
    });

    it('two headers, also two with the same value', () => {
      const { line } = certificates.client;
      const rawHeaders = ['X-Forwarded-Client-Cert', line, 'x-forwarded-client-cert', line];
      expect(readClientCertificate(rawHeaders, 'x-forwarded-client-cert')).toEqual({
        kind: 'unreadable',
        reason: '2 headers of that name',
      });
    });

    it('a value that is longer than any certificate, before it is decoded', () => {
      expect(read('x-forwarded-client-cert', 'A'.repeat(8192))).toMatchObject({ kind: 'present' });
      expect(read('x-forwarded-client-cert', 'A'.repeat(8196))).toEqual({
        kind: 'unreadable',
        reason: '8196 characters, more than 8192',
      });
    });

    const spellings: [string, (certificates: TestCertificates) => string][] = [
      ['two values in one header', ({ client }) => `${client.line},${client.line}`],
      ['two values in one header, with a blank', ({ client, other }) => `${client.line}, ${other.line}`],
      ['a value that ends with a comma', ({ client }) => `${client.line},`],
      ['PEM on one line', ({ client }) => client.pem.replaceAll('\n', ' ')],
      ['PEM with escaped line ends', ({ client }) => client.pem.replaceAll('\n', '\\n')],
      ['PEM, URL-encoded (nginx)', ({ client }) => encodeURIComponent(client.pem)],
      ['base64 in blocks', ({ client }) => client.line.replaceAll(/.{64}/g, '$& ')],
      ['base64url', ({ client }) => client.der.toString('base64url')],
      ['base64 between quotes', ({ client }) => `"${client.line}"`],
      ['base64 between colons (RFC 9440)', ({ client }) => `:${client.line}:`],
      ['hexadecimal with colons', ({ client }) => client.der.toString('hex').replaceAll(/..(?=.)/g, '$&:')],
      ['Envoy’s form', ({ client }) => `Hash=${'0'.repeat(64)};Cert="${encodeURIComponent(client.pem)}"`],
      ['Envoy’s form with an empty certificate', () => `Hash=${'0'.repeat(64)};Cert=""`],
      ['padding that is too long', () => `${rfc8705.certificate}=`],
      ['padding alone', () => '===='],
      ['(null), as some proxies write', () => '(null)'],
    ];

    it.each(spellings)('%s', (_name, spell) => {
      expect(read('x-forwarded-client-cert', spell(certificates))).toEqual({
        kind: 'unreadable',
        reason: 'not one line of base64',
      });
    });

    it('a second spelling of the same bytes', () => {
      expect(read('x-forwarded-client-cert', 'AAA=')).toMatchObject({ kind: 'present' });
      expect(Buffer.from('AAB=', 'base64')).toEqual(Buffer.from('AAA=', 'base64'));
      expect(read('x-forwarded-client-cert', 'AAB=')).toMatchObject({ kind: 'unreadable' });
      expect(read('x-forwarded-client-cert', 'AAA')).toMatchObject({ kind: 'unreadable' });
    });
  });

  describe('with the header of RFC 9440 (R-58)', () => {
    it('reads a byte sequence, and ignores Cloud Foundry’s header', () => {
      const der = Buffer.from(rfc8705.certificate, 'base64');
      const rawHeaders = ['X-Forwarded-Client-Cert', 'rubbish', 'Client-Cert', `:${rfc8705.certificate}:`];
      expect(readClientCertificate(rawHeaders, 'client-cert')).toEqual({ kind: 'present', der });
    });

    it.each([
      ['without colons', rfc8705.certificate],
      ['with one colon', `:${rfc8705.certificate}`],
      ['with a parameter', `:${rfc8705.certificate}:;a=1`],
      ['twice', `:${rfc8705.certificate}:, :${rfc8705.certificate}:`],
      ['empty', '::'],
    ])('calls a value %s unreadable', (_name, value) => {
      expect(readClientCertificate(['Client-Cert', value], 'client-cert')).toMatchObject({ kind: 'unreadable' });
    });
  });

  function read(name: string, value: string) {
    return readClientCertificate(['Host', 'a.example', name, value], 'x-forwarded-client-cert');
  }
});

describe('parseCertificate', () => {
  const der = Buffer.from(rfc8705.certificate, 'base64');

  it('reads one certificate in DER, also to an expired one', () => {
    expect(parseCertificate(der)?.raw).toEqual(der);
  });

  it.each([
    ['two certificates', Buffer.concat([der, der])],
    ['a certificate and one more byte', Buffer.concat([der, Buffer.from([0])])],
    ['a certificate without its last byte', der.subarray(0, -1)],
    ['PEM', Buffer.from(`-----BEGIN CERTIFICATE-----\n${rfc8705.certificate}\n-----END CERTIFICATE-----\n`)],
    ['rubbish', Buffer.from('rubbish')],
    ['nothing', Buffer.alloc(0)],
    ['a length beyond the end', Buffer.from('3084ffffffff', 'hex')],
  ])('refuses %s', (_name, bytes) => {
    expect(parseCertificate(bytes)).toBeUndefined();
  });
});
