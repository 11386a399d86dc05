import { describeAnswer } from '../../src/probe/answer-text';

describe('describeAnswer', () => {
  it.each<readonly [unknown, string]>([
    [{ error: 'invalid_client', error_description: 'Bad credentials' }, 'Bad credentials'],
    [{ ErrorMessage: 'not found' }, 'not found'],
    [{ error: 'invalid_client' }, 'invalid_client'],
    ['Unauthorized\n', 'Unauthorized'],
    [{ other: 1 }, ''],
    [undefined, ''],
  ])('reads %p', (body, text) => {
    expect(describeAnswer(body)).toBe(text);
  });

  it('repeats no token, no key and no control character, and not more than 300 characters', () => {
    expect(describeAnswer('token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln is bad')).toBe('token (token) is bad');
    expect(describeAnswer('key -----BEGIN RSA PRIVATE KEY-----\nabc')).toBe('key (private key)');
    expect(describeAnswer(`a${String.fromCharCode(27)}[31mb`)).toBe('a[31mb');
    expect(describeAnswer('x'.repeat(1000))).toHaveLength(300);
  });
});
