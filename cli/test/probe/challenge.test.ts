import { readChallenges } from '../../src/probe/challenge';

const read = (header: string) =>
  readChallenges({ 'www-authenticate': header }).map(({ scheme, parameters }) => [
    scheme,
    Object.fromEntries(parameters),
  ]);

describe('readChallenges', () => {
  it.each([
    ['Bearer', [['bearer', {}]]],
    [
      'Bearer error="invalid_token", error_description="a, b=c \\"d\\""',
      [['bearer', { error: 'invalid_token', error_description: 'a, b=c "d"' }]],
    ],
    [
      'Basic realm="UAA/client", Bearer scope="a b"',
      [
        ['basic', { realm: 'UAA/client' }],
        ['bearer', { scope: 'a b' }],
      ],
    ],
    [
      'Negotiate, Basic realm=x',
      [
        ['negotiate', {}],
        ['basic', { realm: 'x' }],
      ],
    ],
    ['', []],
    ['"', []],
  ])('reads %s', (header, expected) => {
    expect(read(header)).toEqual(expected);
  });

  it('finds none in an answer without the header', () => {
    expect(readChallenges({})).toEqual([]);
  });
});
