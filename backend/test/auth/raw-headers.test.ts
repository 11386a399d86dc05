import { listHeaderValues } from '../../src/auth/raw-headers';

describe('listHeaderValues', () => {
  const rawHeaders = [
    'Host',
    'a',
    'X-Test',
    '1',
    'x-test',
    '2',
    'X-TEST',
    '',
    'X_Test',
    '3',
    'X-Tests',
    '4',
    'a',
    'x-test',
  ];

  it('lists every value in order, whatever the case of the name, and no value of a similar name', () => {
    expect(listHeaderValues(rawHeaders, 'x-test')).toEqual(['1', '2', '']);
  });

  it('takes no value for a name', () => {
    expect(listHeaderValues(['a', 'host', 'b', 'c'], 'host')).toEqual([]);
  });
});
