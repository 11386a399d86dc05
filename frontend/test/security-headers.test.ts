import express from 'express';
import request from 'supertest';
import { securityHeaders } from '../src/security-headers';

const SENT = {
  'content-security-policy':
    "default-src 'none';style-src 'self';font-src 'self';img-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-frame-options': 'DENY',
};

const app = express();
app.disable('x-powered-by').disable('etag');
app.use(securityHeaders());
app.get('/plain', (_req, res) => void res.end());
app.get('/own', (_req, res) => void res.set('referrer-policy', 'no-referrer').end());

/** The headers of an answer but for those that Node adds itself. */
async function headersOf(path: string): Promise<Record<string, string>> {
  const headers: Record<string, string> = { ...(await request(app).get(path)).headers };
  for (const name of ['date', 'connection', 'content-length', 'keep-alive']) delete headers[name];
  return headers;
}

describe('securityHeaders', () => {
  it('sets all of them, and the same with each answer', async () => {
    expect(await headersOf('/plain')).toEqual(SENT);
    expect(await headersOf('/plain')).toEqual(SENT);
  });

  it('lets a route set one otherwise, for its own answer only', async () => {
    expect(await headersOf('/own')).toEqual({ ...SENT, 'referrer-policy': 'no-referrer' });
    expect(await headersOf('/plain')).toEqual(SENT);
  });

  it('says nothing of https, which another ends', async () => {
    expect(await headersOf('/plain')).not.toHaveProperty('strict-transport-security');
  });
});
