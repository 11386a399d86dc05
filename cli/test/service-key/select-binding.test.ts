import { selectBinding } from '../../src/service-key/select-binding';
import { failureOf } from '../support/failure-of';

const withCertificate = (instance: string) => ({
  instance,
  offering: 'xsuaa',
  credentials: { clientid: 'a', certificate: 'C', key: 'K' },
});
const withSecret = {
  instance: 'plain',
  offering: 'xsuaa',
  credentials: { clientid: 'b', clientsecret: 's', 'credential-type': 'binding-secret' },
};
const destination = {
  instance: 'dest',
  offering: 'destination',
  credentials: { clientid: 'd', clientsecret: 's', uri: 'https://d' },
};
const query = { purpose: 'certificate', source: 'env.txt' } as const;

describe('selectBinding', () => {
  it('takes the only one that fits the purpose', () => {
    const bindings = [withSecret, withCertificate('mtlsXsuaa'), destination];
    expect(selectBinding(bindings, query).instance).toBe('mtlsXsuaa');
    expect(selectBinding(bindings, { ...query, purpose: 'destination' }).instance).toBe('dest');
  });

  it('takes the one that --service names, by instance or binding', () => {
    const bindings = [withCertificate('a'), { ...withCertificate('b'), binding: 'auth' }];
    expect(selectBinding(bindings, { ...query, service: 'a' }).instance).toBe('a');
    expect(selectBinding(bindings, { ...query, service: 'auth' }).instance).toBe('b');
  });

  it('takes a service key, which does not say its offering, by what it holds', () => {
    const key = { credentials: destination.credentials };
    expect(selectBinding([key], { ...query, purpose: 'destination' })).toBe(key);
    expect(() => selectBinding([key], { ...query, purpose: 'xsuaa' })).toThrow('holds no credentials of XSUAA');
  });

  it('refuses to guess between two and lists them', () => {
    expect(failureOf(() => selectBinding([withCertificate('a'), withCertificate('b')], query))).toMatchObject({
      name: 'UsageFailure',
      code: 'several-services',
      message: expect.stringContaining('a, b') as string,
    });
  });

  it('refuses a name that is not there and lists those that are', () => {
    expect(failureOf(() => selectBinding([withSecret], { ...query, service: 'x' }))).toMatchObject({
      code: 'service-unknown',
      remedy: 'Use --service with one of: plain.',
    });
  });

  it('says which credential type a binding has instead of a certificate', () => {
    expect(() => selectBinding([withSecret], query)).toThrow(
      'holds no certificate; it has: plain (credential type binding-secret)',
    );
  });
});
