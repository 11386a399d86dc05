import express from 'express';
import request, { type Test } from 'supertest';
import { AppError } from '../src/errors';
import { proveForm, requireOwnForm, type FormProof } from '../src/request-forgery';

/** An app with one page that has a form, and the place where it is sent. */
function createFormApp(): express.Express {
  const app = express();
  app.set('trust proxy', 1);
  app.get('/form', (req, res) => void res.json(proveForm(req, res)));
  app.get('/forms', (req, res) => void res.json([proveForm(req, res), proveForm(req, res)]));
  app.post('/form', requireOwnForm(), (_req: express.Request, res: express.Response) => void res.send('done'));
  const onError: express.ErrorRequestHandler = (error: unknown, _req, res, _next) => {
    if (error instanceof AppError) res.status(error.status).send(error.detail);
    else res.status(400).send('unreadable');
  };
  app.use(onError);
  return app;
}

const app = createFormApp();
const PROOF = 'A'.repeat(43);
const OTHER = 'B'.repeat(43);

interface FormOptions {
  readonly cookie?: string | undefined;
  readonly field?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends the form as a browser on `http://app.example` does, but for what the options change. */
function send({ cookie = `csrf=${PROOF}`, field = `csrf=${PROOF}`, headers = {} }: FormOptions = {}): Test {
  return request(app)
    .post('/form')
    .set({ host: 'app.example', origin: 'http://app.example', 'sec-fetch-site': 'same-origin', cookie, ...headers })
    .type('form')
    .send(field);
}

/** Gets the page with the form. */
async function getForm(headers: Readonly<Record<string, string>> = {}): Promise<{
  readonly proof: FormProof;
  readonly cookies: unknown;
}> {
  const answer = await request(app).get('/form').set(headers);
  return { proof: JSON.parse(answer.text) as FormProof, cookies: answer.headers['set-cookie'] };
}

describe('proveForm', () => {
  it('gives the browser a cookie that no script and no other site gets, and repeats it in the field', async () => {
    const { proof, cookies } = await getForm();
    expect(proof).toEqual({ cookie: 'csrf', field: 'csrf', value: expect.stringMatching(/^[\w-]{43}$/) as string });
    expect(cookies).toEqual([`csrf=${proof.value}; Path=/; HttpOnly; SameSite=Lax`]);
  });

  it('ties the cookie to this host and to https where the browser came by https', async () => {
    const { proof, cookies } = await getForm({ 'x-forwarded-proto': 'https' });
    expect(cookies).toEqual([`__Host-csrf=${proof.value}; Path=/; HttpOnly; Secure; SameSite=Lax`]);
  });

  it('makes another value for each browser, and keeps that which a browser has', async () => {
    const [one, other] = await Promise.all([getForm(), getForm()]);
    expect(one.proof.value).not.toBe(other.proof.value);
    const again = await getForm({ cookie: `x=1; csrf=${PROOF}; y=2` });
    expect(again.proof.value).toBe(PROOF);
    expect(again.cookies).toBeUndefined();
  });

  it('lets all forms of one page repeat one cookie', async () => {
    const answer = await request(app).get('/forms');
    const [one, other] = JSON.parse(answer.text) as FormProof[];
    expect(one).toEqual(other);
    expect(answer.headers['set-cookie']).toHaveLength(1);
  });

  it.each(['csrf=', 'csrf=short', `csrf=${'A'.repeat(65)}`, `csrf=${'<'.repeat(43)}`, `xcsrf=${PROOF}`])(
    'replaces a cookie %s that it has not made',
    async (cookie) => {
      const { proof, cookies } = await getForm({ cookie });
      expect(cookies).toEqual([expect.stringContaining(`csrf=${proof.value};`)]);
    },
  );
});

describe('requireOwnForm', () => {
  it('accepts a form of this app', async () => {
    expect(await send()).toMatchObject({ status: 200, text: 'done' });
  });

  it('accepts it by https with the cookie of https', async () => {
    const https = { 'x-forwarded-proto': 'https', origin: 'https://app.example' };
    expect((await send({ cookie: `__Host-csrf=${PROOF}`, headers: https })).status).toBe(200);
    expect(await send({ headers: https })).toMatchObject({ status: 403, text: 'no cookie __Host-csrf' });
  });

  it('accepts a client that is no browser and chooses cookie and field itself', async () => {
    const hex = 'c0ffee00'.repeat(8);
    const answer = await request(app).post('/form').set('cookie', `csrf=${hex}`).type('form').send(`csrf=${hex}`);
    expect(answer.status).toBe(200);
  });

  it('accepts a hidden origin only where the browser says that it is the same', async () => {
    expect((await send({ headers: { origin: 'null' } })).status).toBe(200);
    const old = request(app)
      .post('/form')
      .set({ origin: 'null', cookie: `csrf=${PROOF}` });
    expect((await old.type('form').send(`csrf=${PROOF}`)).status).toBe(403);
  });

  it.each(['cross-site', 'same-site', 'Same-Origin', 'same-origin, cross-site', ''])(
    'refuses Sec-Fetch-Site "%s"',
    async (site) => {
      expect(await send({ headers: { 'sec-fetch-site': site } })).toMatchObject({
        status: 403,
        text: `Sec-Fetch-Site: ${site}`,
      });
    },
  );

  it.each([
    'http://evil.example',
    'https://app.example',
    'http://app.example:81',
    'http://app.example.evil.example',
    'http://localhost:5002',
  ])('refuses the origin %s', async (origin) => {
    expect(await send({ headers: { origin } })).toMatchObject({ status: 403, text: `Origin: ${origin}` });
  });

  it('takes the address in the browser for its own where the router names it', async () => {
    const headers = { host: 'internal.example', 'x-forwarded-host': 'app.example' };
    expect((await send({ headers })).status).toBe(200);
  });

  it.each([
    ['no cookie', { cookie: 'other=1' }, 'no cookie csrf'],
    ['a cookie that is too short to be guessed at', { cookie: 'csrf=AAAA', field: 'csrf=AAAA' }, 'no cookie csrf'],
    ['no field', { field: 'other=1' }, 'no field csrf'],
    ['an empty field', { field: 'csrf=' }, 'no field csrf'],
    ['two fields', { field: `csrf=${PROOF}&csrf=${PROOF}` }, 'no field csrf'],
    ['another value', { field: `csrf=${OTHER}` }, 'csrf is not what the cookie holds'],
    ['a value that only begins like it', { field: `csrf=${PROOF}A` }, 'csrf is not what the cookie holds'],
  ])('refuses a form with %s', async (_what, change, detail) => {
    expect(await send(change)).toMatchObject({ status: 403, text: detail });
  });

  it('refuses the field in another form than that of a browser’s form', async () => {
    const json = request(app).post('/form').set('cookie', `csrf=${PROOF}`).send({ csrf: PROOF });
    expect((await json).status).toBe(403);
  });

  it('reads no more than a form has', async () => {
    expect((await send({ field: `csrf=${PROOF}&x=${'y'.repeat(2000)}` })).status).toBe(400);
  });
});
