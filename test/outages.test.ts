import type { AppJson, HopJson } from './support/app-json';
import { call, getJson, until } from './support/http';
import { startLandscape, type RunningLandscape } from './support/running-landscape';

const LIMIT_MS = 90_000;

/** What a user meets when one of the services is dead or does not answer. */
describe('/app while a service is out of order', () => {
  let landscape: RunningLandscape;

  beforeAll(async () => {
    landscape = await startLandscape();
  }, LIMIT_MS);
  afterAll(async () => {
    await landscape?.stop();
  }, LIMIT_MS);

  const app = () => getJson<AppJson>(`${landscape.url('frontend')}/app`);

  const services = [
    { service: 'xsuaa', party: 'xsuaa', hangLimitMs: 5_000 },
    { service: 'destination', party: 'destination-service', hangLimitMs: 14_000 },
  ] as const;

  describe.each(services)('$service', ({ service, party, hangLimitMs }) => {
    afterEach(async () => {
      await expectOk(landscape.control('clear'));
      await expectOk(landscape.control('start', service));
    });

    it(
      'stopped, with cold caches: names the dead hop within 5 s, and works again once it is back',
      async () => {
        await expectOk(landscape.control('stop', service));
        await restart('frontendmtls');
        const { answer, elapsedMs } = await timed(app);
        expect(answer.status).toBe(502);
        expect(answer.body.error?.hop).toEqual({ from: 'frontend', to: party });
        expect(answer.body.error?.message).toContain('localhost');
        expect(answer.body.error?.remedy).not.toBe('');
        expect(elapsedMs).toBeLessThan(5_000);
        const page = await call(`${landscape.url('frontend')}/app`, { headers: { accept: 'text/html' } });
        expect(page.status).toBe(502);
        expect(page.text).toContain(answer.body.error?.remedy.slice(0, 20) ?? 'no remedy');

        await expectOk(landscape.control('start', service));
        expect((await app()).status).toBe(200);
      },
      LIMIT_MS,
    );

    it(
      'hanging, with cold caches: names the hop within that hop’s time-out',
      async () => {
        await expectOk(landscape.control('fault', service, 'hang'));
        await restart('frontendmtls');
        const { answer, elapsedMs } = await timed(app);
        expect(answer.status).toBe(504);
        expect(answer.body.error?.hop).toEqual({ from: 'frontend', to: party });
        expect(elapsedMs).toBeLessThan(hangLimitMs);

        await expectOk(landscape.control('clear'));
        expect((await app()).status).toBe(200);
      },
      LIMIT_MS,
    );
  });

  it(
    'stopped, with warm caches: keeps working, marks the hop “from cache, refresh failed”, and recovers',
    async () => {
      // A short age for what is cached, so that the next request finds it due.
      await expectOk(landscape.cf('set-env', 'frontendmtls', 'DESTINATION_CACHE_SECONDS', '1'));
      await expectOk(landscape.cf('set-env', 'frontendmtls', 'TOKEN_CACHE_SECONDS', '1'));
      await restart('frontendmtls');
      expect((await app()).status).toBe(200);
      for (const { service, party } of services) {
        await expectOk(landscape.control('stop', service));
        const stale = (hops: readonly HopJson[]) => hops.filter(({ cache, to }) => cache === 'stale' && to === party);
        const { status, body } = await until(
          `a stale hop to ${party}`,
          app,
          (answer) => answer.status !== 200 || stale(answer.body.hops).length > 0,
        );
        expect(status).toBe(200);
        expect(stale(body.hops)[0]?.failure?.message).toContain('localhost');

        await expectOk(landscape.control('start', service));
        const recovered = await until(`recovery of ${party}`, app, (answer) => stale(answer.body.hops).length === 0);
        expect(recovered.status).toBe(200);
      }
      await expectOk(landscape.cf('unset-env', 'frontendmtls', 'DESTINATION_CACHE_SECONDS'));
      await expectOk(landscape.cf('unset-env', 'frontendmtls', 'TOKEN_CACHE_SECONDS'));
      await restart('frontendmtls');
    },
    LIMIT_MS,
  );

  it(
    'names the backend when it is stopped, and works again once it is back, without a restart of the frontend',
    async () => {
      await expectOk(landscape.cf('stop', 'backendmtls'));
      const { answer, elapsedMs } = await timed(app);
      expect(answer.status).toBe(502);
      expect(answer.body.error?.hop).toEqual({ from: 'frontend', to: 'backend' });
      expect(elapsedMs).toBeLessThan(5_000);

      await expectOk(landscape.cf('start', 'backendmtls'));
      expect((await app()).status).toBe(200);
    },
    LIMIT_MS,
  );

  it(
    'is a 503 of the backend that names XSUAA when its keys cannot be fetched, not a 401',
    async () => {
      // The frontend’s caches are warm, so it gets as far as the backend, whose own cache is cold.
      expect((await app()).status).toBe(200);
      await restart('backendmtls');
      await expectOk(landscape.control('stop', 'xsuaa'));
      const { status, body } = await app();
      expect(status).toBeGreaterThanOrEqual(502);
      expect(body.error?.hop).toEqual({ from: 'frontend', to: 'backend' });
      expect(JSON.stringify(body)).toMatch(/xsuaa/i);

      await expectOk(landscape.control('start', 'xsuaa'));
      expect((await app()).status).toBe(200);
    },
    LIMIT_MS,
  );

  async function restart(name: string): Promise<void> {
    await expectOk(landscape.cf('restart', name));
  }

  async function expectOk(running: Promise<{ code: number | null; stdout: string; stderr: string }>): Promise<void> {
    const result = await running;
    expect(result).toMatchObject({ ...result, code: 0 });
  }

  async function timed<T>(work: () => Promise<T>): Promise<{ readonly answer: T; readonly elapsedMs: number }> {
    const started = performance.now();
    const answer = await work();
    return { answer, elapsedMs: performance.now() - started };
  }
});
