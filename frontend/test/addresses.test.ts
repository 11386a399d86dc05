import { isBaseAddress, readHttpsUrl, resolveBelow } from '../src/addresses';

describe('readHttpsUrl', () => {
  it('reads an https address', () => {
    const problems: string[] = [];
    expect(readHttpsUrl('https://a.example/b', 'uri', problems)?.href).toBe('https://a.example/b');
    expect(problems).toEqual([]);
  });

  it.each(['http://a', 'ftp://a', 'a', '', '//a'])('refuses %s', (value) => {
    const problems: string[] = [];
    expect(readHttpsUrl(value, 'uri', problems)).toBeUndefined();
    expect(problems).toEqual(['"uri" must be an https URL']);
  });
});

describe('isBaseAddress', () => {
  it.each([
    'https://b.example',
    'https://b.example/base/',
    'http://localhost:5001',
    'http://127.0.0.1',
    'http://[::1]:5001',
  ])('accepts %s', (address) => expect(isBaseAddress(new URL(address))).toBe(true));

  it.each([
    'http://b.example',
    'http://localhost.example',
    'http://127.example.com',
    'ftp://localhost',
    'https://b.example?x=1',
    'https://b.example#x',
    'https://user@b.example',
    'https://:word@b.example',
  ])('refuses %s', (address) => expect(isBaseAddress(new URL(address))).toBe(false));
});

describe('resolveBelow', () => {
  it.each([
    ['https://b.example', 'https://b.example/endpoint'],
    ['https://b.example/', 'https://b.example/endpoint'],
    ['http://localhost:5001//', 'http://localhost:5001/endpoint'],
    ['https://b.example/base/', 'https://b.example/base/endpoint'],
    ['https://b.example/base?x=1#y', 'https://b.example/base/endpoint'],
  ])('resolves /endpoint below %s', (base, expected) => {
    expect(resolveBelow(new URL(base), '/endpoint').href).toBe(expected);
  });
});
