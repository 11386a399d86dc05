import express from 'express';
import request from 'supertest';
import { respond } from '../src/respond';

const app = express();
app.disable('etag');
app.get('/', (req, res) => respond(req, res, { status: 502, html: () => '<p>Zürich → Åre', json: () => ({ à: '→' }) }));
app.get('/good', (req, res) => respond(req, res, { status: 200, html: () => '<p>', json: () => ({}) }));

describe('respond', () => {
  it.each([
    ['application/json'],
    ['application/json, text/plain, */*'],
    ['application/json;q=0.9, text/html;q=0.8'],
    ['application/*'],
  ])('answers Accept: %s with JSON', async (accept) => {
    const { status, headers, body } = await request(app).get('/').set({ accept });
    expect([status, headers['content-type'], body]).toEqual([502, 'application/json; charset=utf-8', { à: '→' }]);
  });

  it.each([
    ['text/html'],
    ['*/*'],
    ['text/html, application/json'],
    ['application/json;q=0, text/html'],
    ['image/png'],
  ])('answers Accept: %s with the page', async (accept) => {
    const { status, headers, text } = await request(app).get('/').set({ accept });
    expect([status, headers['content-type'], text]).toEqual([502, 'text/html; charset=utf-8', '<p>Zürich → Åre']);
  });

  it('tells the length in bytes, and that nobody may keep it', async () => {
    const { headers } = await request(app).get('/');
    expect(headers).toMatchObject({
      'content-length': String(Buffer.byteLength('<p>Zürich → Åre')),
      'cache-control': 'no-store',
      vary: 'Accept',
    });
    expect(headers).not.toHaveProperty('transfer-encoding');
  });

  it('answers HEAD with the head of the answer to GET', async () => {
    const [got, head] = [await request(app).get('/'), await request(app).head('/')];
    const { date: _got, ...expected } = got.headers as Record<string, string>;
    const { date: _head, ...headers } = head.headers as Record<string, string>;
    expect([head.status, head.text, headers]).toEqual([502, undefined, expected]);
  });

  it('answers in full whatever the client says it has, since nobody may keep an answer', async () => {
    const { status } = await request(app).get('/good').set('if-none-match', '*');
    expect(status).toBe(200);
  });
});
