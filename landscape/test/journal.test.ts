import { maskPath } from '../src/journal';

describe('maskPath', () => {
  it('keeps what tells what a request is about, and hides values', () => {
    expect(maskPath('/oauth/authorize?response_type=code&client_id=sb-x&state=s')).toBe(
      '/oauth/authorize?response_type=code&client_id=…&state=…',
    );
    expect(maskPath('/x')).toBe('/x');
  });

  it('hides what cannot be decoded, too', () => {
    expect(maskPath('/x?%zz=secret&%=secret')).toBe('/x?%zz=…&%=…');
  });
});
