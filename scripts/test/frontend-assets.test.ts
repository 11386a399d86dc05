import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the build makes for the browser, made once more in a folder of its own. */
let folder: string;
let css: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'frontend-assets-'));
  const script = `import('./scripts/lib/frontend-assets.mjs').then(({ copyFrontendAssets }) => copyFrontendAssets(${JSON.stringify(folder)}))`;
  execFileSync(process.execPath, ['-e', script], { cwd: join(__dirname, '..', '..') });
  css = readFileSync(join(folder, 'assets', 'pages.css'), 'utf8');
}, 60_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The custom properties that the theme under this media query declares. */
function themeOf(media: string): ReadonlyMap<string, string> {
  const begin = css.indexOf(`${media}{:root{`);
  expect(begin).toBeGreaterThan(-1);
  const block = css.slice(begin, css.indexOf('}}', begin));
  return new Map([...block.matchAll(/(--[\w-]+):([^;}]*)/g)].map(([, name = '', value = '']) => [name, value]));
}

describe('copyFrontendAssets', () => {
  it('refers to nothing but the fonts beside the sheet, which are there', () => {
    const addresses = [...css.matchAll(/url\(([^)]*)\)/g)].map(([, address = '']) => address);
    expect(addresses.length).toBeGreaterThanOrEqual(4);
    for (const address of addresses) {
      expect(address).toMatch(/^fonts\/[\w-]+\.woff2$/);
      expect(existsSync(join(folder, 'assets', address))).toBe(true);
    }
    expect(css).not.toMatch(/@import|data:/);
  });

  it('makes the icon that the pages name', () => {
    expect(readFileSync(join(folder, 'favicon.svg'), 'utf8')).toContain('<svg');
  });

  it('keeps the rules of the components that the pages use and leaves out the others', () => {
    for (const used of [
      '.fd-card',
      '.fd-table__cell',
      '.fd-message-strip--error',
      '.fd-button--emphasized',
      '.fd-shellbar',
    ]) {
      expect(css).toContain(used);
    }
    for (const unused of ['.fd-calendar', '.fd-shellbar__search-field', '.fd-button--attention', '.fd-card__media']) {
      expect(css).not.toContain(unused);
    }
  });

  it('stays below 75 KB', () => {
    expect(Buffer.byteLength(css)).toBeLessThan(75_000);
  });

  it('declares every property of the theme that a rule reads without a fallback', () => {
    const declared = new Set([...css.matchAll(/(?<=[{;])(--[\w-]+):/g)].map(([, name]) => name));
    const read = [...css.matchAll(/var\((--[\w-]+)\)/g)].map(([, name = '']) => name);
    // The component library itself reads these two in a default that each of its accent classes replaces.
    const upstream = ['--fdInfoLabel_Color_Accent_7', '--fdInfoLabel_Background_Color_Accent_7'];
    expect([...new Set(read)].filter((name) => !declared.has(name) && !upstream.includes(name))).toEqual([]);
  });

  it('has the light, the dark and both high contrast themes of Horizon', () => {
    const dark = 'screen and (prefers-color-scheme:dark)';
    const medias = [...css.matchAll(/@media ?([^{]*)\{:root\{/g)].map(([, media = '']) => media);
    expect(medias).toHaveLength(4);
    const backgrounds = medias.map((media) => themeOf(media).get('--sapBackgroundColor'));
    expect(medias).toContain(dark);
    expect(new Set(backgrounds).size).toBe(4);
    expect(backgrounds).not.toContain(undefined);
  });

  it('names whose work it contains', () => {
    expect(css).toContain('Apache License 2.0');
  });
});
