import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { KnownCertificates, verifyCertificateBinding } from '../../src/auth/certificate-binding';
import type { VerifiedClaims } from '../../src/auth/security-context';
import { createTestCertificates, type TestCertificates } from '../support/client-certificates';
import { rfc8705, sapLibraries } from '../support/published-certificates';

const rfcCertificate = Buffer.from(rfc8705.certificate, 'base64');

describe('verifyCertificateBinding', () => {
  let certificates: TestCertificates;
  beforeAll(async () => {
    certificates = await createTestCertificates();
  });

  describe('known answers (R-19)', () => {
    it('takes the certificate of RFC 8705 Appendix A for the one that the token there is bound to', () => {
      expect(verify({ 'x5t#S256': rfc8705.thumbprint }, rfcCertificate)).toEqual({ kind: 'bound' });
    });

    it('comes to the thumbprint that openssl computes', () => {
      const { der } = certificates.client;
      const digest = execFileSync('openssl', ['dgst', '-sha256', '-binary'], { input: der });
      expect(verify({ 'x5t#S256': digest.toString('base64url') }, der)).toEqual({ kind: 'bound' });
    });

    it('comes to the thumbprint that SAP’s libraries publish for their certificate, and takes no other for it', () => {
      const certificate = Buffer.from(sapLibraries.certificate, 'base64');
      expect(verify({ 'x5t#S256': sapLibraries.thumbprint }, certificate)).toEqual({ kind: 'bound' });
      expect(verify({ 'x5t#S256': sapLibraries.thumbprint }, rfcCertificate)).toEqual({
        kind: 'other-certificate',
        expected: sapLibraries.thumbprint,
        presented: rfc8705.thumbprint,
      });
    });

    it.each(['invalid', 'abc', ''])(
      'refuses “%s” as they do, which their tests name as the thumbprint of a token',
      (text) => {
        expect(verify({ 'x5t#S256': text }, rfcCertificate)).toEqual({ kind: 'unreadable-confirmation' });
      },
    );
  });

  describe('matches (R-16)', () => {
    it('the same certificate, also when it is expired or signed by itself: the handshake is where chains count (R-28)', () => {
      for (const { der, thumbprint } of [certificates.client, certificates.expired, certificates.selfSigned]) {
        expect(verify({ 'x5t#S256': thumbprint }, der)).toEqual({ kind: 'bound' });
      }
    });

    it('the same certificate beside other members of cnf', () => {
      const { der, thumbprint } = certificates.client;
      expect(verify({ kid: 'a', 'x5t#S256': thumbprint }, der)).toEqual({ kind: 'bound' });
    });

    it.each(['other', 'renewed', 'selfSigned', 'expired', 'authority'] as const)('no other certificate: %s', (name) => {
      const expected = certificates.client.thumbprint;
      const { der, thumbprint: presented } = certificates[name];
      expect(verify({ 'x5t#S256': expected }, der)).toEqual({ kind: 'other-certificate', expected, presented });
    });

    it('no certificate that differs in one bit', () => {
      const { der, thumbprint } = certificates.client;
      const changed = Buffer.from(der);
      changed.writeUInt8(changed.readUInt8(der.length - 1) ^ 1, der.length - 1);
      expect(verify({ 'x5t#S256': thumbprint }, changed).kind).toBe('other-certificate');
    });

    it('nothing where there is no certificate', () => {
      const { thumbprint: expected } = certificates.client;
      expect(verify({ 'x5t#S256': expected }, undefined)).toEqual({ kind: 'no-certificate', expected });
    });
  });

  it('calls a token without cnf unbound, with and without a certificate', () => {
    expect(verifyCertificateBinding({}, undefined)).toEqual({ kind: 'unbound' });
    expect(verifyCertificateBinding({ sub: 'a' }, certificates.client.der)).toEqual({ kind: 'unbound' });
  });

  describe('refuses a confirmation that is', () => {
    it.each([[null], ['text'], [rfc8705.thumbprint], [5], [true], [false], [''], [[]], [[rfc8705.thumbprint]], [{}]])(
      'no object with a thumbprint: %j',
      (cnf) => {
        expect(verify(cnf, rfcCertificate)).toEqual({ kind: 'unreadable-confirmation' });
      },
    );

    it.each([
      ['a key, not a certificate', { jkt: rfc8705.thumbprint }],
      ['an SHA-1 thumbprint', { x5t: digest('sha1').toString('base64url') }],
      ['named in another case', { 'X5T#S256': rfc8705.thumbprint }],
      ['named in another case', { 'x5t#s256': rfc8705.thumbprint }],
    ])('%s', (_name, cnf) => {
      expect(verify(cnf, rfcCertificate)).toEqual({ kind: 'unreadable-confirmation' });
    });

    it.each([
      ['padded', `${rfc8705.thumbprint}=`],
      ['base64', digest('sha256').toString('base64')],
      ['in the alphabet of base64', sapLibraries.thumbprint.replaceAll('-', '+')],
      ['hexadecimal', digest('sha256').toString('hex')],
      [
        'hexadecimal with colons',
        digest('sha256')
          .toString('hex')
          .replaceAll(/..(?=.)/g, '$&:'),
      ],
      ['SHA-1', digest('sha1').toString('base64url')],
      ['SHA-512', digest('sha512').toString('base64url')],
      ['with a blank', ` ${rfc8705.thumbprint}`],
      ['with a line end', `${rfc8705.thumbprint}\n`],
      ['with a line end inside', `${rfc8705.thumbprint.slice(0, 20)}\n${rfc8705.thumbprint.slice(20)}`],
      ['spelled with other unused bits', `${rfc8705.thumbprint.slice(0, -1)}1`],
      ['cut', rfc8705.thumbprint.slice(0, -1)],
      ['longer', `${rfc8705.thumbprint}AA`],
      ['a list', [rfc8705.thumbprint]],
      ['a number', 5],
      ['null', null],
      ['an object', { toString: rfc8705.thumbprint }],
    ])('%s (R-19)', (_name, thumbprint) => {
      expect(verify({ 'x5t#S256': thumbprint }, rfcCertificate)).toEqual({ kind: 'unreadable-confirmation' });
    });
  });

  function verify(cnf: unknown, der: Buffer | undefined) {
    return verifyCertificateBinding({ cnf }, der);
  }

  function digest(algorithm: string): Buffer {
    return createHash(algorithm).update(rfcCertificate).digest();
  }
});

