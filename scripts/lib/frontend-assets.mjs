// Makes frontend/dist/public: one style sheet, the four fonts it names, the favicon. No CDN, nothing but what is served.
//
// The packages are large (a component's sheet has up to 90 KB, a theme 180 KB) and a page has 300 KB in all, so only
// what the pages use is taken: of the components the rules whose classes stand in the pages' sources, of the two
// themes the custom properties that the remaining rules read, directly or through another property.
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { transform } from 'esbuild';
import { PurgeCSS } from 'purgecss';
import { root } from './run.mjs';

const require = createRequire(import.meta.url);
const fundamental = dirname(require.resolve('fundamental-styles/dist/button.css'));
const baseLib = join(
  dirname(require.resolve('@sap-theming/theming-base-content/package.json')),
  'content/Base/baseLib',
);
const pages = join(root, 'frontend', 'src', 'pages');
const own = join(root, 'frontend', 'public');

const COMPONENTS = [
  'shellbar',
  'title',
  'link',
  'button',
  'card',
  'table',
  'message-strip',
  'object-status',
  'info-label',
];

/** The families that the themes name, and the weights of the one that texts use. */
const FONTS = [
  { family: '72', weight: 400, file: '72-Regular' },
  { family: '72', weight: 700, file: '72-Bold' },
  { family: '72-Bold', weight: 400, file: '72-Bold' },
  { family: '72-SemiboldDuplex', weight: 400, file: '72-SemiboldDuplex' },
  { family: '72Mono', weight: 400, file: '72Mono-Regular' },
];

const NOTICE =
  '/*! Contains parts of Fundamental Library Styles and Theming Base Content, Copyright SAP SE or an SAP affiliate company, Apache License 2.0 */';

/**
 * Writes `target`/favicon.svg, `target`/assets/pages.css and `target`/assets/fonts/*.woff2.
 * A server mounts `target` at its root: the pages refer to /favicon.svg and /assets/pages.css.
 */
export async function copyFrontendAssets(target) {
  const fonts = join(target, 'assets', 'fonts');
  mkdirSync(fonts, { recursive: true });
  const rules = `${await readComponentRules()}\n${readOwnStyles()}`;
  const sheet = [NOTICE, ...FONTS.map(fontFace), readThemes(rules), rules].join('\n');
  const { code } = await transform(sheet, { loader: 'css', minify: true });
  writeFileSync(join(target, 'assets', 'pages.css'), code);
  for (const { file } of FONTS)
    copyFileSync(join(baseLib, 'baseTheme/fonts', `${file}.woff2`), join(fonts, `${file}.woff2`));
  copyFileSync(join(own, 'favicon.svg'), join(target, 'favicon.svg'));
}

/** Returns the rules of the component library for classes and elements that the pages' sources mention. */
async function readComponentRules() {
  const content = readdirSync(pages, { recursive: true })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => ({ raw: readFileSync(join(pages, name), 'utf8'), extension: 'tsx' }));
  const css = COMPONENTS.map((name) => ({ raw: read(join(fundamental, `${name}.css`)) }));
  const purged = await new PurgeCSS().purge({ content, css });
  return purged.map(({ css }) => css.replace(/\/\*![\s\S]*?\*\//g, '')).join('\n');
}

/** Returns our own sheets in the order of their names: later ones refine earlier ones. */
function readOwnStyles() {
  const folder = join(own, 'styles');
  return readdirSync(folder)
    .sort()
    .map((name) => read(join(folder, name)))
    .join('\n');
}

/**
 * The themes, later ones winning. Paper takes the light one. The high contrast ones are for those who ask for them, and
 * for forced colours: the components opt out of forcing and count on such a theme.
 */
const THEMES = [
  { name: 'sap_horizon', media: 'all' },
  { name: 'sap_horizon_dark', media: 'screen and (prefers-color-scheme:dark)' },
  { name: 'sap_horizon_hcw', media: '(prefers-contrast:more),(forced-colors:active)' },
  {
    name: 'sap_horizon_hcb',
    media:
      'screen and (prefers-contrast:more) and (prefers-color-scheme:dark),screen and (forced-colors:active) and (prefers-color-scheme:dark)',
  },
];

/** Returns the custom properties that `rules` read: all in the first theme, in the others those that differ anywhere. */
function readThemes(rules) {
  const themes = THEMES.map(({ name, media }) => ({ media, properties: readTheme(name) }));
  const used = usedProperties(
    rules,
    themes.map(({ properties }) => properties),
  );
  const varying = used.filter((name) => new Set(themes.map(({ properties }) => properties.get(name))).size > 1);
  return themes.map((theme, index) => declare(theme, index === 0 ? used : varying)).join('\n');
}

function declare({ media, properties }, names) {
  const declarations = names.filter((name) => properties.has(name)).map((name) => `${name}:${properties.get(name)};`);
  return `@media ${media}{:root{${declarations.join('')}}}`;
}

/** Reads a theme: the base properties of the theming content and those that the components derive from them. */
function readTheme(name) {
  const sheets = read(join(baseLib, name, 'css_variables.css')) + read(join(fundamental, 'theming', `${name}.css`));
  const declaration = /(?<=[{;\s])(--[\w-]+)\s*:\s*((?:"[^"]*"|'[^']*'|\([^()]*(?:\([^()]*\)[^()]*)*\)|[^;{}"'()])+)/g;
  return new Map([...sheets.matchAll(declaration)].map(([, property, value]) => [property, value.trim()]));
}

function usedProperties(rules, themes) {
  const found = new Set();
  const visit = (text) => {
    for (const [, name] of text.matchAll(/var\(\s*(--[\w-]+)/g)) {
      if (found.has(name)) continue;
      found.add(name);
      for (const theme of themes) visit(theme.get(name) ?? '');
    }
  };
  visit(rules);
  return [...found].sort();
}

/** The ranges are those of the theming content: what the small fonts hold, so that other characters take a fallback. */
function fontFace({ family, weight, file }) {
  const declared = read(join(baseLib, 'sap_horizon', 'css_variables.css')).match(
    new RegExp(`@font-face\\s*{[^}]*/${file}\\.woff2[^}]*}`),
  );
  const range = declared?.[0].match(/unicode-range:\s*([^;]+)/)?.[1];
  if (range === undefined) throw new Error(`The theming content declares no font face with a range for ${file}.woff2.`);
  return `@font-face{font-family:"${family}";font-weight:${weight};src:url(fonts/${file}.woff2) format("woff2");font-display:swap;unicode-range:${range}}`;
}

function read(file) {
  return readFileSync(file, 'utf8');
}
