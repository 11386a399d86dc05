import type { AppJson, JournalJson } from './support/app-json';
import { call, getJson, type Answer } from './support/http';
import { startLandscape, type RunningLandscape } from './support/running-landscape';

const START_LIMIT_MS = 90_000;
const RESTART_LIMIT_MS = 60_000;

/** The JSON of a replay as far as the tests read it; written down here a second time on purpose. */
interface ReplayJson {
  readonly boundTo?: string;
  readonly steps: readonly {
    readonly id: string;
    readonly expected: string;
    readonly result: {
      readonly kind: string;
      readonly asExpected?: boolean;
      readonly request?: {
        readonly url: string;
        readonly certificate?: { readonly 'x5t#S256': string; issuer: string };
      };
      readonly answer?: { readonly status: number; readonly challenge?: string; readonly reason: string };
      readonly remedy?: string;
    };
  }[];
}

describe('the token of a page, used again as a thief would', () => {
  let landscape: RunningLandscape;

  beforeAll(async () => {
    landscape = await startLandscape();
  }, START_LIMIT_MS);
  afterAll(() => landscape?.stop(), START_LIMIT_MS);

  /** As a client that is no browser, which chooses cookie and field itself. */
  async function post(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const proof = 'c0ffee00'.repeat(8);
    return call(`${landscape.url('frontend')}${path}`, {
      method: 'POST',
      headers: { cookie: `csrf=${proof}`, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: `csrf=${proof}`,
    });
  }

  const replays = new Map<string, Promise<ReplayJson>>();
  /** Once a page: too many replays in a short time are refused. */
  function replayOnce(page: string): Promise<ReplayJson> {
    const known = replays.get(page) ?? replay(page);
    replays.set(page, known);
    return known;
  }

  async function replay(page: string): Promise<ReplayJson> {
    const { status, text } = await post(`${page}/replay`, { accept: 'application/json' });
    expect({ status, text }).toMatchObject({ status: 200 });
    return JSON.parse(text) as ReplayJson;
  }

  describe.each(['/app', '/homepage', '/mtlsauth'])('%s', (page) => {
    it('is accepted with its certificate, and refused without, with another one, and with a forged header', async () => {
      const { body } = await getJson<AppJson>(`${landscape.url('frontend')}${page}`);
      const { boundTo, steps } = await replayOnce(page);
      expect(boundTo).toBe(body.certificate?.['x5t#S256']);
      expect(steps.map(({ id, result }) => [id, result.answer?.status, result.asExpected])).toEqual([
        ['own-certificate', 200, true],
        ['no-certificate', 401, true],
        ['other-certificate', 401, true],
        ['forged-header', 401, true],
      ]);
      const shown = steps.map(({ result }) => result.request?.certificate);
      expect(shown.map((one) => one?.['x5t#S256'] === boundTo)).toEqual([true, false, false, false]);
      // The client of the authorization server has made its certificate itself.
      expect(shown[2]?.issuer === shown[0]?.issuer).toBe(page !== '/mtlsauth');
    });

    it('is refused in the words of the backend, each time with the challenge invalid_token', async () => {
      const [, ...thefts] = (await replayOnce(page)).steps;
      expect(thefts.map(({ result }) => result.answer?.challenge)).toEqual(
        [
          /and none came with the request/,
          /bound to another client certificate/,
          /which cannot arrive on this route/,
        ].map(
          (description) =>
            expect.stringMatching(new RegExp(`^Bearer error="invalid_token".+${description.source}`)) as string,
        ),
      );
    });

    it('is really sent: the router sees the certificates in the handshakes', async () => {
      const { steps } = await replayOnce(page);
      const { stdout } = await landscape.control('requests', 'router');
      const seen = (JSON.parse(stdout) as readonly JournalJson[])
        .filter(({ path }) => path === '/endpoint')
        .map(({ port, status, certificate }) => [port, status, certificate?.['x5t#S256'] ?? 'none'].join(' '));
      for (const { result } of steps) {
        const port = new URL(result.request?.url ?? '').port;
        const thumbprint = result.request?.certificate?.['x5t#S256'] ?? 'none';
        expect(seen).toContain(`${port} ${result.answer?.status} ${thumbprint}`);
      }
    });

    it('answers a browser with a page that says so', async () => {
      const { status, text } = await post(`${page}/replay`);
      expect(status).toBe(200);
      expect(text).toContain('The token was refused all 3 times it came as a thief would send it.');
      expect(text).not.toMatch(/\beyJ[\w-]{20}/);
    });
  });

  it('is offered on /home for both tokens, of which a thief can use the one that is bound to nothing', async () => {
    const { text } = await call(`${landscape.url('frontend')}/home`);
    expect(text.match(/<form method="post" action="[^"]+"/g)).toEqual([
      '<form method="post" action="/auth/replay"',
      '<form method="post" action="/mtlsauth/replay"',
    ]);
    const { boundTo, steps } = await replay('/auth');
    expect(boundTo).toBeUndefined();
    expect(steps.map(({ expected, result }) => [expected, result.answer?.status])).toEqual([
      ['accepted', undefined],
      ['accepted', 200],
      ['accepted', 200],
      ['accepted', undefined],
    ]);
  });

  it('is what `npm start` shows as a rejected call, without the token', () => {
    const output = landscape.output();
    const [, example = ''] = output.split('This is what a thief of the token of ');
    expect(example).toContain(
      `  curl -i --cacert "$(landscape trust --file)" -H "Authorization: Bearer $TOKEN" ${landscape.url('certificate')}/endpoint\n`,
    );
    expect(example).toContain('    401  WWW-Authenticate: Bearer error="invalid_token"');
    expect(output).not.toMatch(/\beyJ[\w-]{20}/);
  });

  it('is refused to a page of another site', async () => {
    const { status, text } = await post('/app/replay', { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' });
    expect(status).toBe(403);
    expect(text).toContain('This request was not made with a button of this app');
  });

  it(
    'is told loudly when a plain route lets it in',
    async () => {
      await landscape.cf('set-env', 'backendmtls', 'ACCEPT_BOUND_TOKENS_ON_PLAIN_ROUTES', 'true');
      expect(await landscape.cf('restart', 'backendmtls')).toMatchObject({ code: 0 });
      const { steps } = await replay('/app');
      expect(steps.map(({ result }) => [result.answer?.status, result.asExpected])).toEqual([
        [200, true],
        [401, true],
        [401, true],
        [200, false],
      ]);
    },
    RESTART_LIMIT_MS,
  );

  it(
    'is left to commands once DEMO_ATTACKS is unset, as it is in the cloud',
    async () => {
      await landscape.cf('unset-env', 'frontendmtls', 'DEMO_ATTACKS');
      expect(await landscape.cf('restart', 'frontendmtls')).toMatchObject({ code: 0 });
      const page = await call(`${landscape.url('frontend')}/app`);
      expect(page.text).toContain('cf set-env frontendmtls DEMO_ATTACKS true');
      expect(page.text).not.toContain('<form');
      expect((await post('/app/replay')).status).toBe(403);
    },
    RESTART_LIMIT_MS,
  );
});
