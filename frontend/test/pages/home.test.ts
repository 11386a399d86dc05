import { renderHome, renderScenario } from '../../src/pages';
import { BOTH, BOUND_PAGE, BOUND_RUN, EMPTY, homeModel, HOSTILE, OBSTRUCTED } from './home-models';
import { partOf, textOf } from './html';
import { KEYSTORE, NOW, SHELL } from './models';

const render = (comparison: typeof EMPTY): string => renderHome(homeModel(comparison));
const column = (html: string, id: string): string => partOf(html, `id="${id}"`, '</section>');
const namesOf = (html: string): readonly string[] =>
  [...html.matchAll(/<dt>([^<]+)<\/dt>/g)].map(([, name]) => name ?? '');

describe('the page of the two tokens', () => {
  it('has a button for each before anything was fetched, both emphasized, and no claims', () => {
    const html = render(EMPTY);
    expect(html.match(/fd-button--emphasized" href="\/(auth|mtlsauth)"/g)).toHaveLength(2);
    expect(textOf(column(html, 'token-auth'))).toBe(
      'id="token-auth" aria-labelledby="token-auth-title">Access tokenNot fetched yetGet Access Token',
    );
    expect(html).not.toContain('token__claim');
    expect(html).not.toContain('The difference is');
  });

  it('shows the claims of both in one order, cnf first and marked, where it is and where it is not', () => {
    const html = render(BOTH);
    const [plain, bound] = [column(html, 'token-auth'), column(html, 'token-mtlsauth')];
    expect(namesOf(plain)).toEqual(['cnf', 'iss', 'sub', 'aud', 'client_id', 'iat', 'exp', 'jti']);
    expect(namesOf(bound)).toEqual(namesOf(plain));
    for (const part of [plain, bound]) expect(part.match(/token__claim--difference/g)).toHaveLength(1);
    expect(textOf(plain)).toContain('none: whoever has this token can use it');
    expect(textOf(bound)).toContain(KEYSTORE);
    expect(html).toContain('token token--unbound" id="token-auth"');
    expect(html).toContain('token token--bound" id="token-mtlsauth"');
  });

  it('says what the difference means, by RFC 7800 and RFC 8705', () => {
    const text = textOf(render(BOTH));
    expect(text).toContain('The difference is one claim: cnf');
    expect(text).toMatch(/RFC 7800.*RFC 8705, section 3\.1/s);
    expect(text).not.toContain('8700');
  });

  it('tells a token that the backend has verified from one that was only decoded', () => {
    expect(textOf(column(render(BOTH), 'token-auth'))).toContain(
      'verified by the backend The backend answered 200, 2 minutes ago',
    );
    const decoded = textOf(column(render(HOSTILE), 'token-auth'));
    expect(decoded).toContain('decoded, not verified The backend answered 502');
    expect(decoded).not.toContain('verified by the backend');
  });

  it('says that a claim is in one token only', () => {
    const [plain, bound] = BOTH;
    const html = render([
      { ...plain!, last: { ...plain!.last!, claims: { ...plain!.last!.claims, scope: 'read' } } },
      bound!,
    ]);
    expect(textOf(column(html, 'token-mtlsauth'))).toContain('scopenot in this token');
  });

  it('shows markup in claims as text', () => {
    const html = render(HOSTILE);
    expect(html).not.toMatch(/<script|<b>name|<h1>bad/);
    expect(textOf(html)).toContain('<script>alert(1)</script>');
  });

  it('says for each what keeps it from working, and what to do', () => {
    const html = render(OBSTRUCTED);
    expect(textOf(column(html, 'token-auth'))).toMatch(/BACKEND_URL is not set.*What to do: Set it: cf set-env/);
    expect(textOf(column(html, 'token-mtlsauth'))).toContain(
      'What to bind: Register one there: cf create-user-provided-service',
    );
  });
});

describe('the page of one of the tokens', () => {
  const html = renderScenario({ ...BOUND_PAGE, shell: SHELL, result: BOUND_RUN, now: NOW });

  it('shows them side by side above the way of the request', () => {
    expect(html.indexOf('id="token-mtlsauth"')).toBeGreaterThan(0);
    expect(html.indexOf('id="token-mtlsauth"')).toBeLessThan(html.indexOf('id="way"'));
  });

  it('leads back, and is marked in the shell bar as part of the page it belongs to', () => {
    expect(html).toMatch(/<a class="fd-button" href="\/home"/);
    const shell = { ...SHELL, scenarios: [{ path: '/home', title: 'Home' }] };
    expect(renderScenario({ ...BOUND_PAGE, shell, result: BOUND_RUN, now: NOW })).toMatch(
      /href="\/home" aria-current="page"/,
    );
  });
});

describe('the panel about stolen tokens', () => {
  it('has a button for each token that can be had', () => {
    const html = render(BOTH);
    const panel = partOf(html, 'id="stolen"', '</section>');
    expect(panel.match(/<form method="post" action="[^"]+"/g)).toEqual([
      '<form method="post" action="/auth/replay"',
      '<form method="post" action="/mtlsauth/replay"',
    ]);
    expect(textOf(panel)).toContain('Replay: Certificate-bound access token');
  });

  it('says once how to do it by hand where the replay is off', () => {
    const model = homeModel(BOTH);
    const off = model.replays.map(({ title }) => ({ title, offer: { kind: 'off', appName: 'fe' } as const }));
    const panel = partOf(renderHome({ ...model, replays: off }), 'id="stolen"', '</section>');
    expect(panel).not.toContain('<form');
    expect(panel.match(/cf set-env fe DEMO_ATTACKS true/g)).toHaveLength(1);
  });

  it('is not there where no token can be had', () => {
    expect(render(OBSTRUCTED)).not.toContain('id="stolen"');
  });
});
