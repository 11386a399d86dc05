import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getJson, until } from './support/http';
import { alice, LoginBrowser } from './support/login-browser';
import { listAppProcesses } from './support/processes';
import { findRedis, startRedis, type RunningRedis } from './support/redis';
import { startLandscape, type RunningLandscape } from './support/running-landscape';

const START_LIMIT_MS = 120_000;
const program = findRedis();
if (program === undefined) console.warn('redis-server is not installed (apt-get install redis-server): skipped.');

(program === undefined ? describe.skip : describe)('two instances of the frontend with sessions in Redis', () => {
  let folder: string;
  let redis: RunningRedis;
  let landscape: RunningLandscape;
  let frontend: string;
  let frontendProcesses: number[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'redis-test-'));
    landscape = await startLandscape();
    frontend = landscape.url('frontend');
    // Checked above.
    redis = await startRedis({ program: program as string, folder, port: landscape.portBase + 490 });
    const others = listAppProcesses(landscape);
    const cf = async (...argv: string[]): Promise<void> =>
      expect(await landscape.cf(...argv)).toMatchObject({ code: 0 });
    await cf('create-user-provided-service', 'mtlsRedis', '-p', JSON.stringify(redis.credentials), '-t', 'redis-cache');
    await cf('bind-service', 'frontendmtls', 'mtlsRedis');
    await cf('scale', 'frontendmtls', '-i', '2');
    await cf('restart', 'frontendmtls');
    frontendProcesses = listAppProcesses(landscape).filter((id) => !others.includes(id));
  }, START_LIMIT_MS);
  afterAll(async () => {
    await landscape?.stop();
    await redis?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, START_LIMIT_MS);

  /** Without the cookie by which the router would choose the same instance again. */
  async function visit(browser: LoginBrowser): Promise<string> {
    browser.cookies.delete('__VCAP_ID__');
    const { status, text } = await browser.send(`${frontend}/user`, undefined, { accept: 'application/json' });
    const { name, error } = JSON.parse(text) as { name?: string; error?: { code: string } };
    return `${status} ${name ?? error?.code}`;
  }

  let browser: LoginBrowser;

  it('know a user whom one of them has logged in, both', async () => {
    expect(frontendProcesses).toHaveLength(2);
    browser = new LoginBrowser(landscape);
    expect((await browser.logIn(await browser.open(`${frontend}/user`), alice)).url).toBe(`${frontend}/user`);
    const seen = [];
    for (let round = 0; round < 4; round += 1) seen.push(await visit(browser));
    expect(seen).toEqual(Array.from({ length: 4 }, () => `200 ${alice.username}`));
  });

  it('lose nobody’s login when one of them is killed', async () => {
    // There are two.
    process.kill(frontendProcesses[0] as number, 'SIGKILL');
    await until(
      'the answer of the instance that is left',
      () => visit(browser),
      (seen) => seen === `200 ${alice.username}`,
    );
    for (let round = 0; round < 4; round += 1) expect(await visit(browser)).toBe(`200 ${alice.username}`);
  });

  it('answer 503 where a login is needed while Redis is down, and everything else as ever', async () => {
    await redis.stop();
    expect(await visit(browser)).toBe('503 session-store-unavailable');
    const page = await browser.send(`${frontend}/user`);
    expect([page.status, page.headers['retry-after']]).toEqual([503, '5']);
    expect(page.text).toContain('Redis, which holds the sessions of users who are logged in, does not answer.');
    for (const path of ['/app', '/homepage', '/health']) expect((await getJson(`${frontend}${path}`)).status).toBe(200);
  });
});
