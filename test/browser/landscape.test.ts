import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import type { AppJson } from '../support/app-json';
import { getJson } from '../support/http';
import { root, startLandscape, type RunningLandscape } from '../support/running-landscape';
import { launchBrowser, type TestBrowser } from './support';

const LIMIT_MS = 120_000;
const images = join(root, '.artifacts', 'images');
/** UPDATE_IMAGES=1 replaces the README's picture by the one of this run. */
const updates = process.env['UPDATE_IMAGES'] === '1';

describe('a browser on what `npm start` deploys', () => {
  let landscape: RunningLandscape;
  let browser: TestBrowser;

  beforeAll(async () => {
    mkdirSync(images, { recursive: true });
    browser = await launchBrowser();
    landscape = await startLandscape();
  }, LIMIT_MS);
  afterAll(async () => {
    await browser?.close();
    await landscape?.stop();
  }, LIMIT_MS);

  it.each(['/app', '/homepage'])(
    'gets from the start page to %s, and sees the answer, the hops and the bound certificate',
    async (path) => {
      const page = await browser.context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      await page.goto(`${landscape.url('frontend')}/`);
      await page.locator(`main a[href="${path}"]`).first().click();
      await page.waitForURL(`**${path}`);
      expect(await page.locator('main').innerText()).toContain('Backend app successfully called.');
      const { body } = await getJson<AppJson>(landscape.url('frontend') + path);
      expect(body.certificate?.['x5t#S256']).toMatch(/^[\w-]{43}$/);
      expect(await page.content()).toContain(body.certificate?.['x5t#S256']);
      expect(complaints).toEqual([]);
      await page.close();
    },
    LIMIT_MS,
  );

  it.each([
    ['/app', 'light', 1280, 'replay.png'],
    ['/homepage', 'dark', 360, 'replay-mobile-dark.png'],
  ] as const)(
    'the button of %s replays the token without a script, and shows what came of it (%s, %i px)',
    async (path, colorScheme, width, image) => {
      const page = await browser.context.newPage();
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.goto(landscape.url('frontend') + path);
      await page.locator('#stolen button').click();
      await page.waitForURL(`**${path}/replay`);
      await page.evaluate('document.fonts.ready.then(() => null)');
      expect(await page.locator('.replay .fd-object-status').allInnerTexts()).toEqual([
        '200, accepted',
        '401, refused',
        '401, refused',
        '401, refused',
      ]);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(width);
      expect(await findSerious(page)).toEqual([]);
      await page.screenshot({ path: join(images, image), fullPage: true });
      await page.locator('.title-row button').click();
      expect(await page.locator('main').innerText()).toContain('The token was refused all 3 times');
      await page.close();
    },
    LIMIT_MS,
  );

  it(
    'fetches both tokens with the buttons of /home, which stand side by side with cnf marked in each',
    async () => {
      const page = await browser.context.newPage();
      await page.goto(`${landscape.url('frontend')}/home`);
      await page.getByRole('link', { name: 'Get Access Token', exact: true }).click();
      await page.waitForURL('**/auth');
      expect(await page.locator('#token-auth .token__claim--difference').innerText()).toContain('none');
      await page.getByRole('link', { name: 'Get Certificate Bound Access Token' }).click();
      await page.waitForURL('**/mtlsauth');
      const columns = page.locator('.comparison .token');
      expect(await columns.locator('.card-subtitle .fd-info-label').allInnerTexts()).toEqual([
        'verified by the backend',
        'verified by the backend',
      ]);
      const marked = columns.locator('.token__claim--difference');
      const { body } = await getJson<AppJson>(`${landscape.url('frontend')}/mtlsauth`);
      expect(await marked.allInnerTexts()).toEqual([
        expect.stringMatching(/^cnf\s+none: whoever has this token can use it$/),
        expect.stringContaining(body.token?.claims.cnf?.['x5t#S256'] ?? 'no cnf'),
      ]);
      const coloursOf = (selector: string) =>
        page.evaluate<string[]>(
          `[...document.querySelectorAll(${JSON.stringify(selector)})].map((claim) => getComputedStyle(claim)).map((style) => style.borderColor + style.backgroundColor)`,
        );
      const colours = await coloursOf('.comparison .token__claim--difference');
      const others = await coloursOf('.comparison .token__claim:nth-child(2)');
      expect([colours.length, others.length, new Set([...colours, ...others]).size]).toEqual([2, 2, 3]);
      const [left, right] = [await columns.nth(0).boundingBox(), await columns.nth(1).boundingBox()];
      expect([left?.y, left?.height]).toEqual([right?.y, right?.height]);
      await page.close();
    },
    LIMIT_MS,
  );

  it(
    'the page of another site cannot start a replay',
    async () => {
      const page = await browser.context.newPage();
      const replay = `${landscape.url('frontend')}/app/replay`;
      await page.goto(`data:text/html,<form method="post" action="${replay}"><button>Win</button></form>`);
      const answer = page.waitForResponse(replay);
      await page.locator('button').click();
      expect((await answer).status()).toBe(403);
      expect(await page.locator('main').innerText()).toContain('was not made with a button of this app');
      await page.close();
    },
    LIMIT_MS,
  );

  it.each([
    ['/', 'light', 1280, 'overview.png'],
    ['/', 'dark', 360, 'overview-mobile-dark.png'],
    ['/app', 'light', 1280, 'app.png'],
    ['/app', 'dark', 1280, 'app-dark.png'],
    ['/app', 'light', 360, 'app-mobile.png'],
    ['/homepage', 'light', 1280, 'homepage.png'],
    ['/homepage', 'dark', 360, 'homepage-mobile-dark.png'],
    ['/mtlsauth', 'light', 1280, 'mtlsauth.png'],
    ['/mtlsauth', 'dark', 360, 'mtlsauth-mobile-dark.png'],
    ['/home', 'dark', 1280, 'home-dark.png'],
    ['/home', 'light', 360, 'home-mobile.png'],
  ] as const)(
    '%s (%s, %i px): no horizontal scroll, nothing serious for axe-core',
    async (path, colorScheme, width, image) => {
      const page = await browser.context.newPage();
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.goto(landscape.url('frontend') + path);
      await page.evaluate('document.fonts.ready.then(() => null)');
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(width);
      expect(await findSerious(page)).toEqual([]);
      await page.screenshot({ path: join(images, image), fullPage: width === 360 });
      if (updates && image === 'app.png') copyFileSync(join(images, image), join(root, 'docs', 'images', image));
      await page.close();
    },
    LIMIT_MS,
  );
});

/** Runs axe-core over the page and returns what it finds serious or critical, with the places. */
async function findSerious(page: Page): Promise<readonly object[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run(document)');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => ({ id, where: nodes.map(({ target }) => target) }));
}
