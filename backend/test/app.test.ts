import { createHash } from 'node:crypto';
import request from 'supertest';
import { createTestBackend, startTrustedXsuaa, type TestBackend } from './support/test-backend';
import { CLIENT, ZONE, type XsuaaDouble } from './support/xsuaa-double';

const MESSAGE = 'Backend app successfully called.';

describe('the backend', () => {
  let xsuaa: XsuaaDouble;
  let backend: TestBackend;

  beforeAll(async () => {
    xsuaa = await startTrustedXsuaa();
    backend = createTestBackend(xsuaa);
  });
  afterAll(() => xsuaa.stop());

  describe('GET /endpoint', () => {
    it.each(['application/json', '*/*', 'application/json, text/plain, */*', 'image/png', undefined])(
      'answers Accept: %s with the message and the verified claims as JSON',
      async (accept) => {
        const response = await call(accept);
        expect(response.type).toBe('application/json');
        expect(response.body).toMatchObject({ message: MESSAGE, claims: { cid: CLIENT, zid: ZONE } });
      },
    );

    it('answers text/plain with the message and who has called', async () => {
      const response = await call('text/plain');
      expect(response.text).toBe(`${MESSAGE}\nCalled by client sb-mtlsxsuaa!t1.\n`);
    });

    it('answers a browser with a page of every claim', async () => {
      const response = await call('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8');
      expect(response.type).toBe('text/html');
      expect(response.text).toContain(`<h1>${MESSAGE}</h1>`);
      expect(response.text).toContain(`<th scope="row">zid</th><td>${ZONE}</td>`);
      expect(response.text).toContain('<td>[&quot;uaa&quot;');
    });

    it('answers HEAD like GET, without a body', async () => {
      const jwt = await xsuaa.issue();
      const response = await request(backend.app).head('/endpoint').set('authorization', `Bearer ${jwt}`).expect(200);
      expect(response.text).toBeUndefined();
    });

    it('lets nobody store the answer, since it depends on the token', async () => {
      const { headers } = await call();
      expect(headers).toMatchObject({ 'cache-control': 'no-store', vary: 'Accept' });
    });

    it('answers a caller without a token in the form that he accepts', async () => {
      const get = request(backend.app).get('/endpoint');
      const { text } = await get.set('accept', 'text/html').expect(401).expect('www-authenticate', 'Bearer');
      expect(text).toContain('<h1>No entry without a valid access token</h1>');
      expect(text).toContain('Authorization: Bearer &lt;token>');
    });

    it('refuses a token in the URL with 400, even beside a good one in the header', async () => {
      const jwt = await xsuaa.issue();
      const response = await request(backend.app)
        .get(`/endpoint?access_token=${jwt}`)
        .set('authorization', `Bearer ${jwt}`)
        .expect(400);
      expect(response.headers['www-authenticate']).toMatch(/^Bearer error="invalid_request"/);
    });
  });

  describe('GET /health', () => {
    it('answers 200 while XSUAA is away', async () => {
      await xsuaa.stop();
      await request(createTestBackend(xsuaa).app).get('/health').expect(200, { status: 'up' });
      await xsuaa.listen();
    });
  });

  describe('security headers', () => {
    it.each(['/endpoint', '/nowhere'])(
      'stand on the answer of %s, with a policy that lets no script run',
      async (path) => {
        const { headers } = await request(backend.app).get(path);
        expect(headers['content-security-policy']).toMatch(/^default-src 'none';style-src 'sha256-/);
        expect(headers).toMatchObject({
          'x-content-type-options': 'nosniff',
          'cross-origin-resource-policy': 'same-origin',
        });
        expect(headers['x-powered-by']).toBeUndefined();
      },
    );

    it('keep a page out of frames and its address to itself', async () => {
      const { headers } = await call('text/html');
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cross-origin-opener-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
      });
    });

    it('do not bind a developer’s whole localhost to https', async () => {
      const { headers } = await request(backend.app).get('/endpoint');
      expect(headers['strict-transport-security']).toBeUndefined();
    });

    it('allow exactly the style that the page has', async () => {
      const { headers, text } = await call('text/html');
      const style = /<style>(.*)<\/style>/s.exec(text)?.[1] ?? '';
      const hash = createHash('sha256').update(style).digest('base64');
      expect(headers['content-security-policy']).toContain(`style-src 'sha256-${hash}'`);
    });
  });

  describe('everything else', () => {
    const paths = ['/', '/Endpoint2', '/endpoint/x', '/%', '/%ff', '//endpoint'];
    const methods = ['POST', 'PUT', 'DELETE', 'OPTIONS'] as const;

    it.each(paths)('answers GET %s without a token with 401, so that nobody learns what is there', async (path) => {
      await request(backend.app).get(path).expect(401).expect('www-authenticate', 'Bearer');
    });

    it.each(methods)('answers %s without a token with 401', async (method) => {
      await send(method, '/endpoint').expect(401).expect('www-authenticate', 'Bearer');
    });

    it.each(paths)('answers GET %s with a token with 404', async (path) => {
      const response = await send('GET', path).set('authorization', await authorization());
      expect(response.status).toBe(404);
      expect(response.body).toEqual({
        error: 'not_found',
        error_description: 'This app answers GET /endpoint, with an access token, and GET /health.',
      });
    });

    it.each(methods)('answers %s /endpoint with a token with 405 and the methods that it has', async (method) => {
      const response = await send(method, '/endpoint').set('authorization', await authorization());
      expect(response.headers['allow']).toBe('GET, HEAD');
      expect(response.body).toMatchObject({ error: 'method_not_allowed' });
    });

    it('answers POST /health with 405, since the health check is for everybody', async () => {
      await send('POST', '/health').expect(405).expect('allow', 'GET, HEAD');
    });
  });

  function send(method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS', path: string) {
    const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'delete' | 'options'; // the type knows no mapping of case
    return request(backend.app)[verb](path);
  }

  async function authorization(): Promise<string> {
    return `Bearer ${await xsuaa.issue()}`;
  }

  async function call(accept?: string) {
    const get = request(backend.app)
      .get('/endpoint')
      .set('authorization', await authorization());
    const response = await (accept === undefined ? get : get.set('accept', accept));
    expect(response.status).toBe(200);
    return response;
  }
});
