import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { chromium } from 'playwright-core';

const USUAL_PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** No sandbox, since CI runs as root in a container; the rest keeps the browser from calling anybody but the test. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface TestBrowser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/**
 * Starts a Chromium with an empty profile of its own, which `close` removes.
 *
 * @throws Error that says how to get a Chromium where there is none.
 */
export async function launchBrowser({ ignoreHTTPSErrors = false } = {}): Promise<TestBrowser> {
  const executablePath = findChromium(process.env['CHROMIUM_PATH']);
  const profile = mkdtempSync(join(tmpdir(), 'browser-test-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    args: FLAGS,
    chromiumSandbox: false,
    ignoreHTTPSErrors,
  });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
  };
}

/** Returns the browser to use: `named`, else the first of the usual places that is there. */
export function findChromium(named: string | undefined, places: readonly string[] = USUAL_PLACES): string {
  const candidates = named === undefined || named === '' ? places : [named];
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    `The browser tests need a Chromium, and there is none at ${candidates.join(', ')}. ` +
      'Install one (Debian: apt-get install chromium) or name it: CHROMIUM_PATH=/path/to/chromium npm run test:browser.',
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
