import { formatBytes, parseQuantity, toMegabytes } from '../../src/cf/manifest/quantity';

describe('parseQuantity', () => {
  it.each([
    ['64M', 64],
    ['64m', 64],
    ['128MB', 128],
    ['1G', 1024],
    ['1.5g', 1536],
    ['2TB', 2 * 1024 * 1024],
    ['2048K', 2],
    ['1048576B', 1],
  ])('reads %s as %i megabytes', (text, megabytes) => {
    const quantity = parseQuantity(text);
    expect(quantity.kind === 'bytes' && toMegabytes(quantity.bytes)).toBe(megabytes);
  });

  it.each([
    ['128', 'unsupported-unit'],
    ['128X', 'unsupported-unit'],
    ['128BB', 'unsupported-unit'],
    ['12 8M', 'unsupported-unit'],
    ['lots', 'not-a-number'],
    ['M', 'not-a-number'],
    ['', 'not-a-number'],
  ])('refuses %j as %s', (text, kind) => {
    expect(parseQuantity(text)).toEqual({ kind });
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0B'],
    [1023, '1023B'],
    [1024, '1K'],
    [60_293_120, '57.5M'],
    [1024 ** 3, '1G'],
    [1536 * 1024 ** 2, '1.5G'],
  ])('prints %i as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});
