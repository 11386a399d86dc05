import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import {
  renderError,
  renderHome,
  renderOverview,
  renderReplay,
  renderScenario,
  type ReplayOffer,
} from '../../frontend/src/pages';
import * as home from '../../frontend/test/pages/home-models';
import * as models from '../../frontend/test/pages/models';
import type { PageServer } from './page-server';
import { servePages } from './page-server';
import type { TestBrowser } from './support';
import { launchBrowser } from './support';

const root = join(__dirname, '..', '..');
const assets = join(root, 'frontend', 'dist', 'public');
const screenshots = join(root, '.artifacts', 'screenshots');
const WEIGHT_LIMIT = 300 * 1024;

type Scenario = Parameters<typeof renderScenario>[0]['result'];

const { SHELL: shell, NOW: now } = models;
const scenario = (result: Scenario, offer?: ReplayOffer): string =>
  renderScenario({ ...models.PAGE, shell, result, now, ...(offer && { replay: offer }) });
const identity = (result: Scenario): string => renderScenario({ ...models.IDENTITY_PAGE, shell, result, now });
const replay = (result: Parameters<typeof renderReplay>[0]['replay']): string =>
  renderReplay({ ...models.PAGE, shell, replay: result, offer: models.OFFER });
const pages = new Map([
  ['/overview', renderOverview({ shell, cards: models.CARDS, now })],
  ['/success', scenario(models.SUCCESS, models.OFFER)],
  ['/destination-missing', scenario(models.DESTINATION_MISSING)],
  ['/xsuaa-hanging', scenario(models.XSUAA_HANGING)],
  ['/stale-cache', scenario(models.STALE_CACHE)],
  ['/hostile', scenario(models.HOSTILE)],
  ['/plain-route', scenario(models.PLAIN_ROUTE)],
  ['/own-token', scenario(models.OWN_TOKEN, { kind: 'off', appName: 'frontendmtls' })],
  ['/replay', replay(models.REPLAY)],
  ['/replay-leak', replay(models.REPLAY_LEAK)],
  ['/identity', identity(models.IDENTITY_SUCCESS)],
  ['/identity-not-bound', identity(models.IDENTITY_NOT_BOUND)],
  ['/home', renderHome(home.homeModel(home.BOTH))],
  ['/home-obstructed', renderHome(home.homeModel(home.OBSTRUCTED))],
  ['/home-hostile', renderHome(home.homeModel(home.HOSTILE))],
  ['/mtlsauth', renderScenario({ ...home.BOUND_PAGE, shell, result: home.BOUND_RUN, now })],
  [
    '/error',
    renderError({
      shell,
      status: 404,
      title: 'Page not found',
      message: 'This app has no page at `/nowhere`.',
      remedy: 'Check the address, or start from the overview.',
    }),
  ],
]);

const paths = [...pages.keys()];
const looks = [
  { look: 'light', width: 1280, colorScheme: 'light' },
  { look: 'dark', width: 1280, colorScheme: 'dark' },
  { look: 'mobile', width: 360, colorScheme: 'light' },
  { look: 'mobile-dark', width: 360, colorScheme: 'dark' },
] as const;

let server: PageServer;
let browser: TestBrowser;

beforeAll(async () => {
  if (!existsSync(join(assets, 'assets', 'pages.css'))) {
    throw new Error('The built pages are missing: run `node scripts/build.mjs frontend` first.');
  }
  mkdirSync(screenshots, { recursive: true });
  browser = await launchBrowser();
  server = await servePages(pages, assets);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
}, 60_000);

