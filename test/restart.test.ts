import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLandscape as startInThisProcess } from '../landscape/src/landscape';
import type { AppJson } from './support/app-json';
import { getJson } from './support/http';
import { findFreePortBase, startLandscape } from './support/running-landscape';

const EIGHT_DAYS_MS = 8 * 24 * 60 * 60 * 1000;
const LIMIT_MS = 120_000;

describe('a second start, eight days after the first', () => {
  let home: string;

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'landscape-restart-'));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it(
    'works with the CA and the keys of the first, and with everything else made anew',
    async () => {
      const first = await startInThisProcess({
        portBase: await findFreePortBase(),
        stateFolder: home,
        now: () => Date.now() - EIGHT_DAYS_MS,
      });
      const { rootPem } = first.ca;
      try {
        const parameters = { xsappname: 'old' };
        await first.controller.createService({ offering: 'xsuaa', plan: 'application', name: 'old', parameters });
      } finally {
        await first.stop();
      }
      expect(readdirSync(home).sort()).toEqual(['ca', 'signing-keys', 'users.json']);
      expect(statSync(home).mode & 0o777).toBe(0o700);

      const second = await startLandscape({ home });
      try {
        const { status, body } = await getJson<AppJson>(`${second.url('frontend')}/app`);
        expect(status).toBe(200);
        expect(Date.parse(body.certificate?.notBefore ?? '')).toBeGreaterThan(Date.now() - LIMIT_MS);
        expect((await second.cf('services')).stdout).not.toMatch(/^old /m);
        const { stdout } = await second.control('trust', '--file');
        expect(readFileSync(stdout.trim(), 'utf8')).toBe(rootPem);
      } finally {
        await second.stop({ keepHome: true });
      }
      expect(readdirSync(home).sort()).toEqual(expect.arrayContaining(['ca', 'signing-keys', 'users.json']));
    },
    LIMIT_MS,
  );
});
