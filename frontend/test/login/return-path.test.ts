import { safeReturnPath } from '../../src/login/return-path';

describe('safeReturnPath', () => {
  it.each([
    ['/', '/'],
    ['/app', '/app'],
    ['/user?tab=2', '/user?tab=2'],
    ['/a/../user#part', '/user'],
    ['/?next=https://evil.example', '/?next=https://evil.example'],
    ['/loginpage', '/loginpage'],
  ])('keeps a path of this app: %s', (asked, path) => {
    expect(safeReturnPath(asked)).toBe(path);
  });

  it.each([
    [null],
    [''],
    ['user'],
    ['https://evil.example/'],
    ['//evil.example'],
    ['///evil.example'],
    ['/\\evil.example'],
    ['/\t/evil.example'],
    ['/\n/evil.example'],
    ['/.//evil.example'],
    ['javascript:alert(1)'],
    ['/login'],
    ['/login?return=/login'],
    ['/login/callback?code=1'],
    ['/x/../login'],
    ['/logout'],
    [`/${'a'.repeat(500)}`],
  ])('takes the page of the user in place of %j', (asked) => {
    expect(safeReturnPath(asked)).toBe('/user');
  });
});