describe('KnownCertificates', () => {
  const claims = { cnf: { 'x5t#S256': rfc8705.thumbprint } };

  it('recognises the text that was remembered for the thumbprint of a token, and no other text', () => {
    const known = new KnownCertificates();
    expect(known.has(claims, rfc8705.certificate)).toBe(false);
    known.remember(claims, rfc8705.certificate);
    expect(known.has(claims, rfc8705.certificate)).toBe(true);
    expect(known.has(claims, `${rfc8705.certificate.slice(0, -1)}A`)).toBe(false);
    expect(known.has(claims, '')).toBe(false);
  });

  it.each([{}, { cnf: null }, { cnf: 'a' }, { cnf: {} }, { cnf: { 'x5t#S256': 1 } }, { cnf: { 'x5t#S256': 'other' } }])(
    'recognises nothing for a token with the claims %j',
    (other) => {
      const known = new KnownCertificates();
      known.remember(claims, rfc8705.certificate);
      known.remember(other, sapLibraries.certificate);
      expect(known.has(other, rfc8705.certificate)).toBe(false);
    },
  );

  it('forgets the one that was not used for longest: 1,000 certificates, 2 million characters', () => {
    const known = new KnownCertificates();
    const bound = (index: number): VerifiedClaims => ({ cnf: { 'x5t#S256': `thumbprint ${index}` } });
    const text = 'A'.repeat(1500);
    for (let index = 0; index <= 1000; index += 1) known.remember(bound(index), text);
    expect(known.has(bound(0), text)).toBe(false);
    expect(known.has(bound(1), text)).toBe(true);
    const long = 'A'.repeat(8192);
    for (let index = 2000; index < 2300; index += 1) known.remember(bound(index), long);
    expect(known.has(bound(2000), long)).toBe(false);
    expect(known.has(bound(2299), long)).toBe(true);
  });
});
