import { parseSource } from '../../src/watch/watch-source';

describe('parseSource', () => {
  it.each([
    ['partner.example:443', 'partner.example:443'],
    ['https://partner.example/path', 'partner.example:443'],
    ['localhost:5443', 'localhost:5443'],
    ['[::1]:8443', '[::1]:8443'],
  ])('takes %s for a server', (argument, name) => {
    expect(parseSource(argument)).toMatchObject({ kind: 'server', name });
  });

  it.each(['key.txt', String.raw`C:\keys\key.txt`, './a:1/key.pem', 'keystore', '-'])(
    'takes %s for a file',
    (argument) => {
      expect(parseSource(argument)).toEqual({ kind: 'file', name: argument });
    },
  );
});
