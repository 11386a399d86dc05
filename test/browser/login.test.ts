import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { installAppClock, setTokenValidity, type AppClock } from '../support/app-clock';
import { readJournal, succeed } from '../support/bindings';
import { alice } from '../support/login-browser';
import { root, startLandscape, type RunningLandscape } from '../support/running-landscape';
import { launchBrowser, type TestBrowser } from './support';

const LIMIT_MS = 120_000;
/** Tokens are renewed in the last quarter of such a short life. */
const VALIDITY_S = 600;
const DUE_S = 500;
const images = join(root, '.artifacts', 'images');

describe('a browser that logs in', () => {
  let landscape: RunningLandscape;
  let browser: TestBrowser;
  let page: Page;
  let frontend: string;
  let clock: AppClock;

  beforeAll(async () => {
    mkdirSync(images, { recursive: true });
    landscape = await startLandscape();
    frontend = landscape.url('frontend');
    await setTokenValidity(landscape, VALIDITY_S);
    clock = await installAppClock(landscape, 'frontendmtls');
    // Its pages are served with a certificate of the landscape's own authority.
    browser = await launchBrowser({ ignoreHTTPSErrors: true });
    page = await browser.context.newPage();
  }, LIMIT_MS);
  afterAll(async () => {
    await browser?.close();
    await landscape?.stop();
  }, LIMIT_MS);

  async function logIn(tab: Page, password: string, username: string = alice.username): Promise<void> {
    await tab.fill('input[name=username]', username);
    await tab.fill('input[name=password]', password);
    await tab.click('button[type=submit]');
  }

  it('is told of a wrong password, and gets to the page that it wanted with the right one', async () => {
    await page.goto(`${frontend}/user`);
    await logIn(page, 'wrong');
    await page.waitForURL(/login_failure/);
    expect(await page.locator('main').innerText()).toContain('That user and password do not belong together.');
    await logIn(page, alice.password);
    await page.waitForURL(`${frontend}/user`);
    expect(await page.locator('main').innerText()).toContain('You are logged in as alice@example.com.');
  });

  it('is logged in in a second tab, too', async () => {
    const second = await browser.context.newPage();
    await second.goto(`${frontend}/user`);
    expect(second.url()).toBe(`${frontend}/user`);
    await second.close();
  });

  it('runs a grant with a button', async () => {
    await page.goto(`${frontend}/grants`);
    await page.locator('form[action="/grants#jwt-bearer"] button').click();
    await page.locator('#jwt-bearer >> text=XSUAA answered 200').waitFor();
  });

  it.each([
    ['/', 'light', 1280],
    ['/', 'dark', 360],
    ['/user', 'light', 1280],
    ['/user', 'dark', 360],
    ['/grants', 'light', 1280],
    ['/grants', 'dark', 360],
  ] as const)(
    '%s (%s, %i px): no horizontal scroll, nothing serious for axe-core',
    async (path, colorScheme, width) => {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.goto(`${frontend}${path}`);
      expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(width);
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<AxeResults>('axe.run(document)');
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(serious.map(({ id, nodes }) => ({ id, where: nodes.map(({ target }) => target) }))).toEqual([]);
      await page.screenshot({
        path: join(images, `${path.slice(1) || 'overview-with-login'}-${colorScheme}.png`),
        fullPage: true,
      });
    },
  );

  it('notices nothing of the renewal of its token, which two tabs at once begin once', async () => {
    const second = await browser.context.newPage();
    const countTokenRequests = async (): Promise<number> =>
      (await readJournal(landscape)).filter(({ path }) => path?.startsWith('/oauth/token')).length;
    const before = await countTokenRequests();
    clock.setAhead(DUE_S);
    // A page that itself asks for no token.
    await Promise.all([page, second].map((tab) => tab.goto(`${frontend}/grants`)));
    expect([page.url(), second.url()]).toEqual([`${frontend}/grants`, `${frontend}/grants`]);
    expect((await countTokenRequests()) - before).toBe(1);
    await second.goto(`${frontend}/user`);
    expect(await second.locator('main').innerText()).toContain('refresh_token');
    await second.close();
    clock.setAhead(0);
  });

  it('is asked to log in again when the refresh token has ended, and gets back to where it was', async () => {
    await succeed(landscape.control('users', 'revoke', alice.username));
    clock.setAhead(2 * DUE_S); // that of the token which the renewal has brought
    await page.goto(`${frontend}/user?tab=3`);
    expect(page.url()).toContain(`${landscape.url('xsuaa')}/login`);
    clock.setAhead(0);
    await logIn(page, alice.password);
    await page.waitForURL(`${frontend}/user?tab=3`);
    expect(await page.locator('main').innerText()).toContain('You are logged in as alice@example.com.');
  });

  it('logs out with a button, and the back button brings nothing back', async () => {
    await page.goto(`${frontend}/user`);
    await page.locator('form[action="/logout"] button').click();
    await page.waitForURL(`${frontend}/`);
    await page.goBack();
    expect(await page.locator('body').innerText()).not.toContain('You are logged in as');
    await page.goto(`${frontend}/user`);
    expect(page.url()).toContain(`${landscape.url('xsuaa')}/login?`);
  });

  it('ends where tutorial 5 has its reader find the code, though nothing listens there', async () => {
    const tutorial = readFileSync(join(root, 'docs', 'tutorials', '5-grants.md'), 'utf8');
    const [, username = '', password = ''] = /log in as `([^`]+)` with `([^`]+)`/.exec(tutorial) ?? [];
    const [, query = ''] = /^query="(.+)"$/m.exec(tutorial) ?? [];
    const values: Readonly<Record<string, string>> = {
      CLIENT: 'sb-mtlsxsuaa!t1',
      // No service of the landscape has this port.
      redirect_uri: `http://localhost:${landscape.portBase + 99}/login/callback`,
      state: 'the-same-state',
      challenge: createHash('sha256').update('verifier').digest('base64url'),
    };
    const address = query.replaceAll(/\$(\w+)/g, (_, name: string) => values[name] ?? '');
    await page.goto(`${landscape.url('xsuaa')}/oauth/authorize?${address}`);
    const last = page.waitForRequest((request) => request.url().startsWith(`${values['redirect_uri']}?`));
    await logIn(page, password, username);
    const { searchParams } = new URL((await last).url());
    expect(searchParams.get('code')).toMatch(/^\S+$/);
    expect(searchParams.get('state')).toBe('the-same-state');
  });
});
