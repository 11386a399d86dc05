import { findChromium } from './support';

describe('findChromium', () => {
  it('takes the named browser', () => {
    expect(findChromium(process.execPath, [])).toBe(process.execPath);
  });

  it('takes the first of the usual places that is there', () => {
    expect(findChromium(undefined, ['/nowhere/chromium', process.execPath])).toBe(process.execPath);
  });

  it('does not fall back to another browser when the named one is missing, and says how to get one', () => {
    expect(() => findChromium('/nowhere/chromium', [process.execPath])).toThrow(
      /none at \/nowhere\/chromium.*apt-get install chromium.*CHROMIUM_PATH=/s,
    );
  });
});
