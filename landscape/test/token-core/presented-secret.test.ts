import { Form } from '../../src/token-core/form';
import { readPresentedSecrets, type SecretRules } from '../../src/token-core/presented-secret';

const xsuaa: SecretRules = { basicAndBody: 'refused', basicEncoding: 'as-header-says' };
const ias: SecretRules = { basicAndBody: 'accepted-when-equal', basicEncoding: 'either' };
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
const encoded = { 'x-cf-encoded-credentials': 'true' };

describe('readPresentedSecrets', () => {
  it('finds none where there is none', () => {
    expect(readPresentedSecrets(Form.parse('client_id=a'), {}, xsuaa)).toEqual([]);
    expect(readPresentedSecrets(Form.parse(''), { authorization: 'Bearer abc' }, xsuaa)).toEqual([]);
  });

  it('reads the body, where an empty secret counts as omitted', () => {
    expect(readPresentedSecrets(Form.parse('client_id=a&client_secret=s'), {}, xsuaa)).toEqual([
      { clientId: 'a', secret: 's' },
    ]);
    expect(readPresentedSecrets(Form.parse('client_id=a&client_secret='), {}, xsuaa)).toEqual([]);
  });

  it('reads a Basic header whatever the case of its scheme, to the first colon, as it stands', () => {
    for (const scheme of ['Basic', 'basic', 'BASIC'])
      expect(
        readPresentedSecrets(
          Form.parse(''),
          { authorization: `${scheme} ${Buffer.from('a:s:%2B+').toString('base64')}` },
          xsuaa,
        ),
      ).toEqual([{ clientId: 'a', secret: 's:%2B+' }]);
  });

  it('keeps an empty secret of a Basic header, which is wrong but there', () => {
    expect(readPresentedSecrets(Form.parse(''), basic('a:'), xsuaa)).toEqual([{ clientId: 'a', secret: '' }]);
  });

  it('decodes a Basic header when X-CF-ENCODED-CREDENTIALS says so', () => {
    expect(readPresentedSecrets(Form.parse(''), { ...basic('a%21t1:s%2B%24+'), ...encoded }, xsuaa)).toEqual([
      { clientId: 'a!t1', secret: 's+$ ' },
    ]);
    expect(
      readPresentedSecrets(Form.parse(''), { ...basic('a:s%2B'), 'x-cf-encoded-credentials': 'false' }, xsuaa),
    ).toEqual([{ clientId: 'a', secret: 's%2B' }]);
  });

  it('refuses a Basic header that says encoded and is not', () => {
    expect(() => readPresentedSecrets(Form.parse(''), { ...basic('a:100%'), ...encoded }, xsuaa)).toThrow(
      'Failed to URL Decode credentials',
    );
  });

  it('refuses a Basic header without a colon', () => {
    expect(() => readPresentedSecrets(Form.parse(''), basic('ab'), xsuaa)).toThrow(
      'Invalid basic authentication token',
    );
  });

  it('refuses Basic and body at once by one rule and accepts them by the other if they are equal', () => {
    const form = Form.parse('client_id=a&client_secret=s');
    expect(() => readPresentedSecrets(form, basic('a:s'), xsuaa)).toThrow('The client authenticates twice');
    expect(readPresentedSecrets(form, basic('a:s'), ias)).toContainEqual({ clientId: 'a', secret: 's' });
    expect(() => readPresentedSecrets(form, basic('a:other'), ias)).toThrow('does not match');
  });

  it('gives both readings of a Basic header whose encoding is open', () => {
    expect(readPresentedSecrets(Form.parse(''), basic('a:s%2B'), ias)).toEqual([
      { clientId: 'a', secret: 's%2B' },
      { clientId: 'a', secret: 's+' },
    ]);
  });

  it('accepts a client_id in the body that Basic names too, and refuses another', () => {
    expect(readPresentedSecrets(Form.parse('client_id=a'), basic('a:s'), xsuaa)).toHaveLength(1);
    expect(() => readPresentedSecrets(Form.parse('client_id=b'), basic('a:s'), xsuaa)).toThrow(
      'Given client ID does not match authenticated client',
    );
  });
});