/** Opens a page, hands it to `look`, and closes it; whatever the browser complained about is in `complaints`. */
async function visit(
  path: string,
  { width = 1280, colorScheme = 'light' }: { readonly width?: number; readonly colorScheme?: 'light' | 'dark' },
  look: (page: Page, complaints: readonly string[]) => Promise<void>,
): Promise<void> {
  const page = await browser.context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.url()} answered ${response.status()}`);
  });
  try {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.goto(server.origin + path);
    await page.evaluate('document.fonts.ready.then(() => null)');
    await look(page, complaints);
  } finally {
    await page.close();
  }
}

/** Runs axe-core over the page and returns what it finds serious or critical, with the places. */
async function findSerious(page: Page): Promise<readonly object[]> {
  await page.evaluate(axe.source);
  const { violations, passes } = await page.evaluate<AxeResults>('axe.run(document)');
  expect(passes.map(({ id }) => id)).toContain('color-contrast');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => ({ id, where: nodes.map(({ target, failureSummary }) => [target, failureSummary]) }));
}

describe.each(paths)('%s', (path) => {
  it.each(looks)(
    'looks as in the screenshot, and the browser complains about nothing ($look)',
    async (one) => {
      await visit(path, one, async (page, complaints) => {
        await page.screenshot({ path: join(screenshots, `${path.slice(1)}-${one.look}.png`), fullPage: true });
        expect(complaints).toEqual([]);
      });
    },
    30_000,
  );

  it.each([360, 600, 800, 1087, 1088, 1280, 1920])(
    'needs no horizontal scrolling at %d px',
    async (width) => {
      await visit(path, { width }, async (page) => {
        expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(width);
      });
    },
    30_000,
  );

  it.each(looks)(
    'has no serious or critical finding of axe-core ($look)',
    async (one) => {
      await visit(path, one, async (page) => {
        expect(await findSerious(page)).toEqual([]);
      });
    },
    60_000,
  );

  it('weighs less than 300 KB with style sheet and fonts', async () => {
    const page = await browser.context.newPage();
    try {
      const session = await browser.context.newCDPSession(page);
      await session.send('Network.enable');
      await session.send('Network.setCacheDisabled', { cacheDisabled: true });
      const weights = new Map<string, Promise<number>>();
      page.on('response', (response) =>
        weights.set(
          response.url(),
          response.body().then((body) => body.length),
        ),
      );
      await page.goto(server.origin + path);
      await page.evaluate('document.fonts.ready.then(() => null)');
      const sizes = await Promise.all(weights.values());
      expect([...weights.keys()].filter((url) => url.endsWith('.woff2')).length).toBeGreaterThan(0);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(WEIGHT_LIMIT);
    } finally {
      await page.close();
    }
  }, 30_000);

  it('shows the focus on every link and button that the tabulator key reaches, beginning with the way past the shell bar', async () => {
    await visit(path, {}, async (page) => {
      // Else the page still scrolls when its position is read.
      await page.emulateMedia({ reducedMotion: 'reduce' });
      const links = await page.evaluate<number>(`document.querySelectorAll('${FOCUSABLE}').length`);
      const focused: FocusedElement[] = [];
      for (let index = 0; index < links; index += 1) {
        await page.keyboard.press('Tab');
        focused.push(await page.evaluate<FocusedElement>(FOCUSED));
      }
      expect(focused[0]?.text).toBe('Skip to the content');
      expect(new Set(focused.map(({ index }) => index)).size).toBe(links);
      expect(focused.filter(({ outline, visible }) => outline < 2 || !visible)).toEqual([]);
    });
  }, 30_000);
});

interface FocusedElement {
  readonly index: number;
  readonly text: string;
  /** Width of the ring in pixels; 0 when there is none. */
  readonly outline: number;
  readonly visible: boolean;
}

const FOCUSABLE = 'a[href], button';

const FOCUSED = `(() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    index: [...document.querySelectorAll('${FOCUSABLE}')].indexOf(element),
    text: element.textContent.trim(),
    outline: style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth),
    visible: box.top >= 0 && box.bottom <= innerHeight && box.width > 0,
  };
})()`;

describe('the skip link', () => {
  it('moves the focus to the content', async () => {
    await visit('/success', {}, async (page) => {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate<string>('document.activeElement.id')).toBe('content');
    });
  }, 30_000);
});

describe('the sequence picture', () => {
  const shown = (page: Page, selector: string): Promise<boolean> => page.locator(selector).isVisible();

  it('is a picture with a table on a wide screen', async () => {
    await visit('/success', { width: 1280 }, async (page) => {
      expect(await shown(page, '.sequence')).toBe(true);
      expect(await shown(page, '.hop-table')).toBe(true);
      expect(await shown(page, '.hop-list')).toBe(false);
    });
  }, 30_000);

  it('is a list on a small screen', async () => {
    await visit('/success', { width: 360 }, async (page) => {
      expect(await shown(page, '.sequence')).toBe(false);
      expect(await shown(page, '.hop-table')).toBe(false);
      expect(await shown(page, '.hop-list')).toBe(true);
    });
  }, 30_000);

  it('has letters of at least 10.5 pixels where it is narrowest', async () => {
    await visit('/success', { width: 1088 }, async (page) => {
      const smallest = await page.evaluate<number>(`(() => {
        const picture = document.querySelector('.sequence');
        const scale = picture.getBoundingClientRect().width / picture.viewBox.baseVal.width;
        return Math.min(...[...picture.querySelectorAll('text')].map((text) => parseFloat(getComputedStyle(text).fontSize) * scale));
      })()`);
      expect(smallest).toBeGreaterThanOrEqual(10.5);
    });
  }, 30_000);

  it('keeps every text inside its frame', async () => {
    for (const path of ['/success', '/destination-missing', '/stale-cache']) {
      await visit(path, { width: 1280 }, async (page) => {
        const outside = await page.evaluate<string[]>(`(() => {
          const frame = document.querySelector('.sequence').getBoundingClientRect();
          return [...document.querySelectorAll('.sequence text')]
            .filter((text) => { const box = text.getBoundingClientRect(); return box.left < frame.left || box.right > frame.right; })
            .map((text) => text.textContent);
        })()`);
        expect(outside).toEqual([]);
      });
    }
  }, 30_000);
});

describe('the line between cnf and the certificate', () => {
  it('reaches from the row of cnf to the edge of the certificate', async () => {
    await visit('/success', { width: 1280 }, async (page) => {
      const { end, edge, y, top, bottom } = await page.evaluate<
        Record<'end' | 'edge' | 'y' | 'top' | 'bottom', number>
      >(`(() => {
        const cell = document.querySelector('.claim--confirmation .fd-table__cell:last-child');
        const card = document.querySelector('.certificate').getBoundingClientRect();
        const line = getComputedStyle(cell, '::after');
        const box = cell.getBoundingClientRect();
        return { end: box.right + parseFloat(line.width), edge: card.left, y: box.top + parseFloat(line.top), top: card.top, bottom: card.bottom };
      })()`);
      expect(Math.abs(end - edge)).toBeLessThanOrEqual(2);
      expect(y).toBeGreaterThan(top);
      expect(y).toBeLessThan(bottom);
    });
  }, 30_000);

  it('leads down from the certificate to the row of cnf on a small screen', async () => {
    await visit('/success', { width: 360 }, async (page) => {
      const { certificate, confirmation } = await page.evaluate<Record<'certificate' | 'confirmation', number>>(`({
        certificate: document.querySelector('.certificate').getBoundingClientRect().bottom,
        confirmation: document.querySelector('.claim--confirmation').getBoundingClientRect().top,
      })`);
      expect(confirmation).toBeGreaterThan(certificate);
    });
  }, 30_000);
});

describe('other ways to look at a page', () => {
  it.each([
    ['light', 'rgb(255, 255, 255)'],
    ['dark', 'rgb(0, 0, 0)'],
  ] as const)(
    'takes the theme of high contrast for those who ask for it (%s)',
    async (colorScheme, expected) => {
      await visit('/success', { colorScheme }, async (page) => {
        const background = (of: string): Promise<string> =>
          page.evaluate(`getComputedStyle(document.querySelector('${of}')).backgroundColor`);
        expect(await background('body')).not.toBe(expected);
        await page.emulateMedia({ colorScheme, contrast: 'more' });
        expect(await background('body')).toBe(expected);
        expect(await findSerious(page)).toEqual([]);
        await page.emulateMedia({ colorScheme, contrast: 'no-preference', forcedColors: 'active' });
        expect(await background('.fd-card')).toBe(expected);
      });
    },
    60_000,
  );

  it('moves nothing for those who prefer reduced motion', async () => {
    await visit('/success', {}, async (page) => {
      const behaviour = (): Promise<string> =>
        page.evaluate('getComputedStyle(document.documentElement).scrollBehavior');
      expect(await behaviour()).toBe('smooth');
      await page.emulateMedia({ reducedMotion: 'reduce' });
      expect(await behaviour()).toBe('auto');
    });
  }, 30_000);

  it('prints the content without shell bar and buttons', async () => {
    await visit('/success', { width: 794 }, async (page) => {
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('.fd-shellbar').isVisible()).toBe(false);
      expect(await page.locator('.fd-button').first().isVisible()).toBe(false);
      expect(await page.locator('.hop-list').isVisible()).toBe(true);
    });
  }, 30_000);
});
