import { renderToString } from 'preact-render-to-string';
import { endpointPage } from '../../src/pages/endpoint-page';

const called = { message: 'Called.', caller: { kind: 'client', clientId: 'sb-app!t1' } } as const;

describe('endpointPage', () => {
  it('escapes whatever stands in a claim or in its name', () => {
    const html = renderToString(
      endpointPage({ ...called, claims: { '<b>': '<script>alert(1)</script>', o: { a: '"><img>' } } }),
    );
    expect(html).not.toMatch(/<script|<b>|<img/);
    expect(html).toContain('&lt;script>alert(1)&lt;/script>');
  });

  it('shows objects, lists, numbers and null as JSON and text as it is', () => {
    const html = renderToString(
      endpointPage({ ...called, claims: { aud: ['a'], exp: 5, cnf: { x: 'y' }, none: null, sub: 'me' } }),
    );
    for (const cell of ['[&quot;a&quot;]', '5', '{&quot;x&quot;:&quot;y&quot;}', 'null', 'me']) {
      expect(html).toContain(`<td>${cell}</td>`);
    }
  });

  it('shows first who calls, for whom and with which certificate (S1-7)', () => {
    const claims = { exp: 5, cnf: { 'x5t#S256': 'a' }, aud: 'b', jti: 'c', iss: 'd', app_tid: 'e', sub: 'f' };
    const html = renderToString(endpointPage({ ...called, claims }));
    const names = [...html.matchAll(/<th scope="row">([^<]+)/g)].map(([, name]) => name);
    expect(names).toEqual(['sub', 'app_tid', 'iss', 'aud', 'cnf', 'exp', 'jti']);
  });

  it('fits narrow screens and says that the claims were verified', () => {
    const html = renderToString(endpointPage({ ...called, claims: {} }));
    expect(html).toContain('<meta name="viewport" content="width=device-width, initial-scale=1"/>');
    expect(html).toContain('overflow-wrap:anywhere');
    expect(html).toContain('verified by this backend');
  });
});
