import { randomBytes } from 'node:crypto';
import express, { type Express } from 'express';
import request from 'supertest';
import { beginLogin } from '../../src/session/login-session';
import { MemoryStore } from '../../src/session/memory-store';
import { createSessionMiddleware } from '../../src/session/session-middleware';

const HTTPS = { 'x-forwarded-proto': 'https' };
const tokens = { accessToken: 'secret', refreshAt: Date.now() + 60_000, expiresAt: Date.now() + 90_000 };

/** An app behind one router, whose sessions are those of one instance, or shared by all. */
function createLoginApp(kind: 'memory' | 'redis'): Express {
  const session = createSessionMiddleware({
    kind,
    store: new MemoryStore(60_000),
    secret: randomBytes(32),
    close: () => undefined,
  });
  const app = express();
  app.set('trust proxy', 1);
  app.get('/login', session.read, async (req, res) => {
    await beginLogin(req, tokens);
    res.end();
  });
  app.get('/user', session.read, (req, res) => void res.send(req.session.login === undefined ? 'nobody' : 'user'));
  app.get('/logout', (req, res) => {
    session.clearCookie(req, res);
    res.end();
  });
  return app;
}

async function cookieOf(app: Express, path: string, headers: Record<string, string>): Promise<string> {
  const { headers: answered } = await request(app).get(path).set(headers);
  const [cookie = 'none', ...more] = [answered['set-cookie'] ?? []].flat();
  expect(more).toEqual([]);
  return cookie;
}

const valueOf = (cookie: string): string => cookie.split(';')[0] ?? '';
const attributesOf = (cookie: string): string[] => cookie.split('; ').slice(1).sort();

describe.each([
  ['memory', 'http', {}, 'JSESSIONID', ['HttpOnly', 'Path=/', 'SameSite=Lax']],
  ['memory', 'https', HTTPS, 'JSESSIONID', ['HttpOnly', 'Path=/', 'SameSite=Lax', 'Secure']],
  ['redis', 'http', {}, 'JSESSIONID', ['HttpOnly', 'Path=/', 'SameSite=Lax']],
  ['redis', 'https', HTTPS, '__Host-JSESSIONID', ['HttpOnly', 'Path=/', 'SameSite=Lax', 'Secure']],
] as const)('sessions in %s over %s', (kind, _scheme, headers, name, attributes) => {
  it(`are kept in the cookie ${name} with ${attributes.join(', ')}`, async () => {
    const app = createLoginApp(kind);
    const cookie = await cookieOf(app, '/login', headers);
    expect(cookie.split('=')[0]).toBe(name);
    expect(attributesOf(cookie)).toEqual(attributes);
    const known = await request(app).get('/user').set(headers).set('cookie', valueOf(cookie));
    expect(known.text).toBe('user');
  });

  it('are forgotten by the browser under the same name and attributes', async () => {
    const cookie = await cookieOf(createLoginApp(kind), '/logout', headers);
    expect(valueOf(cookie)).toBe(`${name}=`);
    expect(attributesOf(cookie)).toEqual(expect.arrayContaining(['Max-Age=0', ...attributes]));
  });

  it('do not begin before a login, and are not taken with another signature', async () => {
    const app = createLoginApp(kind);
    expect(await cookieOf(app, '/user', headers)).toBe('none');
    const forged = valueOf(await cookieOf(createLoginApp(kind), '/login', headers));
    expect((await request(app).get('/user').set(headers).set('cookie', forged)).text).toBe('nobody');
  });
});

it('a cookie without the prefix is not taken over https where the prefix is used', async () => {
  const app = createLoginApp('redis');
  const planted = valueOf(await cookieOf(app, '/login', {}));
  expect((await request(app).get('/user').set('cookie', planted)).text).toBe('user');
  expect((await request(app).get('/user').set(HTTPS).set('cookie', planted)).text).toBe('nobody');
});
